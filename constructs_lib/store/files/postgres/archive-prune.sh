#!/bin/sh
# Removes WAL that no base backup needs any more: what is older than the oldest one. Runs once a
# base backup has been published.
set -eu
here=${0%/*}
. "$here/place.sh"
. "$here/archive-place.sh"

list_backups >"$tmp/have"
: >"$tmp/positions"
while read -r name; do
    wal_position "$name" >>"$tmp/positions"
done <"$tmp/have"

list_systems >"$tmp/with-wal"
while read -r system; do
    # The oldest position counts without its timeline; no position, no use: the cluster is gone.
    oldest=$(awk -v cluster="$system" '$1 == cluster { print substr($2, 9) }' "$tmp/positions" |
        sort | head -n 1)
    list_wal "$system" >"$tmp/files"
    # Histories are small, and tell which timeline came from which.
    awk -v oldest="${oldest:-~}" \
        '/^[0-9A-F]+(\.partial)?\.gz$/ && substr($0, 9, 16) "" < oldest ""' "$tmp/files" >"$tmp/old"
    if [ -z "$oldest" ]; then
        cp "$tmp/files" "$tmp/old"
    fi
    remove_wal "$system" "$tmp/old"
    say "removed $(wc -l <"$tmp/old" | tr -d ' ') files of WAL of $system"
done <"$tmp/with-wal"
