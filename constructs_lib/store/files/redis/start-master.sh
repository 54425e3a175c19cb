#!/bin/sh
# Starts the master of replicas that never take its place.
#
#   REPLICAS   their names
set -eu
. "${0%/*}/ask.sh"
. "${0%/*}/configure.sh"

# An empty master makes its replicas as empty as it is. So without data it starts only when every
# replica has said that it holds nothing either, as at the first start of all.
until has_data; do
    unsure=''
    for replica in $REPLICAS; do
        case $(holding "$replica") in
        nothing) ;;
        data)
            say "stays down: this volume is empty, and $replica holds data, which it would lose." \
                "Restore the master from a backup or from that replica"
            unsure=1
            ;;
        *)
            say "waits: this volume is empty, and $replica, which may hold data, does not answer"
            unsure=1
            ;;
        esac
    done
    [ -n "$unsure" ] || break
    sleep 2
done
write_redis_conf ''
serve
