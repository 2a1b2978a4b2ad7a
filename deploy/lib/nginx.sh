#!/usr/bin/env bash
# nginx.sh NGINX [ARGUMENT…]: becomes nginx. Runs under supervisor in the data folder, which is how nginx's processes of
# this folder are told from others: they are in it, and name themselves "nginx: …".
#
# When nginx's first process was killed, those that it had begun go on and hold the ports. They are asked to end: each
# closes its ports at once and answers what it has begun. Whoever does not even do that is killed.
set -u
trap exit QUIT

# The processes of this folder that hold the ports, in ORPHANS.
find_orphans() {
    local folder name title
    ORPHANS=()
    for folder in /proc/[0-9]*; do
        # Processes end while one looks at them.
        { read -r name < "$folder/comm"; } 2> /dev/null || continue
        [ "$name" = nginx ] || continue
        [ "$(readlink "$folder/cwd")" = "$PWD" ] || continue
        title=$(tr '\0' ' ' 2> /dev/null < "$folder/cmdline")
        case $title in
            "nginx: worker process is shutting down"*) ;;
            "nginx: "*) ORPHANS+=("${folder#/proc/}") ;;
        esac
    done
}

find_orphans
if [ ${#ORPHANS[@]} -gt 0 ]; then
    echo "nginx.sh: ending what a killed nginx left behind: ${ORPHANS[*]}"
    kill -QUIT "${ORPHANS[@]}" 2> /dev/null
    for _ in {1..50}; do
        find_orphans
        [ ${#ORPHANS[@]} -gt 0 ] || break
        sleep 0.1
    done
    if [ ${#ORPHANS[@]} -gt 0 ]; then kill -KILL "${ORPHANS[@]}" 2> /dev/null; fi
fi
exec "$@"
