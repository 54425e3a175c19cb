#!/bin/sh
# Takes a member that has lost its data out of the cluster and enters it anew, under its name and
# its address. It comes back empty, and fetches everything from the others.
#
#   LOST           its name, for example etcd-1
#   LOST_URL       where clients reach it
#   LOST_PEER_URL  where other members reach it
#   MEMBERS        URLs of all members, for clients
set -eu
. "${0%/*}/members.sh"

fail() {
    say "FAILED: $*"
    exit 1
}

[ -n "$LOST" ] || fail "LOST is empty; say which member has lost its data"

known='' helper=''
for member in $MEMBERS; do
    if [ "$member" = "$LOST_URL" ]; then
        known=yes
    elif [ -z "$helper" ] && leader "$member"; then
        helper=$member
    fi
done
[ -n "$known" ] || fail "$LOST is none of the members $MEMBERS"
[ -n "$helper" ] || fail "no other member knows a leader: restore a backup"
if post 10 "$LOST_URL/v3/maintenance/status" '{}' >/dev/null 2>&1; then
    fail "$LOST answers, so it has its data, and would lose them"
fi

# By its address: one that was entered and has never started is in the list without a name.
list=$(post 30 "$helper/v3/cluster/member/list" '{}')
entry=$(printf '%s\n' "$list" | tr '{' '\n' | grep -F "\"$LOST_PEER_URL\"" || :)
number=$(printf '%s\n' "$entry" | field ID)
if [ -n "$number" ]; then
    post 30 "$helper/v3/cluster/member/remove" "{\"ID\":\"$number\"}" >/dev/null
    say "$LOST is no member any more"
fi

# Refused until those that are left have been connected for five seconds.
tries=0
until post 30 "$helper/v3/cluster/member/add" "{\"peerURLs\":[\"$LOST_PEER_URL\"]}" >/dev/null; do
    tries=$((tries + 1))
    [ "$tries" -lt 15 ] || fail "$LOST could not be entered; run this once more"
    sleep 2
done
say "$LOST is entered as a new member"
