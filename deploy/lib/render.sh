# Templates to configuration files: @NAME@ becomes the shell variable NAME.
# shellcheck shell=bash disable=SC2034  # the templates use these names

render() { fill "$ROOT/deploy/templates/$1"; }

fill() {
    local text name
    text=$(cat "$1") || die "The template $1 is missing."
    while [[ $text =~ @([A-Z_]+)@ ]]; do
        name=${BASH_REMATCH[1]}
        text=${text//"@$name@"/"${!name}"}
    done
    printf '%s\n' "$text"
}

families() { awk '/^[^#]/ && NF == 2 { sub(/;$/, "", $2); if (!seen[$2]++) print $2 }' "$ROOT/nginx/families.conf"; }

# Programs with a socket, in no order; the worker and the sender of webhooks have none.
handlers() { families; echo waiter; }
crane_programs() { handlers; echo worker; echo webhooks; }

# Every program of this folder.
all_programs() {
    if own_database; then echo mariadb; fi
    if own_redis; then echo redis; fi
    crane_programs
    echo nginx
    echo rotate
}

render_all() {
    local limit
    limit=$(ulimit -Hn)
    if [ "$limit" = unlimited ] || [ "$limit" -gt 16384 ]; then limit=16384; fi
    NOFILE=$limit
    BUFFER_POOL=$(setting buffer_pool)
    BUFFER_POOL=${BUFFER_POOL:-$(default_buffer_pool)}
    DATABASE_USER_LINE="" SUPERVISOR_USER_LINE="" PROGRAM_USER_LINE=""
    if is_root; then
        SUPERVISOR_USER_LINE=user=root
        PROGRAM_USER_LINE=user=$RUN_USER
        if [ "$RUN_USER" = root ]; then DATABASE_USER_LINE="user = root"; fi
    fi
    render mariadb.cnf | write_file "$DATA/etc/mariadb.cnf" 644
    render redis.conf | write_file "$DATA/etc/redis.conf" 644
    render_nginx
    render_supervisor | write_file "$DATA/supervisord.conf" 600
}

render_nginx() {
    local file family
    LISTEN_TLS="listen $PORT ssl http2 backlog=1024;"
    LISTEN_PLAIN="listen $HTTP_PORT;"
    if grep -qs . /proc/net/if_inet6; then
        LISTEN_TLS="$LISTEN_TLS listen [::]:$PORT ssl http2 backlog=1024;"
        LISTEN_PLAIN="$LISTEN_PLAIN listen [::]:$HTTP_PORT;"
    fi
    ADDRESS_RATE=$(value_of "$DATA/crane.conf" CRANE_ADDRESS_REQUESTS_PER_SECOND)
    ADDRESS_RATE=${ADDRESS_RATE:-100}
    [[ $ADDRESS_RATE =~ ^[1-9][0-9]{0,5}$ ]] ||
        die "CRANE_ADDRESS_REQUESTS_PER_SECOND in $DATA/crane.conf is \"$ADDRESS_RATE\", not a number from 1 to 999999."
    ADDRESS_BURST=$((ADDRESS_RATE * 4))
    NGINX_USER_LINE=
    if [ "$(nginx_user)" = root ]; then NGINX_USER_LINE="user $RUN_USER $RUN_GROUP;"; fi
    for file in "$ROOT"/nginx/*.conf; do
        fill "$file" | write_file "$DATA/etc/nginx/${file##*/}" 644
    done
    for family in $(handlers); do
        printf 'upstream crane_%s {\n    server unix:%s/%s.sock;\n    keepalive 32;\n    keepalive_requests 1000000;\n}\n' "$family" "$RUN" "$family"
    done | write_file "$DATA/etc/nginx/upstreams.conf" 644
}

# nginx's first process needs root for the low ports only.
nginx_user() {
    local lowest
    lowest=$(cat /proc/sys/net/ipv4/ip_unprivileged_port_start 2> /dev/null || echo 1024)
    if is_root && { [ "$PORT" -lt "$lowest" ] || [ "$HTTP_PORT" -lt "$lowest" ]; }; then echo root; else echo "$RUN_USER"; fi
}

