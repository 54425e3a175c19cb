#!/bin/sh
# Makes STAGE, an empty folder where the next step writes its backup, and drops what runs before
# this one have left behind.
#
#   BACKUP_DEADLINE  seconds after which no run goes on
set -eu
. "${0%/*}/place.sh"

# left FOLDER MINUTES: whatever is left there goes that is older than any run can be. Another run,
# started by hand, may be at work.
left() {
    if [ "$BACKUP_PLACE" = volume ] && [ -d "$BACKUP_ROOT/$1" ]; then
        find "$BACKUP_ROOT/$1" -mindepth 1 -maxdepth 1 -mmin "+$(($2 + 1))" -exec rm -rf {} +
    fi
}

left .partial $((BACKUP_DEADLINE / 60))
left .restoring $((24 * 60))
# A container that is started again begins again.
rm -rf "$STAGE"
mkdir -p "$STAGE"
