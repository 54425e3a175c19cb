# shellcheck shell=sh
# Configuration files, written where the servers may change them. Start scripts source this after
# ask.sh.
#
#   CONFIG   folder of the files that hold for every pod
#   DATA     folder of the data, on the pod's volume
#   HOST     the pod's own name

umask 077
mkdir -p "$DATA/conf"

# The password stands in URLs, in configuration files and in the proxy's health checks, which each
# have characters of their own to quote.
case ${REDISCLI_AUTH:?} in
*[!A-Za-z0-9._~+=-]*)
    say "the password holds characters besides letters, digits and . _ ~ + = -; use another one"
    exit 1
    ;;
esac

# has_data: whether this volume holds data of an earlier life.
has_data() {
    [ -e "$DATA/dump.rdb" ] || [ -e "$DATA/appendonlydir" ]
}

# write_redis_conf MASTER: the server's configuration, as a replica of MASTER, or as a master where
# MASTER is empty.
write_redis_conf() {
    {
        cat "$CONFIG/redis.conf"
        echo "requirepass $REDISCLI_AUTH"
        echo "masterauth $REDISCLI_AUTH"
        echo "replica-announce-ip $HOST"
        echo "replica-announce-port $REDIS_PORT"
        [ -z "$1" ] || echo "replicaof $1 $REDIS_PORT"
    } >"$DATA/conf/redis.conf.new"
    mv "$DATA/conf/redis.conf.new" "$DATA/conf/redis.conf"
}

# serve: become the server.
serve() {
    adopt_snapshot
    exec redis-server "$DATA/conf/redis.conf"
}

# adopt_snapshot: make an append-only file of a snapshot that stands alone, as after a restore. A
# server that is to append and finds no such file starts empty, snapshot or not.
adopt_snapshot() {
    grep -q '^appendonly yes' "$CONFIG/redis.conf" || return 0
    [ -e "$DATA/dump.rdb" ] && [ ! -e "$DATA/appendonlydir" ] || return 0
    say "takes over the data of dump.rdb"
    rm -rf "$DATA/adopted"
    redis-server "$CONFIG/redis.conf" --port 0 --tls-port 0 --unixsocket "$DATA/conf/adopt.sock" \
        --appendonly no --appenddirname adopted --save '' &
    adopting=$!
    until [ "$(adopting PING)" = PONG ]; do
        kill -0 "$adopting"
        sleep 0.2
    done
    adopting CONFIG SET appendonly yes
    while adopting INFO persistence | grep -q '^aof_rewrite_[a-z_]*:1'; do
        sleep 0.2
    done
    if ! adopting INFO persistence | grep -q '^aof_last_bgrewrite_status:ok'; then
        say "the data of dump.rdb cannot be written again; is the volume full?"
        exit 1
    fi
    adopting SHUTDOWN NOSAVE
    wait "$adopting" || :
    # Only what is complete gets the name that the server looks for.
    mv "$DATA/adopted" "$DATA/appendonlydir"
}

adopting() {
    timeout 5 redis-cli -s "$DATA/conf/adopt.sock" "$@" 2>/dev/null || :
}
