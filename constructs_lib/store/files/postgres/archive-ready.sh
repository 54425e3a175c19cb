#!/bin/sh
# Whether WAL arrives, and what has arrived continues the newest base backup.
set -eu

tmp=${TMPDIR:-/tmp}

if [ ! -e "$tmp/streaming" ]; then
    echo "no WAL is being received"
    exit 1
fi
for gap in "$SPOOL"/*.gap; do
    if [ -e "$gap" ]; then
        echo "WAL is missing before $(cat "$gap"), and there is no base backup after that"
        exit 1
    fi
done
