# The programs of a data folder, through its supervisord.
# shellcheck shell=bash

programs() { "$PYTHON" "$ROOT/deploy/lib/programs.py" "$RUN/supervisor.sock" "$@"; }

supervisor_pid() {
    local pid
    pid=$(cat "$RUN/supervisord.pid" 2> /dev/null) && [ -n "$pid" ] && tr '\0' ' ' 2> /dev/null < "/proc/$pid/cmdline" | grep -qF -- "-c $DATA/supervisord.conf" && echo "$pid"
}

is_up() { supervisor_pid > /dev/null; }

program_state() { programs state 2> /dev/null | awk -v name="$1" '$1 == name { print $2 }'; }

# With an environment of our own: the caller's shell may hold the settings of another folder.
start_supervisor() {
    local keep=() name
    for name in ASAN_OPTIONS UBSAN_OPTIONS TSAN_OPTIONS LSAN_OPTIONS LLVM_PROFILE_FILE; do
        if [ -n "${!name:-}" ]; then keep+=("$name=${!name}"); fi
    done
    rm -f "$RUN"/*.sock "$RUN"/supervisor.sock.*
    ( ulimit -n "$NOFILE"
      cd /
      exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME="$DATA" LANG=C.UTF-8 TZ=UTC "${keep[@]}" \
          "$PYTHON" /usr/bin/supervisord -c "$DATA/supervisord.conf" 9>&- < /dev/null ) ||
        die "supervisord did not start; see $DATA/log/supervisord.log."
    wait_until 10 programs state || die "supervisord does not answer; see $DATA/log/supervisord.log."
}

# What a program was started from. A difference to the note of its last start means a restart.
fingerprint() {
    case $1 in
        mariadb) fingerprint_of "$(command -v mariadbd)" "$DATA/etc/mariadb.cnf" ;;
        redis) fingerprint_of "$(readlink -f "$(command -v redis-server)")" "$DATA/etc/redis.conf" ;;
        nginx) fingerprint_of "$(command -v nginx)" "$DATA"/etc/nginx/*.conf "$DATA"/tls/server.* ;;
        rotate) fingerprint_of "$DATA/bin/rotate.sh" ;;
        *) fingerprint_of "$DATA/bin/crane-$1" "$DATA/crane.conf" ;;
    esac
}

fingerprint_of() { stat -c '%n %i %s %Y' "$@"; }

# start_changed NAME…: starts what does not run, restarts what was started from something else.
start_changed() {
    local name running stale=() missing=() failed
    running=$(programs state | awk '$2 == "RUNNING" || $2 == "STARTING" { print $1 }')
    for name in "$@"; do
        if ! grep -qx "$name" <<< "$running"; then
            missing+=("$name")
        elif [ "$(fingerprint "$name")" != "$(cat "$DATA/state/$name" 2> /dev/null)" ]; then
            stale+=("$name")
        fi
    done
    if [ ${#stale[@]} -gt 0 ]; then renew "${stale[@]}"; fi
    if [ ${#missing[@]} -gt 0 ]; then
        failed=$(programs start "${missing[@]}") || die_of_program "$failed"
    fi
    for name in "${missing[@]}" "${stale[@]}"; do fingerprint "$name" | write_file "$DATA/state/$name" 644; done
}

renew() {
    local failed
    say "Restarting: $*"
    # nginx takes a new configuration without dropping a connection.
    if [ "$*" = nginx ] && [ "$(head -n 1 "$DATA/state/nginx" 2> /dev/null)" = "$(fingerprint_of "$(command -v nginx)")" ]; then
        programs signal HUP nginx
        return
    fi
    programs stop "$@"
    failed=$(programs start "$@") || die_of_program "$failed"
}

# die_of_program NAMES: the first one's reason is in its log, whose last line goes with the message.
die_of_program() {
    local name=${1%%$'\n'*} log
    [ -n "$name" ] || exit 1
    log=$DATA/log/$name.log
    die "The program $name does not stay up: $(tail -n 1 "$log" 2> /dev/null) (its log is $log)"
}

stop_everything() {
    local pid
    pid=$(supervisor_pid) || return 0
    # No new requests, then those who finish theirs, then the stores.
    local known
    known=$(programs state | awk '{ print $1 }')
    # shellcheck disable=SC2046
    { programs stop $(grep -xE 'nginx|rotate' <<< "$known")
      programs stop $(grep -vxE 'mariadb|redis' <<< "$known")
      programs stop $(grep -xE 'mariadb|redis' <<< "$known")
      programs shutdown; } || kill "$pid"
    wait_until 150 eval "! kill -0 $pid" || die "supervisord ($pid) has not ended after 150 seconds; see $DATA/log/supervisord.log."
}

# If supervisord was killed, its programs go on without it and hold the database, the sockets and the ports.
stop_orphans() {
    local pids
    pids=$(orphans)
    [ -n "$pids" ] || return 0
    say "Stopping programs that a killed supervisord left behind …"
    # shellcheck disable=SC2086
    kill $pids 2> /dev/null || true
    wait_until 60 no_orphans || die "These processes of $DATA do not end: $(orphans | tr '\n' ' ')"
}

no_orphans() { [ -z "$(orphans)" ]; }

# Processes that were started from this folder, by what only their command lines or programs say.
orphans() {
    local folder pid exe
    for folder in /proc/[0-9]*; do
        pid=${folder#/proc/}
        exe=$(readlink "$folder/exe" 2> /dev/null) || continue
        case $exe in
            "$DATA"/bin/crane-*) echo "$pid" ;;
            # Whose first process may be dead; the others only tell the folder that they are in.
            */nginx*) if is_nginx_of_ours "$folder"; then echo "$pid"; fi ;;
            */mariadbd* | */redis-* | */bash*)
                if tr '\0' ' ' 2> /dev/null < "$folder/cmdline" |
                    grep -qF -e "$DATA/etc/mariadb.cnf " -e "unixsocket:$RUN/own/redis.sock" -e "bash $DATA/bin/"; then echo "$pid"; fi ;;
        esac
    done
}

is_nginx_of_ours() {
    [ "$(readlink "$1/cwd" 2> /dev/null)" = "$DATA" ] && tr '\0' ' ' 2> /dev/null < "$1/cmdline" | grep -q '^nginx: '
}
