#!/bin/sh
# Prints the settings that end a recovery at TARGET_TIME: right after the last transaction that was
# over by then.
#
# recovery_target_time ends it right before the first transaction that was over later. By then all
# has been replayed that this one did before its commit, and DROP DATABASE removes files before it.
#
#   WAL          folder with the compressed files of WAL after the base backup, one of each position
#   SCRATCH      a folder to work in
#   TARGET_TIME  "2024-05-01 10:00:00" in UTC
#
# The argument is the base backup's folder.
set -eu

tmp=${TMPDIR:-/tmp}
files=$SCRATCH/until

# position FILE BYTE: the position of a byte after the beginning of a file of WAL, by its name.
position() {
    high=$(echo "$1" | cut -c 9-16)
    low=$(echo "$1" | cut -c 17-24)
    at=$(((0x$high << 32) + (0x$low << 24) + $2))
    printf '%X/%X' "$((at >> 32))" "$((at & 0xFFFFFFFF))"
}

as_number() {
    echo "$(((0x${1%/*} << 32) + 0x${1#*/}))"
}

# transactions FROM TO: lines "<time> <position>" of those that were over there.
transactions() {
    # It complains where WAL ends, and it ends sooner or later.
    TZ=UTC pg_waldump --path "$files" --timeline 1 --start "$1" --end "$2" --rmgr Transaction \
        2>"$tmp/waldump" |
        sed -n "s/.* lsn: \([0-9A-F/]*\),.* desc: $over\([-0-9]* [.:0-9]*\) UTC.*/\4 \1/p"
}

over='\(COMMIT\|ABORT\)\(_PREPARED [0-9]*:\)\{0,1\} '

rm -rf "$files"
mkdir "$files"
find "$WAL" -name '????????????????????????.gz' -o -name '*.partial.gz' |
    sed 's|.*/||' | sort -k 1.9 >"$tmp/chain"
last='' later='' name=''
# One more turn than there are files: a transaction's end may go over into the next file, so each
# is read with the next one at hand.
while read -r next || [ -n "$name" ]; do
    if [ -n "$next" ]; then
        # Of one timeline, as far as names go: they are read as the one history that they are.
        gzip -d -c "$WAL/$next" >"$files/00000001$(echo "$next" | cut -c 9-24)"
    fi
    if [ -n "$name" ]; then
        transactions "$(position "$name" 0)" "$(position "$name" $((17 << 20)))" |
            awk -v limit="$TARGET_TIME.000000" \
                '{ if ($1 " " $2 > limit) { print "later"; exit } print $3 }' >"$tmp/ends"
        later=$(grep -x later "$tmp/ends" || :)
        last=$(grep -vx later "$tmp/ends" | tail -n 1 | grep . || echo "$last")
        [ -z "$later" ] || break
        rm "$files/00000001$(echo "$name" | cut -c 9-24)"
    fi
    name=$next
done <"$tmp/chain"
rm -rf "$files"

if [ -z "$later" ]; then
    echo "FAILED: the WAL ends before TARGET_TIME; without one, all of it comes back" >&2
    exit 1
fi
end=$(sed -n 's/.*"End-LSN": "\([0-9A-F/]*\)".*/\1/p' "$1/backup_manifest" | tail -n 1)
if [ -n "$last" ] && [ "$(as_number "$last")" -ge "$(as_number "$end")" ]; then
    echo "recovery_target_lsn = '$last'"
else
    # Nothing was committed since the base backup was complete.
    echo "recovery_target = 'immediate'"
fi
