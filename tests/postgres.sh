#!/usr/bin/env bash
# Starts a throw-away PostgreSQL server for tests and prints its address: PASSERELLE_TEST_POSTGRES=postgres://...
#
#   tests/postgres.sh [PID]           the server stops, and its files are removed, when the process PID ends (default: the caller)
#   tests/postgres.sh PID stop        ends it without a shutdown, as a crash does
#   tests/postgres.sh PID restart     the same, and starts it again with its data
#   tests/postgres.sh PID standby     starts a hot standby of it, and prints the address of that
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

# Succeeds if the server of an earlier call answers. It can have been killed. `pg_ctl status` takes a zombie for a server.
is_running() {
    local port status=0
    [[ -s $folder/address ]] || return 1
    port=$(port_of "$folder/address")
    "$(find_programs)/pg_isready" --quiet --host=127.0.0.1 --port="$port" --timeout=10 || status=$?
    # 1: it starts, or recovers from the crash of a session.
    (( status <= 1 ))
}

start() {
    local programs
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
    launch "$programs" "$folder/data" "$folder/address"
    stop_with "$pid" "$programs"
}

# Starts the server of a folder, and writes its address to a file.
launch() {
    local programs=$1 data=$2 address=$3 port
    # Nothing here survives the tests, so nothing is written to the disk on purpose.
    local settings='-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c listen_addresses=127.0.0.1'
    settings+=" -c max_connections=300 -c shared_buffers=64MB -c unix_socket_directories=$folder"
    for _ in 1 2 3 4 5; do
        # A free port can be taken by another process before the server binds it.
        port=$((20000 + RANDOM % 20000))
        if as_owner "$programs/pg_ctl" start --wait --timeout=60 --pgdata="$data" --log="$data/server.log" \
            --options="$settings -p $port" >"$folder/start.log" 2>&1; then
            printf 'PASSERELLE_TEST_POSTGRES=postgres://passerelle:passerelle@127.0.0.1:%s/postgres\n' "$port" >"$address"
            return
        fi
    done
    fail "the server does not start: $(tail -n 3 "$data/server.log" 2>/dev/null | tr '\n' ' ')"
}

# Copies the running server, and starts the copy as its standby.
start_standby() {
    local programs port
    programs=$(find_programs)
    port=$(port_of "$folder/address")
    PGPASSWORD=passerelle as_owner "$programs/pg_basebackup" --pgdata="$folder/standby" --host=127.0.0.1 --port="$port" \
        --username=passerelle --write-recovery-conf --checkpoint=fast --no-sync >"$folder/standby.log" 2>&1 ||
        fail "pg_basebackup failed: $(tail -n 3 "$folder/standby.log" | tr '\n' ' ')"
    launch "$programs" "$folder/standby" "$folder/standby.address"
}

port_of() { sed 's|.*:\([0-9]*\)/.*|\1|' "$1"; }

# Stops the server when a process ends.
stop_with() {
    local programs=$2
    (
        trap '' HUP INT TERM
        while kill -0 "$1" 2>/dev/null; do sleep 1; done
        for data in standby data; do
            [[ ! -d $folder/$data ]] || as_owner "$programs/pg_ctl" stop --mode=immediate --pgdata="$folder/$data" || true
        done
        rm -rf "$folder" "$folder.lock"
    ) </dev/null >/dev/null 2>&1 &
    disown
}

# Ends the server, or starts it again with the same data and options. Says nothing.
control() {
    as_owner "$(find_programs)/pg_ctl" "$@" --mode=immediate --wait --timeout=60 --pgdata="$folder/data" \
        >"$folder/control.log" 2>&1 || fail "pg_ctl $1 failed: $(tail -n 3 "$folder/control.log" | tr '\n' ' ')"
}

kill -0 "$pid" 2>/dev/null || fail "there is no process $pid"
exec 9>"$folder.lock"
flock 9
# The server and its watcher must not inherit the lock.
case ${2:-} in
    stop) (exec 9>&- && control stop); exit ;;
    restart) (exec 9>&- && control restart --log="$folder/data/server.log"); exit ;;
    standby)
        (exec 9>&- && start_standby) >&2
        exec cat "$folder/standby.address"
        ;;
esac
is_running || (exec 9>&- && start) >&2
cat "$folder/address"
