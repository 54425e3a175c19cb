#!/bin/sh
# Makes a base backup that is complete in itself, and checks every file of it.
#
#   PGHOST, PGPORT, PGUSER, PGPASSWORD  the replication user, where a server answers
#   STAGE                               folder that receives base.tar.gz, wal-position and holds
#   SCRATCH                             folder for the files themselves, made and removed here
set -eu

tmp=${TMPDIR:-/tmp}

rm -rf "$SCRATCH"
pg_basebackup --no-password --pgdata "$SCRATCH" --format plain --wal-method stream \
    --checkpoint fast --no-sync
pg_verifybackup --quiet "$SCRATCH"

system=$(LC_ALL=C pg_controldata "$SCRATCH" | sed -n 's/^Database system identifier: *//p')
first=$(sed -n 's/^START WAL LOCATION: .*(file \([0-9A-F]*\))$/\1/p' "$SCRATCH/backup_label")
last=$(find "$SCRATCH/pg_wal" -maxdepth 1 -name '????????????????????????' |
    sed 's|.*/||' | sort | tail -n 1)
if [ -z "$system" ] || [ -z "$first" ] || [ -z "$last" ]; then
    echo "no position: system '$system', first '$first', last '$last'" >&2
    exit 1
fi
echo "$system $first $last" >"$STAGE/wal-position"
# A server that has lost its volume is made anew, as another cluster, and has tables again as soon as
# programs start.
echo "cluster $system" >"$STAGE/holds"

{ tar -C "$SCRATCH" -c -f - . || echo tar >"$tmp/failed"; } | gzip -1 >"$STAGE/base.tar.gz"
if [ -e "$tmp/failed" ]; then
    echo "tar has failed" >&2
    exit 1
fi
gzip -t "$STAGE/base.tar.gz"
rm -rf "$SCRATCH"
echo "base backup of $system, WAL from $first to $last"
