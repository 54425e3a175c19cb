#!/bin/sh
# Makes STAGE, an empty folder where the next step writes its backup, and drops what runs before
# this one have left behind.
#
#   BACKUP_DEADLINE  seconds after which no run goes on
set -eu
. "${0%/*}/place.sh"

if [ "$BACKUP_PLACE" = volume ] && [ -d "$BACKUP_ROOT/.partial" ]; then
    # Another run, started by hand, may be at work: only what is older than any run can be goes.
    find "$BACKUP_ROOT/.partial" -mindepth 1 -maxdepth 1 -mmin "+$((BACKUP_DEADLINE / 60 + 1))" \
        -exec rm -rf {} +
fi
# A container that is started again begins again.
rm -rf "$STAGE"
mkdir -p "$STAGE"
