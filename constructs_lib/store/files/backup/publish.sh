#!/bin/sh
# Publishes the files in STAGE as a backup, and removes backups that are no longer kept. Arguments
# are a program that removes more. Once the backup is published the run counts as good: what cannot
# be removed, as from a bucket that locks its objects, is said and left to the next run.
#
#   BACKUP_KEEP       how many are kept, the newest
#   BACKUP_DEADLINE   seconds after which no run goes on
set -eu
. "${0%/*}/place.sh"

stays() {
    say "RETENTION FAILED: $1; it stays, and takes room, until a run can remove it" >&2
}

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
    if remove_backup "$old"; then
        say "removed $old"
    else
        stays "$old could not be removed"
    fi
done <"$tmp/old"

# What runs have left that were stopped while they copied or removed; one may be at work now.
oldest_run=$(name_before "$BACKUP_DEADLINE")
if ! (list_remains >"$tmp/remains"); then
    stays "what earlier runs have left could not be listed"
    : >"$tmp/remains"
fi
while read -r remains; do
    if expr "$remains" \< "$oldest_run" >/dev/null; then
        if remove_backup "$remains"; then
            say "removed what was left of $remains"
        else
            stays "what was left of $remains could not be removed"
        fi
    fi
done <"$tmp/remains"

if [ $# -gt 0 ]; then
    "$@" || stays "$* has failed"
fi
