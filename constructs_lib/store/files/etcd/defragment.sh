#!/bin/sh
# Defragments etcd's members one after the other, the leader last. A member that does so answers
# nobody for a while, so all have to be well before each.
#
#   MEMBERS             URLs of the members
#   WORTHWHILE_PERCENT  a member with a smaller unused part is left alone
#   ETCD_CACERT, ETCD_CERT, ETCD_KEY   files, where connections are encrypted
set -eu

say() {
    printf '%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*"
}

# post SECONDS URL: what the gateway answers.
post() {
    curl --silent --show-error --fail --max-time "$1" --data '{}' \
        ${ETCD_CACERT:+--cacert "$ETCD_CACERT"} \
        ${ETCD_CERT:+--cert "$ETCD_CERT" --key "$ETCD_KEY"} "$2"
}

# field NAME: a number of the status on the standard input.
field() {
    sed -n "s/.*\"$1\": *\"\([0-9]*\)\".*/\1/p"
}

# leader MEMBER: its word for who leads, or a failure.
leader() {
    status=$(post 10 "$1/v3/maintenance/status") || {
        say "FAILED: $1 does not answer"
        return 1
    }
    named=$(printf '%s\n' "$status" | field leader)
    if [ -z "$named" ] || [ "$named" = 0 ]; then
        say "FAILED: $1 knows no leader"
        return 1
    fi
}

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
    before=$(post 10 "$1/v3/maintenance/status")
    size=$(printf '%s\n' "$before" | field dbSize)
    used=$(printf '%s\n' "$before" | field dbSizeInUse)
    if [ $(((size - used) * 100 / size)) -lt "$WORTHWHILE_PERCENT" ]; then
        say "$1 is left alone: it uses $used of $size bytes"
        return
    fi
    post 600 "$1/v3/maintenance/defragment" >/dev/null
    after=$(post 10 "$1/v3/maintenance/status" | field dbSize)
    say "$1 went from $size to $after bytes"
}

all_well
last=$LEADER
for member in $MEMBERS; do
    [ "$member" = "$last" ] || defragment "$member"
done
defragment "$last"
