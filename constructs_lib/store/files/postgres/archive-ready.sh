#!/bin/sh
# Whether WAL arrives and is shipped, and what has arrived continues the newest base backup.
#
#   SPOOL           where archive-receive.sh puts it
#   SHIP_SECONDS    pause between two looks of archive-ship.sh
#   SETTLE_SECONDS  how long a receiver has to have lived until it counts
set -eu

tmp=${TMPDIR:-/tmp}

: "${SETTLE_SECONDS:=15}"

# seconds_since FILE: since the moment that is written there; none while it is being written.
seconds_since() {
    moment=$(cat "$1" 2>/dev/null || :)
    echo "$(($(date +%s) - ${moment:-$(date +%s)}))"
}

# One that cannot go on ends at once, and is started again and again.
if [ ! -e "$tmp/streaming" ] || [ "$(seconds_since "$tmp/streaming")" -lt "$SETTLE_SECONDS" ]; then
    echo "no WAL is being received"
    exit 1
fi
if [ ! -e "$tmp/shipped" ] ||
    [ "$(seconds_since "$tmp/shipped")" -gt "$((SHIP_SECONDS * 10))" ]; then
    echo "no WAL is being shipped"
    exit 1
fi
for gap in "$SPOOL"/*.gap; do
    if [ -e "$gap" ]; then
        echo "WAL is missing before $(cat "$gap"), and there is no base backup after that"
        exit 1
    fi
done
