# Debian packages: installs what is missing, and nothing runs when nothing is.
# shellcheck shell=bash

package_names() { sed 's/#.*//' "$@" | awk 'NF { print $1 }'; }

missing_packages() {
    local names installed
    names=$(package_names "$@")
    # shellcheck disable=SC2086
    installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' $names 2> /dev/null | sed -n 's/^installed //p')
    comm -23 <(sort -u <<< "$names") <(sort -u <<< "$installed")
}

# install_packages LIST…: the files named hold the lists.
install_packages() {
    command -v dpkg-query > /dev/null || die "dpkg-query is missing: ./crane installs packages on Debian only; elsewhere install those of deploy/packages.txt and use --no-packages."
    local missing sudo=()
    missing=$(missing_packages "$@" | tr '\n' ' ')
    [ -n "${missing// /}" ] || return 0
    if ! is_root; then
        command -v sudo > /dev/null || die "These packages are missing and sudo is too: as root, run apt-get install $missing"
        sudo=(sudo)
        [ -t 0 ] || sudo -n true 2> /dev/null || die "These packages are missing and sudo wants a password: run sudo apt-get install $missing"
    fi
    say "Installing Debian packages: $missing"
    # shellcheck disable=SC2086
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive bash "$ROOT/deploy/lib/install.sh" $missing ||
        die "apt-get could not install these packages: $missing"
}
