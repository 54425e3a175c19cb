#!/bin/sh
# Hands one file of the archive to a recovery: restore_command, with %f and %p.
set -eu

for name in "$1.gz" "$1.partial.gz"; do
    if [ -e "$WAL/$name" ]; then
        gzip -d -c "$WAL/$name" >"$2"
        exit 0
    fi
done
exit 1
