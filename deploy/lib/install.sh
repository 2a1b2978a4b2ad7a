#!/usr/bin/env bash
# install.sh PACKAGE…: runs as root. Crane runs private copies of MariaDB, Redis and nginx, so the services
# that come with their packages are neither started now nor enabled for the next boot.
set -euo pipefail

policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
    trap 'rm -f $policy' EXIT
    printf '#!/bin/sh\nexit 101\n' > $policy
    chmod 755 $policy
fi

log=$(mktemp)
if ! { apt-get update && apt-get install -y --no-install-recommends "$@"; } > "$log" 2>&1; then
    tail -n 15 "$log" >&2
    rm -f "$log"
    exit 1
fi
rm -f "$log"

command -v systemctl > /dev/null || exit 0
for package in "$@"; do
    case $package in
        mariadb-server) systemctl disable mariadb ;;
        redis-server | nginx | supervisor) systemctl disable "$package" ;;
    esac > /dev/null 2>&1 || true
done
