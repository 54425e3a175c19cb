#!/bin/sh
# Starts a replica that never takes its master's place.
#
#   MASTER   name of the master
set -eu
. "${0%/*}/ask.sh"
. "${0%/*}/configure.sh"

write_redis_conf "$MASTER"
serve
