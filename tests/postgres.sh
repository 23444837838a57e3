#!/usr/bin/env bash
# Starts a throw-away PostgreSQL server for tests and prints its address: PASSERELLE_TEST_POSTGRES=postgres://...
#
#   tests/postgres.sh [PID]   the server stops, and its files are removed, when the process PID ends (default: the caller)
#   export $(tests/postgres.sh)
#
# `cargo test` runs this itself if PASSERELLE_TEST_POSTGRES is not set. All callers with the same PID share one server. It
# is not durable: a crash of the machine loses its data. PASSERELLE_POSTGRES_BIN names the folder of `initdb` and `pg_ctl`.
set -euo pipefail

pid=${1:-$PPID}
# In memory where there is room: each test creates a database, which takes seconds on a busy disk.
base=${TMPDIR:-/tmp}
if [[ -w /dev/shm ]] && (( $(df --output=avail -k /dev/shm | tail -n 1) > 1500000 )); then base=/dev/shm; fi
folder=$base/passerelle-postgres.$(id -u).$pid
fail() { printf '%s\n' "$*" >&2; exit 1; }

find_programs() {
    if [[ -n ${PASSERELLE_POSTGRES_BIN:-} ]]; then
        printf '%s\n' "$PASSERELLE_POSTGRES_BIN"
        return
    fi
    # Debian keeps several versions beside each other. The newest is last.
    local programs
    programs=$(printf '%s\n' /usr/lib/postgresql/*/bin/initdb /usr/local/pgsql/bin/initdb | sort -V | while read -r initdb; do
        [[ ! -x $initdb ]] || dirname "$initdb"
    done | tail -n 1)
    [[ -n $programs ]] || programs=$(dirname "$(command -v initdb || printf '/missing/initdb')")
    [[ ! -x $programs/initdb ]] || printf '%s\n' "$programs"
}

# PostgreSQL refuses to run as root.
as_owner() {
    if [[ $(id -u) == 0 ]]; then
        local owner=nobody
        ! id postgres >/dev/null 2>&1 || owner=postgres
        (cd / && exec setpriv --reuid="$owner" --regid="$(id -g "$owner")" --clear-groups "$@")
    else
        "$@"
    fi
}

start() {
    local programs port
    programs=$(find_programs)
    if [[ -z $programs && $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
        { apt-get update && apt-get install -y --no-install-recommends postgresql; } >&2
        programs=$(find_programs)
    fi
    [[ -n $programs ]] || fail 'initdb is missing; install the package postgresql, or set PASSERELLE_POSTGRES_BIN'

    rm -rf "$folder"
    mkdir -p "$folder"
    [[ $(id -u) != 0 ]] || chmod 777 "$folder"
    printf 'passerelle\n' >"$folder/password"
    # `a` before `B`, as on many servers. The tests then notice an order that depends on the language.
    local language=()
    ! "$programs/initdb" --help | grep -q icu-locale || language=(--locale-provider=icu --icu-locale=fr)
    as_owner "$programs/initdb" --pgdata="$folder/data" --username=passerelle --pwfile="$folder/password" \
        --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 "${language[@]}" --no-sync >"$folder/initdb.log" 2>&1 ||
        fail "initdb failed: $(tail -n 3 "$folder/initdb.log" | tr '\n' ' ')"
    # Nothing here survives the tests, so nothing is written to the disk on purpose.
    local settings='-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c listen_addresses=127.0.0.1'
    settings+=" -c max_connections=300 -c shared_buffers=64MB -c unix_socket_directories=$folder"
    for _ in 1 2 3 4 5; do
        # A free port can be taken by another process before the server binds it.
        port=$((20000 + RANDOM % 20000))
        if as_owner "$programs/pg_ctl" start --wait --timeout=60 --pgdata="$folder/data" --log="$folder/data/server.log" \
            --options="$settings -p $port" >"$folder/start.log" 2>&1; then
            stop_with "$pid" "$programs"
            printf 'PASSERELLE_TEST_POSTGRES=postgres://passerelle:passerelle@127.0.0.1:%s/postgres\n' "$port" \
                >"$folder/address"
            return
        fi
    done
    fail "the server does not start: $(tail -n 3 "$folder/data/server.log" 2>/dev/null | tr '\n' ' ')"
}

# Stops the server when a process ends.
stop_with() {
    local programs=$2
    (
        trap '' HUP INT TERM
        while kill -0 "$1" 2>/dev/null; do sleep 1; done
        as_owner "$programs/pg_ctl" stop --mode=immediate --pgdata="$folder/data" || true
        rm -rf "$folder" "$folder.lock"
    ) </dev/null >/dev/null 2>&1 &
    disown
}

kill -0 "$pid" 2>/dev/null || fail "there is no process $pid"
exec 9>"$folder.lock"
flock 9
# The server and its watcher must not inherit the lock.
[[ -s $folder/address ]] || (exec 9>&- && start) >&2
cat "$folder/address"
