#!/bin/sh
# Publishes the files in STAGE as a backup, and removes backups that are no longer kept. Arguments
# are a program to run after that.
#
#   BACKUP_KEEP       how many are kept, the newest
#   BACKUP_DEADLINE   seconds after which no run goes on
set -eu
. "${0%/*}/place.sh"

[ "$BACKUP_KEEP" -ge 1 ] || fail "BACKUP_KEEP is $BACKUP_KEEP, which would keep none"

(
    cd "$STAGE"
    find . -type f ! -name SHA256SUMS -exec sha256sum {} + >"$tmp/sums"
    [ -s "$tmp/sums" ] || fail "$STAGE holds no file"
    sort -k 2 "$tmp/sums" >SHA256SUMS
)

name=$(name_before 0)
list_backups >"$tmp/before"
while grep -qxF "$name" "$tmp/before"; do
    sleep 1
    name=$(name_before 0)
done
size=$(du -sk "$STAGE" | cut -f 1)
put_backup "$STAGE" "$name"
rm -rf "${STAGE%/*}"
say "published $name, $size KiB"

# Only now, with one more good backup, may an old one go.
list_backups >"$tmp/after"
grep -qxF "$name" "$tmp/after" || fail "$name was published and cannot be found"
tail -n "$BACKUP_KEEP" "$tmp/after" >"$tmp/kept"
{ grep -vxF -f "$tmp/kept" "$tmp/after" || :; } >"$tmp/old"
while read -r old; do
    remove_backup "$old"
    say "removed $old"
done <"$tmp/old"

# What runs have left that were stopped while they copied or removed; one may be at work now.
oldest_run=$(name_before "$BACKUP_DEADLINE")
list_remains >"$tmp/remains"
while read -r remains; do
    if expr "$remains" \< "$oldest_run" >/dev/null; then
        remove_backup "$remains"
        say "removed what was left of $remains"
    fi
done <"$tmp/remains"

if [ $# -gt 0 ]; then
    exec "$@"
fi
