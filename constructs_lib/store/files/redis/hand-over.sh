#!/bin/sh
# Before the server stops: where it is the master, makes another one the master, so that nothing
# that was acknowledged is lost and writes go on at once.
#
#   HAND_OVER_SECONDS   how long it may take; after that the server stops as it is, and the Sentinels
#                       find out by themselves
set -eu
. "${0%/*}/ask.sh"
. "${0%/*}/survey.sh"

# What a hook says is shown to nobody, what the server says is.
if [ -w /proc/1/fd/2 ]; then
    exec 2>/proc/1/fd/2
fi
begun=$(date +%s)

# in_time N: whether less than the N-th part of the time has passed.
in_time() {
    [ $(($(date +%s) - begun)) -lt $((HAND_OVER_SECONDS / $1)) ]
}

here() {
    at 127.0.0.1 "$REDIS_PORT" "$@"
}

# replication HOST FIELD: a number that a server tells about replication.
replication() {
    at "$1" "$REDIS_PORT" INFO replication | tr -d '\r' | sed -n "s/^$2:\([0-9]*\)$/\1/p"
}

# in_step: names of the replicas that are.
in_step() {
    here INFO replication | sed -n 's/^slave[0-9]*:ip=\([^,]*\),.*,state=online,.*/\1/p'
}

# caught_up OFFSET: whether all of them have got so far. They are asked themselves: what the master
# knows of it is up to a second old.
caught_up() {
    replicas=$(in_step)
    [ -n "$replicas" ] || return 1
    for replica in $replicas; do
        reached=$(replication "$replica" slave_repl_offset)
        [ "${reached:-0}" -ge "$1" ] || return 1
    done
}

# replaced: whether another server has become a master. The Sentinels tell so up to a second later,
# and this one has to be gone by then: one that they still find a master when they have chosen
# another, and then meet again as the next one, some of them turn back into a replica.
replaced() {
    for member in $(others); do
        [ "$(role_of "$member")" != master ] || return 0
    done
    return 1
}

# ask_for_failover: one of the other Sentinels, since this pod's own is about to stop. Only that one
# is asked again, where it still knows of no other master: a second one that has not heard of the
# first one's choice would replace the master anew.
ask_for_failover() {
    for member in ${asked:-$(others)}; do
        view=$(view_of "$member")
        [ "${view%% *}" = "$HOST" ] || continue
        case $(at "$member" "$SENTINEL_PORT" SENTINEL FAILOVER "$MASTER_SET") in
        OK | INPROG*)
            asked=$member
            return 0
            ;;
        esac
    done
}

stop_as_it_is() {
    say "hands over to nobody: $1"
    # With a failover under way, what is written now might be lost: those who wait go on waiting.
    [ -n "$asked" ] || here CLIENT UNPAUSE >/dev/null
    exit 0
}

asked=''
[ "$(role_of 127.0.0.1)" = master ] || exit 0
if [ -z "$(in_step)" ]; then
    say "hands over to nobody: no replica is in step"
    exit 0
fi

# What is acknowledged from here on would be lost. Clients wait meanwhile, and are cut off when the
# server ends.
here CLIENT PAUSE $((HAND_OVER_SECONDS * 1000 + 30000)) WRITE >/dev/null
target=$(replication 127.0.0.1 master_repl_offset)
# Which replica is chosen is up to the Sentinels, so all of them have to have everything. Where one
# has not, the server's own end waits for them too.
until caught_up "${target:?}"; do
    in_time 2 || stop_as_it_is "replicas lag behind"
    sleep 0.1
done
until replaced; do
    in_time 1 || stop_as_it_is "the Sentinels have chosen no other master"
    ask_for_failover
    sleep 0.1
done
say "has handed over"
