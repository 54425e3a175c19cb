# shellcheck shell=sh
# Questions to servers. The other scripts source this.
#
#   REDISCLI_AUTH   password of every server and Sentinel; redis-cli takes it from here
#   REDIS_PORT      port of the servers
#   SENTINEL_PORT   port of the Sentinels
#   MASTER_SET      name under which the Sentinels know the master
#   DOWN_AFTER_SECONDS   how long it may be silent until they take it for lost
#   TLS             redis-cli's options for encrypted connections; empty for plain ones

say() {
    printf '%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*" >&2
}

# What ends a question that nobody answers.
limit='timeout 2'

# at HOST PORT WORD...: the answer of a server; nothing where none comes within 2 seconds.
at() {
    at_host=$1 at_port=$2
    shift 2
    # shellcheck disable=SC2086
    $limit redis-cli ${TLS:-} -h "$at_host" -p "$at_port" "$@" 2>/dev/null || :
}

# role_of HOST: master, slave, or nothing where the server does not tell.
role_of() {
    case $(at "$1" "$REDIS_PORT" ROLE | head -n 1) in
    master) echo master ;;
    slave) echo slave ;;
    esac
}

# holding HOST: "data" or "nothing"; no word where the server does not tell.
holding() {
    holding_story=$(at "$1" "$REDIS_PORT" INFO | tr -d '\r')
    case $holding_story in
    *"
loading:1"* | *"
db"[0-9]*) echo data ;;
    *"# Keyspace"*) echo nothing ;;
    esac
}

# view_of HOST: whom the Sentinel at HOST takes for the master: its name, the epoch of that choice,
# and "unsettled" while the master is taken for lost or is being replaced, "missed" when it has been
# silent for half the time until then, or else "settled".
#
# The name comes from the second question: in the middle of a failover the answer to the first has
# the epoch of the new choice already, and the name of the old one still.
view_of() {
    printf 'SENTINEL MASTER %s\nSENTINEL GET-MASTER-ADDR-BY-NAME %s\n' \
        "$MASTER_SET" "$MASTER_SET" | at "$1" "$SENTINEL_PORT" | tr -d '\r' | {
        name='' epoch=0 state=settled previous=''
        while read -r word; do
            case $previous in
            config-epoch) epoch=$word ;;
            last-ok-ping-reply)
                if [ "$state" = settled ] && [ "$word" -ge $((DOWN_AFTER_SECONDS * 500)) ]; then
                    state=missed
                fi
                ;;
            flags)
                case $word in
                *s_down* | *o_down* | *failover*) state=unsettled ;;
                esac
                ;;
            esac
            # The very last word is the port, and the one before it the name.
            name=$previous previous=$word
        done
        [ "$previous" != "$REDIS_PORT" ] || echo "$name $epoch $state"
    }
}
