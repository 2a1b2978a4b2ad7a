# Small things that every part uses. Sourced by ./crane.
# shellcheck shell=bash

QUIET=no

say() { [ "$QUIET" = yes ] || printf '%s\n' "$*"; }
warn() { printf 'crane: %s\n' "$*" >&2; }
die() { warn "$*"; exit 1; }

is_root() { [ "$(id -u)" = 0 ]; }

# Takes --data DIR out of the arguments, wherever it stands, and leaves the rest in ARGUMENTS.
take_data_flag() {
    ARGUMENTS=()
    while [ $# -gt 0 ]; do
        case $1 in
            --data) [ $# -gt 1 ] || die "--data needs a folder after it."; DATA=$2; shift ;;
            --data=*) DATA=${1#--data=} ;;
            --) ARGUMENTS+=("$@"); break ;;
            *) ARGUMENTS+=("$1") ;;
        esac
        shift
    done
    DATA=$(readlink -m -- "$DATA")
    check_path "$DATA" "--data DIR"
    check_path "$ROOT" "the checkout's folder"
}

# The path goes into the files of four programs, each with quoting rules of its own.
check_path() {
    case $1 in
        *[!A-Za-z0-9_./+,=~-]*) die "The path \"$1\" ($2) has a blank or a special character in it; choose another." ;;
    esac
}

# Runs a command as the user of the services (RUN_USER), which is ourselves unless we are root.
as_run_user() {
    if [ "$RUN_USER" = "$(id -un)" ]; then
        "$@"
    else
        setpriv --reuid="$RUN_USER" --regid="$RUN_GROUP" --clear-groups -- "$@"
    fi
}

# write_file PATH MODE [OWNER]: standard input becomes the file, in one step, and only if it differs.
write_file() {
    local path=$1 mode=$2 owner=${3:-}
    ( umask 077 && cat > "$path.new" ) || die "Cannot write $path; is the disk full or read-only?"
    chmod "$mode" "$path.new"
    if [ -n "$owner" ] && is_root; then chown "$owner" "$path.new"; fi
    if cmp -s "$path.new" "$path" && [ "$(stat -c %a:%U "$path.new")" = "$(stat -c %a:%U "$path")" ]; then
        rm -f "$path.new"
    else
        mv -f "$path.new" "$path"
    fi
}

# 40 characters of [0-9A-Za-z]: 238 bits. `head` first, so that no process dies of a closed pipe.
random_password() {
    local text
    text=$(head -c 400 /dev/urandom | LC_ALL=C tr -dc '0-9A-Za-z')
    [ ${#text} -ge 40 ] || die "The system's random source gave too little."
    printf '%s' "${text:0:40}"
}

# value_of FILE KEY: the value of a KEY=value line, or nothing.
value_of() {
    [ ! -f "$1" ] || sed -n "s/^[[:blank:]]*$2[[:blank:]]*=[[:blank:]]*//p" "$1" | tail -n 1
}

# wait_until SECONDS COMMAND…: polls ten times a second.
wait_until() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@" > /dev/null 2>&1; do
        [ $SECONDS -lt $deadline ] || return 1
        sleep 0.1
    done
}
