#!/bin/sh
# Before a Sentinel stops: waits until this pod's server is no master, since handing over takes
# Sentinels.
#
#   OUTLAST_SECONDS   how long it may take
set -eu
. "${0%/*}/ask.sh"

ends=$(($(date +%s) + OUTLAST_SECONDS))
while [ "$(date +%s)" -lt "$ends" ] && [ "$(role_of 127.0.0.1)" = master ]; do
    sleep 0.5
done
