#!/bin/sh
# Defragments etcd's members one after the other, the leader last. A member that does so answers
# nobody for a while, so all have to be well before each.
#
#   MEMBERS             URLs of the members
#   WORTHWHILE_PERCENT  a member with a smaller unused part is left alone
set -eu
. "${0%/*}/members.sh"

# all_well: every member knows the same leader; LEADER is its URL.
all_well() {
    agreed='' LEADER=''
    for member in $MEMBERS; do
        leader "$member" || return 1
        [ "${agreed:=$named}" = "$named" ] || {
            say "FAILED: members disagree who leads"
            return 1
        }
        if [ "$(printf '%s\n' "$status" | field member_id)" = "$named" ]; then
            LEADER=$member
        fi
    done
}

defragment() {
    # After the last one, a member may have to catch up.
    tries=0
    until all_well; do
        tries=$((tries + 1))
        [ "$tries" -lt 30 ] || exit 1
        sleep 2
    done
    before=$(post 10 "$1/v3/maintenance/status" '{}')
    size=$(printf '%s\n' "$before" | field dbSize)
    used=$(printf '%s\n' "$before" | field dbSizeInUse)
    case $before in
    *NOSPACE*)
        # It takes no writes, and without one it never notices what compaction has freed.
        say "$1 has reached its quota"
        ;;
    *)
        if [ $(((size - used) * 100 / size)) -lt "$WORTHWHILE_PERCENT" ]; then
            say "$1 is left alone: it uses $used of $size bytes"
            return
        fi
        ;;
    esac
    post 600 "$1/v3/maintenance/defragment" '{}' >/dev/null
    after=$(post 10 "$1/v3/maintenance/status" '{}' | field dbSize)
    say "$1 went from $size to $after bytes"
}

all_well
last=$LEADER
for member in $MEMBERS; do
    [ "$member" = "$last" ] || defragment "$member"
done
defragment "$last"
