#!/bin/sh
# Takes a snapshot of a running server, and checks it.
#
#   HOSTS           servers to ask, the first that answers: replicas before the master
#   REDIS_PORT      their port
#   REDISCLI_AUTH   their password; redis-cli takes it from here
#   TLS             redis-cli's options for encrypted connections; empty for plain ones
#   STAGE           folder that receives dump.rdb and holds
set -eu

tmp=${TMPDIR:-/tmp}

for host in $HOSTS; do
    # A replica that has lost its master has old data, or none yet.
    # shellcheck disable=SC2086
    if timeout 10 redis-cli ${TLS:-} -h "$host" -p "$REDIS_PORT" INFO replication >"$tmp/told" &&
        ! grep -q 'NOAUTH\|WRONGPASS\|LOADING\|master_link_status:down' "$tmp/told" &&
        grep -q '^role:' "$tmp/told"; then
        # shellcheck disable=SC2086
        redis-cli ${TLS:-} -h "$host" -p "$REDIS_PORT" --rdb "$STAGE/dump.rdb"
        redis-check-rdb "$STAGE/dump.rdb" >"$tmp/checked" || { cat "$tmp/checked" && exit 1; }
        grep 'keys read\|RDB looks OK' "$tmp/checked"
        # What expires is gone some day anyhow: a store that held nothing else has lost nothing.
        keys=$(sed -n 's/.* \([0-9][0-9]*\) keys read.*/\1/p' "$tmp/checked")
        expires=$(sed -n 's/.* \([0-9][0-9]*\) expires.*/\1/p' "$tmp/checked")
        if [ "${keys:-1}" -le "${expires:-0}" ]; then
            echo nothing >"$STAGE/holds"
        else
            echo data >"$STAGE/holds"
        fi
        exit 0
    fi
    echo "$host gives no snapshot: $(tr '\r\n' '  ' <"$tmp/told")"
done
exit 1
