# Settings with passwords, and the first start of MariaDB.
# shellcheck shell=bash

# DIR/crane.conf is made once and then belongs to whoever runs Crane; only the paths of our own sockets are kept up.
make_secrets() {
    local secrets=$DATA/secrets
    if [ ! -s "$DATA/crane.conf" ]; then
        PASSWORD=$(random_password) render crane.conf | write_file "$DATA/crane.conf" 600 "$RUN_USER:$RUN_GROUP"
    fi
    if [ ! -s "$secrets/migration.conf" ]; then
        PASSWORD=$(random_password) render migration.conf | write_file "$secrets/migration.conf" 600
    fi
    if [ ! -s "$secrets/root.cnf" ]; then
        PASSWORD=$(random_password) render root.cnf | write_file "$secrets/root.cnf" 600
    fi
    sed -e "s|^CRANE_DATABASE_SOCKET=.*/own/mariadb.sock\$|CRANE_DATABASE_SOCKET=$RUN/own/mariadb.sock|" \
        -e "s|^CRANE_REDIS_SOCKET=.*/own/redis.sock\$|CRANE_REDIS_SOCKET=$RUN/own/redis.sock|" "$DATA/crane.conf" |
        write_file "$DATA/crane.conf" 600 "$RUN_USER:$RUN_GROUP"
    make_master_key
    local pair
    for pair in "${SET[@]}"; do set_in_config "$pair"; done
}

# What webhooks are signed with is encrypted under this key. Made once; a lost one is not made anew behind anybody's back.
make_master_key() {
    local key digits
    key=$(value_of "$DATA/crane.conf" CRANE_MASTER_KEY_FILE)
    if [ -n "$key" ]; then
        [ -s "$key" ] || die "The key file $key is missing: bring it back from a backup, or take CRANE_MASTER_KEY_FILE out of $DATA/crane.conf for a new one (each webhook then needs a new secret)."
        return 0
    fi
    digits=$(openssl rand -hex 32) || die "openssl gives no random key."
    printf '%s\n' "$digits" | write_file "$DATA/master.key" 600 "$RUN_USER:$RUN_GROUP"
    set_in_config "CRANE_MASTER_KEY_FILE=$DATA/master.key"
}

# set_in_config KEY=VALUE
set_in_config() {
    [[ $1 =~ ^CRANE_[A-Z_]+=. ]] || die "--set wants CRANE_NAME=value, not \"$1\"."
    { grep -v "^${1%%=*}=" "$DATA/crane.conf"; printf '%s\n' "$1"; } | write_file "$DATA/crane.conf" 600 "$RUN_USER:$RUN_GROUP"
}

# A private MariaDB or Redis runs unless crane.conf names another one.
own_database() { [ "$(value_of "$DATA/crane.conf" CRANE_DATABASE_SOCKET)" = "$RUN/own/mariadb.sock" ]; }
own_redis() { [ "$(value_of "$DATA/crane.conf" CRANE_REDIS_SOCKET)" = "$RUN/own/redis.sock" ]; }

# A quarter of the memory (of the container's, where there is a limit), from 128 MB to 1 GB.
default_buffer_pool() {
    local total limit
    total=$(awk '$1 == "MemTotal:" { print int($2 / 1024) }' /proc/meminfo)
    limit=$(cat /sys/fs/cgroup/memory.max 2> /dev/null || echo max)
    if [ "$limit" != max ] && [ $((limit / 1048576)) -lt "$total" ]; then total=$((limit / 1048576)); fi
    total=$((total / 4))
    if [ $total -gt 1024 ]; then total=1024; fi
    if [ $total -lt 128 ]; then total=128; fi
    echo "${total}M"
}

# Made beside its place and moved there when whole, so an interrupted first start leaves nothing that looks ready.
make_database() {
    if ! own_database || [ -d "$DATA/mariadb" ]; then return 0; fi
    local fresh=$DATA/mariadb.new log=$DATA/log/mariadb-install.log
    say "Making the database …"
    rm -rf "$fresh"
    service_folder mariadb.new
    as_run_user mariadb-install-db --defaults-file="$DATA/etc/mariadb.cnf" --datadir="$fresh" --tmpdir="$DATA/tmp" \
        --auth-root-authentication-method=normal --skip-test-db > "$log" 2>&1 < /dev/null ||
        { rm -rf "$fresh"; die "mariadb-install-db failed: $(failure_in "$log")"; }
    database_sql | as_run_user mariadbd --defaults-file="$DATA/etc/mariadb.cnf" --datadir="$fresh" --bootstrap >> "$log" 2>&1 ||
        { rm -rf "$fresh"; die "MariaDB could not be prepared: $(failure_in "$log")"; }
    mv "$fresh" "$DATA/mariadb"
}

failure_in() {
    local line
    line=$(grep -iE 'error|full|cannot|denied' "$1" | tail -n 1)
    printf '%s (all of it is in %s)' "${line:-no reason given}" "$1"
}

database_sql() {
    APPLICATION_PASSWORD=$(value_of "$DATA/crane.conf" CRANE_DATABASE_PASSWORD) \
    MIGRATION_PASSWORD=$(value_of "$DATA/secrets/migration.conf" CRANE_MIGRATION_PASSWORD) \
    ROOT_PASSWORD=$(value_of "$DATA/secrets/root.cnf" password) render database.sql
}

database_answers() { mariadb-admin --no-defaults --socket="$RUN/own/mariadb.sock" --connect-timeout=2 ping; }
redis_answers() { [ "$(redis-cli -s "$RUN/own/redis.sock" ping)" = PONG ]; }

migrate() {
    local output
    [ -d "$ROOT/sql" ] || die "There is no folder $ROOT/sql with the migrations."
    output=$(CRANE_MIGRATION_CONFIG=$DATA/secrets/migration.conf admin migrate --sql "$ROOT/sql" 2>&1) ||
        die "The migrations failed: $output"
    [ -z "$output" ] || say "$output"
}

# The command-line tool with this folder's settings, and none that a shell happens to hold.
admin() {
    env -u CRANE_DATABASE_SOCKET -u CRANE_DATABASE_HOST -u CRANE_DATABASE_NAME -u CRANE_DATABASE_USER -u CRANE_DATABASE_PASSWORD \
        -u CRANE_REDIS_SOCKET CRANE_CONFIG="$DATA/crane.conf" "$DATA/bin/crane-admin" "$@"
}
