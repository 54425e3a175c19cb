#!/bin/sh
# Shows, beside the fetched base backup, the WAL that continues it: in the folder wal.
#
#   FETCHED      the base backup
#   TARGET_TIME  where recovery is to end; empty for the end of the WAL
#   ALLOW_GAP    "yes" restores up to where WAL is missing
set -eu
here=${0%/*}
. "$here/place.sh"
. "$here/archive-place.sh"

wal=${FETCHED%/*}/wal
rm -rf "$wal"
read -r system first last <"$FETCHED/wal-position"
list_wal "$system" >"$tmp/files"

grep '\.history\.gz$' "$tmp/files" >"$tmp/histories" || :
get_wal "$system" "$tmp/histories" "$wal"
while read -r name; do
    gzip -d -c "$wal/$name" | awk -v name="${name%%.*}" 'NF > 1 { print "history", name, $1, $2 }'
done <"$tmp/histories" >"$tmp/input"
sed 's/^/file /' "$tmp/files" >>"$tmp/input"
awk -v start="$last" -f "$here/archive-chain.awk" "$tmp/input" >"$tmp/chain"
grep '\.gz$' "$tmp/chain" >"$tmp/wanted" || :
sed -n 's/^timeline //p' "$tmp/chain" >"$wal/timeline"
verdict=$(tail -n 1 "$tmp/chain")
say "base backup from $first to $last, $(wc -l <"$tmp/wanted" | tr -d ' ') files of WAL from there on"
case $verdict in
gap*)
    say "WAL IS MISSING: $verdict"
    if [ "${ALLOW_GAP:-}" != yes ] && [ -z "${TARGET_TIME:-}" ]; then
        fail "choose a newer backup, a TARGET_TIME before it, or ALLOW_GAP=yes to end there"
    fi
    ;;
esac
get_wal "$system" "$tmp/wanted" "$wal"
