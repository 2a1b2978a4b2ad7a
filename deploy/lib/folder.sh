# The data folder: who owns what, which ports, where the sockets are.
# shellcheck shell=bash disable=SC2034  # other parts use these names

# Root's services are another user's, who must get through.
FOLDER_MODE=700
if is_root; then FOLDER_MODE=711; fi

# One `up` or `down` at a time per folder. Descriptor 9 must not reach what stays running.
lock_folder() {
    exec 9> "$DATA/.lock" || die "Cannot write into $DATA; check its owner and the disk."
    flock -w "${1:-120}" 9 || die "Another ./crane works on $DATA; try again when it has ended."
}

make_folder() {
    if [ ! -d "$DATA" ]; then
        { ( umask 022 && mkdir -p "$(dirname "$DATA")" ) && mkdir -m "$FOLDER_MODE" "$DATA"; } 2> /dev/null ||
            die "Cannot make the folder $DATA; choose one that you may write with --data DIR."
    fi
    [ -w "$DATA" ] || die "You may not write into $DATA; choose another folder with --data DIR."
    local owner
    owner=$(stat -c %U "$DATA")
    if is_root && [ "$owner" != root ] && [ -f "$DATA/settings" ]; then
        die "$DATA belongs to $owner; run ./crane as $owner."
    fi
    check_space
}

# A new database takes about 300 MB, its redo log being most of it.
check_space() {
    local needed=100 free
    [ -d "$DATA/mariadb" ] || needed=700
    free=$(df -Pm "$DATA" | awk 'NR == 2 { print $4 }')
    if [ "$free" -ge $needed ]; then return 0; fi
    rmdir "$DATA" 2> /dev/null || true   # only what is empty, that is: was made just now
    die "$DATA has $free MB of free disk and needs $needed MB; free some or choose another folder with --data DIR."
}

# As root, the services run as the system user `crane` if it can reach the folder.
choose_run_user() {
    RUN_USER=$(id -un)
    if is_root; then
        getent passwd crane > /dev/null ||
            useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin crane 2> /dev/null || true
        if getent passwd crane > /dev/null && setpriv --reuid=crane --regid="$(id -g crane)" --clear-groups -- test -x "$DATA"; then
            RUN_USER=crane
        fi
    fi
    RUN_GROUP=$(id -gn "$RUN_USER")
}

say_who_runs() {
    if [ "$RUN_USER" = root ]; then
        warn "The user crane cannot reach $DATA, so everything runs as root; a folder outside of a private home would change that."
    fi
}

# service_folder NAME: a folder of the services' own, closed to others.
service_folder() {
    local path=$DATA/$1
    [ -d "$path" ] || mkdir -m 700 "$path" || die "Cannot make $path; check the disk."
    if [ "$(stat -c %U "$path")" != "$RUN_USER" ]; then chown -R "$RUN_USER:$RUN_GROUP" "$path"; fi
}

make_subfolders() {
    ( umask 022 && mkdir -p "$DATA"/{bin,etc/nginx,html,log,tls,state} ) || die "Cannot make the folders below $DATA; check the disk."
    [ -d "$DATA/secrets" ] || mkdir -m 700 "$DATA/secrets"
    chmod 750 "$DATA/log"
    if is_root; then chown "root:$RUN_GROUP" "$DATA/log"; fi
    service_folder redis
    service_folder tmp
    service_folder log/nginx
    make_run_folder
}

# The kernel takes socket paths of 107 bytes at most, and supervisor binds a longer name first.
make_run_folder() {
    RUN=$DATA/run
    if [ ${#RUN} -gt 70 ]; then
        RUN=$(readlink "$DATA/run" || true)
        # After a reboot the folder is gone, or somebody else's.
        if [ ! -d "$RUN" ] || [ -L "$RUN" ] || [ ! -O "$RUN" ]; then
            RUN=$(mktemp -d /tmp/crane-XXXXXXXX) || die "Cannot make a folder for the sockets in /tmp."
            ln -sfn "$RUN" "$DATA/run"
        fi
    else
        if [ -L "$RUN" ]; then rm -f "$RUN"; fi
        mkdir -p "$RUN"
    fi
    chmod "$FOLDER_MODE" "$RUN"
    [ -d "$RUN/own" ] || mkdir -m 700 "$RUN/own"
    if [ "$(stat -c %U "$RUN/own")" != "$RUN_USER" ]; then chown "$RUN_USER:$RUN_GROUP" "$RUN/own"; fi
}

# For the commands other than `up`: where the sockets are.
find_run_folder() {
    [ -f "$DATA/supervisord.conf" ] || die "There is no Crane in $DATA; ./crane up makes one (another folder: --data DIR)."
    RUN=$(readlink -f "$DATA/run" || echo "$DATA/run")
}

# DIR/settings remembers what `up` was told.
setting() { value_of "$DATA/settings" "$1"; }

remember() {
    local others=
    [ ! -f "$DATA/settings" ] || others=$(grep -v "^$1=" "$DATA/settings" || true)
    { [ -z "$others" ] || printf '%s\n' "$others"; printf '%s=%s\n' "$1" "$2"; } | sort | write_file "$DATA/settings" 644
}

# A first start that a port stands in the way of leaves nothing behind.
refuse_taken_ports() {
    if [ -e "$DATA/supervisord.conf" ]; then return 0; fi
    RUN=$DATA/run
    choose_ports
}

choose_ports() {
    PORT=${PORT:-$(setting port)}
    HTTP_PORT=${HTTP_PORT:-$(setting http_port)}
    PORT=${PORT:-8443}
    HTTP_PORT=${HTTP_PORT:-8080}
    [ "$PORT" != "$HTTP_PORT" ] || die "--port and --http-port are both $PORT; they must differ."
    check_port "$PORT" --port "$(running_setting port)"
    check_port "$HTTP_PORT" --http-port "$(running_setting http_port)"
}

# The ports that our own running nginx holds.
running_setting() { if is_up && [ "$(program_state nginx)" = RUNNING ]; then setting "$1"; fi; }

check_port() {
    local port=$1 flag=$2 ours=$3 lowest
    lowest=$(cat /proc/sys/net/ipv4/ip_unprivileged_port_start 2> /dev/null || echo 1024)
    is_root || [ "$port" -ge "$lowest" ] || die "Port $port may only be used by root; choose one from $lowest on with $flag PORT."
    if [ "$port" != "$ours" ] && [ -n "$(ss -Hltn "sport = :$port")" ]; then
        die "Port $port is in use by another program; choose another with $flag PORT."
    fi
}
