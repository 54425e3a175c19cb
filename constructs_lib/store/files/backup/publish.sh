#!/bin/sh
# Publishes the files in STAGE as a backup, and removes backups that are no longer kept. Arguments
# are a program that removes more. Once the backup is published the run counts as good: what cannot
# be removed, as from a bucket that locks its objects, is said and left to the next run.
#
# The file "holds" of a backup says in a word or two what the store is. They stay the same for as long
# as it has its data, and change when it begins anew, empty. A backup of that is not published: it
# would be the newest, and those of the data would go one by one.
#
#   BACKUP_KEEP       how many are kept, the newest
#   BACKUP_DEADLINE   seconds after which no run goes on
#   ALLOW_LOSS        "yes" publishes all the same, since that is what the store is to hold
set -eu
. "${0%/*}/place.sh"

stays() {
    say "RETENTION FAILED: $1; it stays, and takes room, until a run can remove it" >&2
}

# refuse_loss: ends here where the store has lost what the newest backup holds.
refuse_loss() {
    list_backups >"$tmp/newest"
    newest=$(tail -n 1 "$tmp/newest")
    if [ -z "$newest" ] || [ ! -e "$STAGE/holds" ] || [ "${ALLOW_LOSS:-}" = yes ]; then
        return 0
    fi
    held=$(show_file "$newest" holds)
    if [ -z "$held" ]; then
        # Older backups of PostgreSQL say it only here, in the first word.
        position=$(show_file "$newest" wal-position)
        [ -z "$position" ] || held="cluster ${position%% *}"
    fi
    holds=$(cat "$STAGE/holds")
    case $held in
    '' | nothing | "$holds") return 0 ;;
    esac
    rm -rf "${STAGE%/*}"
    fail "not published: the store holds $holds, and the newest backup, $newest, holds $held." \
        "Suspend this CronJob and restore one by its name. If the store is as it should be, run this" \
        "once with ALLOW_LOSS=yes"
}

[ "$BACKUP_KEEP" -ge 1 ] || fail "BACKUP_KEEP is $BACKUP_KEEP, which would keep none"

(
    cd "$STAGE"
    find . -type f ! -name SHA256SUMS -exec sha256sum {} + >"$tmp/sums"
    [ -s "$tmp/sums" ] || fail "$STAGE holds no file"
    sort -k 2 "$tmp/sums" >SHA256SUMS
)

refuse_loss
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
