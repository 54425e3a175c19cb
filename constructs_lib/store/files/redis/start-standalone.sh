#!/bin/sh
# Starts the only server.
set -eu
. "${0%/*}/ask.sh"
. "${0%/*}/configure.sh"

write_redis_conf ''
serve