render_supervisor() {
    render supervisord.conf
    local family name
    # Nothing starts by itself: the programs wait until `up` has migrated the database.
    if own_database; then program mariadb 10 TERM 120 "$(command -v mariadbd) --defaults-file=$DATA/etc/mariadb.cnf"; fi
    if own_redis; then program redis 10 TERM 60 "$(command -v redis-server) $DATA/etc/redis.conf"; fi
    for family in $(handlers); do
        KIND=fcgi-program program "$family" 50 TERM 35 "$DATA/bin/crane-$family"
        handler_lines "$family"
    done
    for name in worker webhooks; do
        program "$name" 50 TERM 35 "$DATA/bin/crane-$name"
        echo "environment=CRANE_CONFIG=\"$DATA/crane.conf\""
    done
    if [ "$(nginx_user)" = root ] && is_root; then PROGRAM_USER_LINE=user=root; fi
    program nginx 90 QUIT 45 "/bin/bash $DATA/bin/nginx.sh $(command -v nginx) -p $DATA -e stderr -c $DATA/etc/nginx/nginx.conf"
    if is_root; then PROGRAM_USER_LINE=user=$RUN_USER; fi
    program rotate 95 TERM 5 "/bin/bash $DATA/bin/rotate.sh $DATA/log/nginx/access.log $RUN/own/nginx.pid"
}

# program NAME PRIORITY STOP_SIGNAL STOP_SECONDS COMMAND
program() {
    KIND=${KIND:-program} NAME=$1 PRIORITY=$2 STOP_SIGNAL=$3 STOP_SECONDS=$4 COMMAND=$5 render program.conf
}

handler_lines() {
    local environment="CRANE_CONFIG=\"$DATA/crane.conf\""
    # A posting waits for the disk, so more of them at once cost nothing.
    if [ "$1" = transactions ] && [ -z "$(value_of "$DATA/crane.conf" CRANE_THREADS)" ]; then environment+=",CRANE_THREADS=\"32\""; fi
    printf 'environment=%s\nsocket=unix://%s/%s.sock\nsocket_mode=0600\nsocket_backlog=1024\n' "$environment" "$RUN" "$1"
    if is_root; then printf 'socket_owner=%s:%s\n' "$RUN_USER" "$RUN_GROUP"; fi
}

check_programs() {
    local name
    for name in $(crane_programs) admin; do
        [ -x "$BUILD/bin/crane-$name" ] || die "There is no program $BUILD/bin/crane-$name; ./crane up without --no-build builds it."
    done
}

# Programs run from DIR/bin, so a build in progress never meets a restart, and a closed checkout is no hindrance.
install_programs() {
    local name
    for name in $(crane_programs) admin; do install_file "$BUILD/bin/crane-$name" "$DATA/bin/crane-$name"; done
    for name in nginx rotate; do install_file "$ROOT/deploy/lib/$name.sh" "$DATA/bin/$name.sh"; done
    install_pages
}

install_file() {
    if cmp -s "$1" "$2"; then return 0; fi
    { cp "$1" "$2.new" && chmod 755 "$2.new" && mv -f "$2.new" "$2"; } || die "Cannot copy $1 to $2; is the disk full?"
}

# The documentation that the build made, if it made one.
install_pages() {
    [ -d "$BUILD/html" ] || return 0
    if diff -rq "$BUILD/html" "$DATA/html" > /dev/null 2>&1; then return 0; fi
    rm -rf "$DATA/html.new"
    { cp -r "$BUILD/html" "$DATA/html.new" && chmod -R u+w,a+rX "$DATA/html.new"; } || die "Cannot copy $BUILD/html to $DATA; is the disk full?"
    rm -rf "$DATA/html"
    mv "$DATA/html.new" "$DATA/html"
}
