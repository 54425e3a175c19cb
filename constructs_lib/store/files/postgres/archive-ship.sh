#!/bin/sh
# Ships received WAL to where the backups are, compressed, for as long as the pod runs. The first
# process of its container. It writes nothing beside the WAL, except where some is missing: that
# volume may be full, and it is emptied here.
#
#   SPOOL         where archive-receive.sh puts it
#   SHIP_SECONDS  pause between two looks
#   SHIP_ONCE     "yes" looks once
set -eu
here=${0%/*}
. "$here/place.sh"
. "$here/archive-place.sh"

segment='[0-9A-F][0-9A-F][0-9A-F][0-9A-F][0-9A-F][0-9A-F][0-9A-F][0-9A-F]'
segment=$segment$segment$segment

# For archive-ready.sh.
works() {
    date +%s >"$tmp/shipped"
}

# pack FILE
pack() {
    gzip -1 -c "$1" >"$tmp/shipping.gz"
}

# send SYSTEM NAME: what was packed
send() {
    put_wal "$tmp/shipping.gz" "$1" "$2.gz"
    rm "$tmp/shipping.gz"
    works
}

# ship FILE SYSTEM NAME
ship() {
    pack "$1"
    send "$2" "$3"
}

# follows OLD NEW: whether no WAL is between two files. A new timeline begins within the file where
# the old one ends, or right after it.
follows() {
    before=$((0x$(expr "$1" : '.\{8\}\(.\{8\}\)') * 256 + 0x$(expr "$1" : '.\{16\}\(.\{8\}\)')))
    after=$((0x$(expr "$2" : '.\{8\}\(.\{8\}\)') * 256 + 0x$(expr "$2" : '.\{16\}\(.\{8\}\)')))
    [ "$after" -le "$((before + 1))" ]
}

# Finished files. The newest one of a folder that is still written to stays besides: from it the
# receiver knows where to go on.
ship_finished() {
    folder=$1 system=$2 newest=
    for file in "$folder"/$segment; do
        [ -e "$file" ] || continue
        name=$(basename "$file")
        if [ "$(wc -c <"$file")" -ne 16777216 ]; then
            fail "$name is not of 16 MiB, and no other size of WAL files is known here"
        fi
        if ! grep -qxF "$name.gz" "$tmp/$system.shipped"; then
            last=$(grep -x "$segment.gz" "$tmp/$system.shipped" | sort | tail -n 1)
            if [ -n "$last" ] && ! follows "${last%.gz}" "$name"; then
                say "WAL IS MISSING between ${last%.gz} and $name"
                echo "$name" >"$SPOOL/$system.gap"
            fi
            ship "$file" "$system" "$name"
            echo "$name.gz" >>"$tmp/$system.shipped"
            echo "$name.partial.gz" >"$tmp/superseded"
            remove_wal "$system" "$tmp/superseded"
        fi
        [ -z "$newest" ] || rm "$newest"
        newest=$file
    done
    case $folder in
    *.*) [ -z "$newest" ] || rm "$newest" ;;
    esac
}

# What there is of the file being written, and of files where a timeline has ended.
ship_unfinished() {
    folder=$1 system=$2
    for file in "$folder"/$segment.partial; do
        [ -e "$file" ] || continue
        # It is still being made, or could not be.
        [ "$(wc -c <"$file")" -eq 16777216 ] || continue
        name=$(basename "$file")
        # Only a copy that began later has all of it. BusyBox tells no two moments of a second apart.
        if [ ! -e "$tmp/$name.seen" ] || [ -z "$(find "$tmp/$name.seen" -newer "$file")" ]; then
            # Before it is read: what is written meanwhile is not older.
            touch "$tmp/$name.seen.new"
            if ! pack "$file" 2>"$tmp/unpacked"; then
                # Finished meanwhile, and called so: the next look ships it by that name.
                [ ! -e "$file" ] || fail "$(cat "$tmp/unpacked")"
                continue
            fi
            send "$system" "$name"
            mv "$tmp/$name.seen.new" "$tmp/$name.seen"
        fi
    done
    for seen in "$tmp"/*.partial.seen; do
        name=$(basename "$seen" .seen)
        [ -e "$folder/$name" ] || rm -f "$seen"
    done
}

ship_histories() {
    folder=$1 system=$2
    for file in "$folder"/*.history; do
        [ -e "$file" ] || continue
        name=$(basename "$file")
        if ! grep -qxF "$name.gz" "$tmp/$system.shipped"; then
            ship "$file" "$system" "$name"
            echo "$name.gz" >>"$tmp/$system.shipped"
        fi
    done
}

# A gap no longer counts once a base backup has begun after it.
close_gaps() {
    for gap in "$SPOOL"/*.gap; do
        [ -e "$gap" ] || continue
        list_backups >"$tmp/have"
        [ -s "$tmp/have" ] || continue
        wal_position "$(tail -n 1 "$tmp/have")" >"$tmp/position"
        read -r system first _ <"$tmp/position"
        if [ "$system" = "$(basename "$gap" .gap)" ] &&
            expr "$(expr "$first" : '.\{8\}\(.*\)')" \>= "$(expr "$(cat "$gap")" : '.\{8\}\(.*\)')" \
                >/dev/null; then
            rm "$gap"
            say "there is a base backup after the missing WAL"
        fi
    done
}

look() {
    for folder in "$SPOOL"/[0-9]*/; do
        folder=${folder%/}
        [ -d "$folder" ] || continue
        case $folder in
        # Nobody's history any more; kept for whoever wants to know what was lost.
        *.diverged-*) continue ;;
        esac
        system=$(basename "$folder")
        system=${system%%.*}
        if [ ! -e "$tmp/$system.shipped" ]; then
            list_wal "$system" >"$tmp/$system.shipped"
        fi
        ship_histories "$folder" "$system"
        ship_finished "$folder" "$system"
        ship_unfinished "$folder" "$system"
        case $folder in
        *.lost-*) rm -r "$folder" ;;
        esac
    done
    close_gaps
}

# What is known to be there is asked for again after a start: it may have been removed.
rm -f "$tmp"/*.shipped "$tmp"/*.seen "$tmp"/*.new "$tmp/shipping.gz"
trap 'exit 0' TERM INT
while :; do
    look
    works
    [ "${SHIP_ONCE:-}" != yes ] || exit 0
    sleep "$SHIP_SECONDS" &
    wait $! || :
done
