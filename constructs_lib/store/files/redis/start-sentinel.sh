#!/bin/sh
# Starts a Sentinel, with what it knew when it last ran or what the others know by now.
#
#   QUORUM   how many Sentinels have to take the master for lost
set -eu
. "${0%/*}/ask.sh"
. "${0%/*}/survey.sh"
. "${0%/*}/configure.sh"

file=$DATA/conf/sentinel.conf

# sentinel_id HOST: the id of the Sentinel at HOST. It stays when the volume is lost: another id
# would be another Sentinel to the others, and a majority of all that ever were could not be had some
# day.
sentinel_id() {
    printf %s "$1" | sha1sum | cut -c 1-40
}

# members: all servers and Sentinels there are, so that nobody has to be discovered before the
# master can be replaced.
members() {
    for member in $MEMBERS; do
        [ "$member" = "$named" ] || echo "sentinel known-replica $MASTER_SET $member $REDIS_PORT"
        [ "$member" = "$HOST" ] ||
            echo "sentinel known-sentinel $MASTER_SET $member $SENTINEL_PORT $(sentinel_id "$member")"
    done
}

# votes: what this Sentinel has voted for in earlier lives.
votes() {
    [ ! -e "$file" ] || grep -E '^sentinel (leader-epoch|current-epoch) ' "$file" || :
}

# What was known on this volume, with its epoch; or else what the others say, with none. Theirs may
# belong to another choice, and only a lower one than theirs is put right by them.
if [ -e "$file" ]; then
    recall
else
    survey
    epoch=0
fi
{
    echo "sentinel monitor $MASTER_SET $named $REDIS_PORT $QUORUM"
    cat "$CONFIG/sentinel.conf"
    echo "sentinel myid $(sentinel_id "$HOST")"
    echo "sentinel announce-ip $HOST"
    echo "requirepass $REDISCLI_AUTH"
    echo "sentinel sentinel-pass $REDISCLI_AUTH"
    echo "sentinel auth-pass $MASTER_SET $REDISCLI_AUTH"
    echo "sentinel config-epoch $MASTER_SET $epoch"
    votes
    members
} >"$file.new"
mv "$file.new" "$file"
exec redis-server "$file" --sentinel
