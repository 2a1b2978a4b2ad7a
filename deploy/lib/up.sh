# ./crane up
# shellcheck shell=bash disable=SC2034  # other parts use these names

PORT="" HTTP_PORT="" BUFFER_POOL="" BUILD="" SET=()
BUILD_WANTED=yes PACKAGES_WANTED=yes STARTED_HERE=no

command_up() {
    take_up_flags "$@"
    if [ "$PACKAGES_WANTED" = yes ]; then install_packages "$ROOT/deploy/packages.txt"; fi
    check_tools
    if [ "$BUILD_WANTED" = yes ]; then build_release; fi
    check_programs
    refuse_taken_ports
    make_folder
    lock_folder
    choose_run_user
    make_subfolders
    is_up || stop_orphans
    choose_ports
    if [ -n "$BUFFER_POOL" ]; then remember buffer_pool "$BUFFER_POOL"; fi
    make_certificates
    make_secrets
    render_all
    install_programs
    make_database
    start_everything
    local first=no
    [ -s "$DATA/crane.env" ] || first=yes
    make_organization
    write_environment
    trap - EXIT
    say_how_to_use "$first"
}

take_up_flags() {
    while [ $# -gt 0 ]; do
        case $1 in
            --port | --http-port | --build-dir | --buffer-pool | --set) [ $# -gt 1 ] || die "$1 needs a value after it." ;;
        esac
        case $1 in
            --port) PORT=$2; shift ;;
            --http-port) HTTP_PORT=$2; shift ;;
            --buffer-pool) BUFFER_POOL=$2; shift ;;
            --set) SET+=("$2"); shift ;;
            --build-dir) BUILD=$(readlink -m -- "$2"); BUILD_WANTED=no; shift ;;
            --no-build) BUILD_WANTED=no ;;
            --no-packages) PACKAGES_WANTED=no ;;
            --quiet) QUIET=yes ;;
            *) die "./crane up does not know \"$1\"; it takes --data DIR, --port N, --http-port N, --buffer-pool SIZE, --set CRANE_NAME=value, --no-build, --no-packages, --build-dir DIR, --quiet." ;;
        esac
        shift
    done
    [[ ${PORT:-1} =~ ^[1-9][0-9]{0,4}$ && ${PORT:-1} -le 65535 ]] || die "--port wants a number from 1 to 65535, not \"$PORT\"."
    [[ ${HTTP_PORT:-1} =~ ^[1-9][0-9]{0,4}$ && ${HTTP_PORT:-1} -le 65535 ]] || die "--http-port wants a number from 1 to 65535, not \"$HTTP_PORT\"."
    BUILD=${BUILD:-$ROOT/build/release}
    [ -z "$BUFFER_POOL" ] || [[ $BUFFER_POOL =~ ^[1-9][0-9]*[MG]$ ]] || die "--buffer-pool wants a size like 512M or 4G, not \"$BUFFER_POOL\"."
}

check_tools() {
    # Debian keeps servers in sbin, which a plain user's PATH may lack.
    PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
    local tool
    for tool in mariadbd mariadb-install-db mariadb-admin redis-server redis-cli nginx supervisord openssl curl ss setpriv flock; do
        command -v "$tool" > /dev/null || die "The tool $tool is missing; ./crane up without --no-packages installs it."
    done
}

