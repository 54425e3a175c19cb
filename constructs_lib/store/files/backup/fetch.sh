#!/bin/sh
# Shows a backup's files in FETCHED, once their checksums are right. Arguments are a program to run
# after that.
#
#   BACKUP        name of a backup, or "latest"
#   TARGET_TIME   a moment, "2024-05-01 10:00:00" in UTC; the last backup before it is meant, where
#                 BACKUP is "latest". Empty for none
set -eu
. "${0%/*}/place.sh"

limit=$(printf '%sZ' "${TARGET_TIME:-}" | sed -e 's/[-:]//g' -e 's/ /T/')

choose() {
    if [ "$BACKUP" != latest ]; then
        grep -xF "$BACKUP" "$tmp/have" || :
    elif [ -n "${TARGET_TIME:-}" ]; then
        awk -v limit="$limit" '$0 "" <= limit "" { last = $0 } END { print last }' "$tmp/have"
    else
        tail -n 1 "$tmp/have"
    fi
}

case ${TARGET_TIME:-} in
'' | [0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]\ [0-9][0-9]:[0-9][0-9]:[0-9][0-9]) ;;
*) fail "TARGET_TIME is '$TARGET_TIME'; write '2024-05-01 10:00:00', in UTC" ;;
esac
list_backups >"$tmp/have"
name=$(choose)
if [ -z "$name" ]; then
    say "there are: $(tr '\n' ' ' <"$tmp/have")"
    fail "no backup '$BACKUP'${TARGET_TIME:+ from before $TARGET_TIME}"
fi
if [ -n "${TARGET_TIME:-}" ] && expr "$name" \> "$limit" >/dev/null; then
    fail "$name is from after $TARGET_TIME; name an older one, or latest"
fi
rm -rf "$FETCHED"
mkdir -p "${FETCHED%/*}"
get_backup "$name" "$FETCHED"
(cd "$FETCHED" && sha256sum -c SHA256SUMS >"$tmp/checked") ||
    fail "$name is damaged: $(grep -v ': OK$' "$tmp/checked")"
say "fetched $name"

if [ $# -gt 0 ]; then
    exec "$@"
fi
