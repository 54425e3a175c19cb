#!/bin/sh
# Loads a snapshot into a server of this pod alone, and copies every key into the running master,
# in place of the key of that name. Keys that the snapshot does not hold stay, unless FLUSH is "yes".
#
#   FETCHED         folder with dump.rdb
#   SCRATCH         a folder to work in
#   HOST            where the master answers
#   REDIS_PORT      its port
#   REDISCLI_AUTH   its password
#   TLS             redis-cli's options for encrypted connections; empty for plain ones
#   FLUSH           "yes" removes all keys of the master first
set -eu
here=${0%/*}
tmp=${TMPDIR:-/tmp}
password=$REDISCLI_AUTH
server=

say() {
    printf '%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*"
}

# The server of this pod, and the master.
own() (
    # That server has no password, and redis-cli complains where it has one for it.
    unset REDISCLI_AUTH
    redis-cli -e -s "$tmp/restore.sock" "$@"
)

master() {
    # shellcheck disable=SC2086
    timeout 60 redis-cli -e ${TLS:-} -h "$HOST" -p "$REDIS_PORT" "$@"
}

# insist COMMAND...: what it writes, once it succeeds. A failover ends connections, and a master that
# has just begun may refuse.
insist() {
    tries=0
    until answer=$("$@" 2>&1); do
        tries=$((tries + 1))
        if [ "$tries" -ge 6 ]; then
            say "FAILED: $answer" >&2
            exit 1
        fi
        sleep 5
    done
    printf '%s\n' "$answer"
}

# page DATABASE SCRIPT CURSOR: copies some keys.
page() {
    # The last argument comes by the pipe: whoever lists processes would see it otherwise.
    printf '%s' "$password" | own -n "$1" -x EVALSHA "$2" 0 "$3" "$HOST" "$REDIS_PORT" "$1"
}

clean_up() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || :
    rm -rf "$SCRATCH"
}

load() {
    rm -rf "$SCRATCH"
    mkdir -p "$SCRATCH"
    cp "$FETCHED/dump.rdb" "$SCRATCH/dump.rdb"
    redis-check-rdb "$SCRATCH/dump.rdb" >"$tmp/checked" || { cat "$tmp/checked" && exit 1; }
    set -- --dir "$SCRATCH" --dbfilename dump.rdb --appendonly no --save '' --port 0 \
        --unixsocket "$tmp/restore.sock" --logfile "$tmp/restore.log"
    if [ -n "${TLS:-}" ]; then
        # MIGRATE encrypts where links of a cluster are encrypted.
        set -- "$@" --tls-cluster yes --tls-cert-file /etc/tls/tls.crt \
            --tls-key-file /etc/tls/tls.key --tls-ca-cert-file /etc/tls/ca.crt
    fi
    redis-server "$@" &
    server=$!
    until own PING >/dev/null 2>&1; do
        kill -0 "$server" || { cat "$tmp/restore.log" && exit 1; }
        sleep 0.2
    done
}

# copy DATABASE SCRIPT: all keys of it.
copy() {
    cursor=0 copied=0
    while :; do
        answer=$(insist page "$1" "$2" "$cursor")
        cursor=${answer% *}
        copied=$((copied + ${answer#* }))
        [ "$cursor" != 0 ] || break
    done
    say "restored $copied keys of database $1"
}

trap clean_up EXIT
load
insist master PING >/dev/null
script=$(own -x SCRIPT LOAD <"$here/copy-keys.lua")
if [ "${FLUSH:-}" = yes ]; then
    insist master FLUSHALL >/dev/null
    say "removed all keys of the master"
fi
own INFO keyspace | sed -n 's/^db\([0-9]*\):.*/\1/p' >"$tmp/numbers"
while read -r number; do
    copy "$number" "$script"
done <"$tmp/numbers"
if [ -n "$(own FUNCTION LIST)" ]; then
    say "NOT RESTORED: functions; load their libraries again with FUNCTION LOAD"
fi
own SHUTDOWN NOSAVE || :
wait "$server" || :
server=
