#!/bin/sh
# Receives WAL from the primary as it is written, whoever that is at the moment. The first process
# of its container.
#
#   PGHOST, PGPORT, PGUSER, PGPASSWORD  the replication user, where the primary answers
#   SLOT                                replication slot, so that nothing goes before it is here
#   SPOOL                               folder on a volume
#
# Files of one database cluster are in $SPOOL/<its system identifier>/. Folders with another suffix
# were set aside: what can no longer be continued, and still has to be shipped, or looked at.
set -eu

tmp=${TMPDIR:-/tmp}

: "${PAUSE_SECONDS:=2}"
receiver=

say() {
    printf '%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*"
}

stop() {
    rm -f "$tmp/streaming"
    if [ -n "$receiver" ]; then
        # It writes down what it has before it ends.
        kill -INT "$receiver" 2>/dev/null || :
        wait "$receiver" || :
    fi
    exit 0
}

# A command of the replication protocol.
ask() {
    psql --no-psqlrc --quiet --no-align --tuples-only --field-separator=' ' \
        --dbname 'dbname=postgres replication=true' --command "$1"
}

# aside FOLDER SUFFIX: the path of a new folder beside it.
aside() {
    number=1
    while [ -e "$1.$2-$number" ]; do
        number=$((number + 1))
    done
    mkdir "$1.$2-$number"
    echo "$1.$2-$number"
}

# Where WAL was removed before it came here: there is no way to continue, so it begins anew. The
# gap stays until the next base backup.
begin_anew() {
    place=$(aside "$1" lost)
    for file in "$1"/*; do
        [ ! -e "$file" ] || mv "$file" "$place/"
    done
    ask "DROP_REPLICATION_SLOT $SLOT" || :
    say "WAL IS LOST: the primary has removed what was not received yet; beginning anew"
}

# Where the timeline that was received has no such position in the history of the new primary: the
# old one had sent what no replica had. Those writes are in no database any more; the files are kept
# aside, and the rest goes on from where the timelines part.
set_diverged_aside() {
    folder=$1
    timeline=$(find "$folder" -type f | sed -n 's|.*/\([0-9A-F]\{8\}\)[0-9A-F]\{16\}.*|\1|p' |
        sort | tail -n 1)
    [ -n "$timeline" ] || return 0
    # Lines of a history: timeline, position where the next one begins, reason.
    fork=$(ask "TIMELINE_HISTORY $2" | sed -n 's/^[0-9A-F]*\.history //; s/[\t ][\t ]*/ /gp' |
        awk -v wanted="$((0x$timeline))" '$1 == wanted { print $2 }')
    [ -n "$fork" ] || return 0
    first=$(printf '%s%08X%08X' "$timeline" "$((0x${fork%/*}))" "$((0x${fork#*/} >> 24))")
    place=$(aside "$folder" diverged)
    for file in "$folder/$timeline"*; do
        name=$(basename "$file")
        if expr "${name%%.*}" \>= "$first" >/dev/null; then
            mv "$file" "$place/"
        fi
    done
    say "timeline $timeline was left by the new primary at $fork; what came after is in $place"
}

receive() {
    folder=$1
    # One that could not be made at its full size, since the volume was full, is never continued.
    find "$folder" -name '*.partial' ! -size 16777216c -exec rm {} +
    pg_receivewal --no-password --slot "$SLOT" --create-slot --if-not-exists
    # What to do about an error is decided here, so it does not try again itself. The primary is
    # told every second what has arrived: it counts the rest against max_slot_wal_keep_size.
    pg_receivewal --no-password --no-loop --slot "$SLOT" --status-interval 1 \
        --directory "$folder" 2>"$tmp/received" &
    receiver=$!
    date +%s >"$tmp/streaming"
    status=0
    wait "$receiver" || status=$?
    receiver=
    rm -f "$tmp/streaming"
    cat "$tmp/received" >&2
    return "$status"
}

trap stop TERM INT
rm -f "$tmp/streaming"
while :; do
    if identity=$(ask IDENTIFY_SYSTEM); then
        system=${identity%% *}
        timeline=${identity#* }
        timeline=${timeline%% *}
        mkdir -p "$SPOOL/$system"
        if ! receive "$SPOOL/$system"; then
            if grep -q 'has already been removed\|invalidated\|can no longer' "$tmp/received"; then
                begin_anew "$SPOOL/$system"
            elif grep -q "is not in this server's history" "$tmp/received"; then
                set_diverged_aside "$SPOOL/$system" "$timeline"
            fi
        fi
    fi
    # In the background, since a signal is only heeded between commands.
    sleep "$PAUSE_SECONDS" &
    wait $! || :
done
