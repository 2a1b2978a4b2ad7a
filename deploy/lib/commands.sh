# The commands but `up`.
# shellcheck shell=bash

command_help() {
    cat << 'TEXT'
./crane COMMAND [--data DIR]      DIR is var/ in the checkout unless said (or CRANE_DATA)

up [--port N] [--http-port N] [--no-build]
                     installs, builds, makes the data folder, starts everything; again: only what changed
down                 stops everything, gracefully
status               what runs
restart [PROGRAM]    one program, or all but MariaDB and Redis
logs [PROGRAM] [-n LINES]
                     follows the logs
test [CTEST ARGUMENT…]
                     builds with and without sanitizers, runs the tests
org create|list      organizations
key create|list|rotate|revoke
                     API keys
import FILE…         a journal from another program
verify               audits the books; says what is wrong
bench                measures this machine
help                 this text
TEXT
}

command_down() {
    [ $# -eq 0 ] || die "./crane down takes no arguments but --data DIR."
    find_run_folder
    lock_folder
    if is_up; then
        stop_everything
        say "Crane in $DATA is down."
    else
        say "Crane in $DATA was not running."
    fi
    stop_orphans
    # A short stand-in for a long path is of no use while nothing runs.
    if [ -L "$DATA/run" ]; then rm -rf "$RUN" "$DATA/run"; fi
}

require_up() {
    find_run_folder
    is_up || die "Crane in $DATA is not running; ./crane up starts it."
}

command_status() {
    find_run_folder
    if ! is_up; then
        echo "Crane in $DATA is down."
        exit 3
    fi
    echo "Crane in $DATA: https://localhost:$(setting port), plain port $(setting http_port)"
    programs state | sort | awk '
        BEGIN { printf "%-15s %-10s %8s %12s %9s\n", "program", "state", "pid", "up", "memory" }
        {
            up = $4; memory = "-"; file = "/proc/" $3 "/status"
            if ($3 != "-") {
                up = sprintf("%dd %02d:%02d:%02d", $4 / 86400, $4 % 86400 / 3600, $4 % 3600 / 60, $4 % 60)
                while ((getline line < file) > 0) if (split(line, part) && part[1] == "VmRSS:") memory = sprintf("%d MB", part[2] / 1024)
            }
            printf "%-15s %-10s %8s %12s %9s\n", $1, $2, $3, up, memory
            if ($2 != "RUNNING") bad = 1
        }
        END { exit bad }'
}

command_restart() {
    require_up
    lock_folder
    local names failed
    names=$(programs state | awk -v name="${1:-}" 'name == $1 || (name == "" && $1 != "mariadb" && $1 != "redis") { print $1 }')
    [ -n "$names" ] || die "There is no program \"$1\"; ./crane status lists them."
    # shellcheck disable=SC2086
    programs stop $names
    # shellcheck disable=SC2086
    failed=$(programs start $names) || die_of_program "$failed"
    say "Restarted: ${names//$'\n'/ }"
    for name in $names; do fingerprint "$name" | write_file "$DATA/state/$name" 644; done
}

command_logs() {
    find_run_folder
    local lines=20 name="" files=()
    while [ $# -gt 0 ]; do
        case $1 in
            -n) [ $# -gt 1 ] || die "-n needs a number after it."; lines=$2; shift ;;
            -n*) lines=${1#-n} ;;
            *) name=$1 ;;
        esac
        shift
    done
    [[ $lines =~ ^[0-9]+$ ]] || die "-n wants a number of lines, not \"$lines\"."
    case $name in
        "") files=("$DATA"/log/*.log "$DATA/log/nginx/access.log") ;;
        nginx) files=("$DATA/log/nginx.log" "$DATA/log/nginx/access.log") ;;
        *) files=("$DATA/log/$name.log") ;;
    esac
    [ -e "${files[0]}" ] || die "There is no log of \"$name\" in $DATA/log."
    exec tail -n "$lines" -F "${files[@]}"
}

command_test() {
    install_packages "$ROOT/deploy/packages.txt" "$ROOT/deploy/packages-test.txt"
    build_for_tests
    exec ctest --test-dir "$ROOT/build/release" --output-on-failure "$@"
}

command_org() { forward org "$@"; }
command_key() { forward key "$@"; }
command_verify() { forward verify "$@"; }

forward() {
    require_up
    admin "$@"
}

command_import() {
    require_up
    load_environment
    exec "$PYTHON" "$ROOT/deploy/import_journal.py" "$@"
}

command_bench() {
    if [ -f "$DATA/crane.env" ]; then load_environment; fi
    exec "$PYTHON" "$ROOT/tests/bench/bench.py" "$@"
}

load_environment() {
    set -a
    # shellcheck source=/dev/null
    . "$DATA/crane.env"
    set +a
}