start_everything() {
    local stores=() rest
    if is_up; then
        programs update > /dev/null
    else
        # What this run started, a failure of this run ends; see finish_failed.
        STARTED_HERE=yes
        trap finish_failed EXIT
        start_supervisor
    fi
    if own_database; then stores+=(mariadb); fi
    if own_redis; then stores+=(redis); fi
    if [ ${#stores[@]} -gt 0 ]; then start_changed "${stores[@]}"; fi
    if own_database; then wait_until 120 database_answers || die "MariaDB does not answer; see $DATA/log/mariadb.log."; fi
    if own_redis; then wait_until 60 redis_answers || die "Redis does not answer; see $DATA/log/redis.log."; fi
    migrate
    check_nginx || die "nginx refuses the configuration in $DATA/etc/nginx."
    rest=$(crane_programs)
    # shellcheck disable=SC2086
    start_changed $rest nginx rotate
    # Not before: the settings say which ports the running nginx holds.
    remember port "$PORT"
    remember http_port "$HTTP_PORT"
    wait_for_health
}

wait_for_health() {
    local deadline=$((SECONDS + 60)) fallen
    until healthy > /dev/null 2>&1; do
        fallen=$(programs state | awk '$2 != "RUNNING" && $2 != "STARTING" { print $1 }')
        [ -z "$fallen" ] || die_of_program "$fallen"
        [ $SECONDS -lt $deadline ] || die "https://localhost:$PORT/health does not answer OK; see the logs in $DATA/log."
        sleep 0.1
    done
}

# As the user of nginx's first process: the check makes the temporary folders and the log.
check_nginx() {
    local check=(nginx -t -q -p "$DATA" -e stderr -c "$DATA/etc/nginx/nginx.conf")
    if [ "$(nginx_user)" = root ]; then "${check[@]}"; else as_run_user "${check[@]}"; fi
}

# Also after Ctrl-C, when the status says nothing.
finish_failed() {
    trap - EXIT
    if [ $STARTED_HERE = yes ]; then
        warn "Stopping what was started."
        stop_everything
    fi
    exit 1
}

healthy() {
    local trust=(--cacert "$DATA/tls/ca.pem")
    certificate_is_ours || trust=(--insecure)
    curl --silent --fail --max-time 3 "${trust[@]}" "https://localhost:$PORT/health"
}

# The keys are shown once, so their lines go straight into a file, and a run that breaks off before makes them again.
make_organization() {
    local file=$DATA/secrets/first.env
    if [ -s "$file" ]; then return 0; fi
    say "Making the first organization …"
    { admin org create --name "My company" --currency USD --chart standard --credits 1000000 --test-key --format env &&
        admin key create --operator --mode live --name "First operator" --format env; } > "$DATA/secrets/first.part" ||
        die "crane-admin could not make the first organization."
    grep -q '^CRANE_OPERATOR_KEY=' "$DATA/secrets/first.part" || die "crane-admin printed no keys for the first organization."
    chmod 600 "$DATA/secrets/first.part"
    mv "$DATA/secrets/first.part" "$file"
}

write_environment() {
    local authority=$DATA/tls/ca.pem
    certificate_is_ours || authority=/etc/ssl/certs/ca-certificates.crt
    {
        echo "CRANE_URL=https://localhost:$PORT"
        echo "CRANE_HTTP_URL=http://localhost:$HTTP_PORT"
        echo "CRANE_CACERT=$authority"
        grep -E '^CRANE_[A-Z_]+=[A-Za-z0-9_]+$' "$DATA/secrets/first.env"
    } | write_file "$DATA/crane.env" 600
}

say_how_to_use() {
    say_who_runs
    say "Crane is up at https://localhost:$PORT; its data and keys are in $DATA."
    [ "$1" = yes ] || return 0
    say "
Try it (paste the lines as they are):

. $DATA/crane.env
curl --cacert \"\$CRANE_CACERT\" -H \"Authorization: Bearer \$CRANE_KEY\" \"\$CRANE_URL/organizations/\$CRANE_ORGANIZATION/accounts\"
curl --cacert \"\$CRANE_CACERT\" -H \"Authorization: Bearer \$CRANE_KEY\" -H 'Content-Type: application/json' -d '{\"name\":\"Petty cash\",\"code\":\"1099\",\"type\":\"asset\"}' \"\$CRANE_URL/organizations/\$CRANE_ORGANIZATION/accounts\"
curl --cacert \"\$CRANE_CACERT\" -H \"Authorization: Bearer \$CRANE_KEY\" \"\$CRANE_URL/organizations/\$CRANE_ORGANIZATION/reports/trial-balance\"
"
}
