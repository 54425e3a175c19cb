#!/bin/sh
# Whether this pod's server may be sent requests, and the next pod may be replaced: it is a master,
# or a replica in step with one.
#
#   STALE_READS   "yes" lets a replica go on that has been in step since it started
set -eu
. "${0%/*}/ask.sh"

# The kubelet ends a probe, see alive.sh.
# shellcheck disable=SC2034
limit=''

[ "$(at 127.0.0.1 "$REDIS_PORT" PING)" = PONG ]
role='' link='' syncing='' since=''
while IFS=: read -r key value; do
    case $key in
    role) role=$value ;;
    master_link_status) link=$value ;;
    master_sync_in_progress) syncing=$value ;;
    master_link_down_since_seconds) since=$value ;;
    esac
done <<END
$(at 127.0.0.1 "$REDIS_PORT" INFO replication | tr -d '\r')
END
case $role/$link/$syncing in
master/*) exit 0 ;;
slave/up/0) exit 0 ;;
slave/down/0) [ "${STALE_READS:-no}" = yes ] && [ "${since:--1}" -ge 0 ] ;;
*) exit 1 ;;
esac
