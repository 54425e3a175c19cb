#!/bin/sh
# Starts a server that Sentinels watch: as the master, or as a replica of the one there is.
#
#   PATIENCE   seconds until what looks odd is taken as it is
set -eu
. "${0%/*}/ask.sh"
. "${0%/*}/survey.sh"
. "${0%/*}/configure.sh"

begun=$(date +%s)
told=''

wait_for() {
    [ "$told" = "$*" ] || say "waits for $*"
    told=$*
    sleep 1
}

patient() {
    [ $(($(date +%s) - begun)) -lt "$PATIENCE" ]
}

lead() {
    say "starts as the master"
    write_redis_conf ''
    serve
}

follow() {
    say "starts as a replica of $1"
    write_redis_conf "$1"
    serve
}

# ask_masters: sets `masters` to the other pods whose servers say that they are masters, and
# `replicas` to those that say they are replicas.
ask_masters() {
    masters='' replicas=''
    for member in $(others); do
        case $(role_of "$member") in
        master) masters="$masters $member" ;;
        slave) replicas="$replicas $member" ;;
        esac
    done
    masters=${masters# }
}

# ask_holders: sets `holders` to the others that hold data or may, and `holder` to one that does.
ask_holders() {
    holders='' holder=''
    for member in $(others); do
        case $(holding "$member") in
        nothing) continue ;;
        data) holder=$member ;;
        esac
        holders="$holders $member"
    done
}

# As a master this pod would make all others as empty as it is.
named_and_empty() {
    ask_holders
    [ -n "$holders" ] || lead
    if [ -n "$holder" ] && [ "$heard" -gt 0 ]; then
        at "$holder" "$SENTINEL_PORT" SENTINEL FAILOVER "$MASTER_SET" >/dev/null
    fi
    wait_for "another master, since this volume is empty and these may hold data:$holders"
}

named_with_data() {
    if [ -n "$masters" ]; then
        [ "$heard" -gt 0 ] || [ "$masters" != "${masters%% *}" ] || follow "$masters"
        # However long it takes: as a second master this one could win over data that is newer.
        wait_for "the Sentinels to replace this pod, since another is a master: $masters"
    elif patient && [ "$heard" -eq 0 ]; then
        wait_for "a Sentinel to answer"
    elif patient && { [ -n "$unsettled" ] || { [ -n "$missed" ] && [ -n "$replicas" ]; }; }; then
        # One that comes back while it is being replaced would be led to by those who do not know yet,
        # and what it takes then would be lost.
        wait_for "the Sentinels to replace this pod, or not"
    else
        lead
    fi
}

named_another() {
    case " $masters " in
    *" $named "*) follow "$named" ;;
    esac
    if [ "$heard" -eq 0 ] && [ -n "$masters" ] && [ "$masters" = "${masters%% *}" ]; then
        follow "$masters"
    fi
    # Without data there is nothing to lose by following whoever it is, and an empty master learns
    # from the answer that it may start.
    if ! has_data || ! patient; then
        follow "$named"
    fi
    wait_for "$named to be a master"
}

while :; do
    survey
    ask_masters
    if [ "$named" != "$HOST" ]; then
        named_another
    elif has_data; then
        named_with_data
    else
        named_and_empty
    fi
done
