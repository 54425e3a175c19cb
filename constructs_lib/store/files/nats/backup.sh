#!/bin/sh
# Writes every stream of the account, with its consumers, into STAGE. Arguments: none; the server and
# the login are in NATS_URL, NATS_USER and NATS_PASSWORD.
set -eu

tmp=${TMPDIR:-/tmp}

# held: whether any stream ever had a message. Streams that programs have made anew had none; a work
# queue that is empty at the moment had some.
held() {
    find "$STAGE/streams" -name backup.json -exec cat {} + >"$tmp/states"
    grep -o '"last_seq": *[0-9]*' "$tmp/states" >"$tmp/ends" || :
    # What says nothing of messages is not known to have none.
    if [ ! -s "$tmp/ends" ] || grep -q '[1-9]' "$tmp/ends"; then
        echo data
    else
        echo nothing
    fi
}

names=$(nats stream ls --names)
if [ -z "$names" ]; then
    # `nats account backup` takes this for a failure.
    echo "there are no streams"
    echo nothing >"$STAGE/holds"
    exit 0
fi
nats account backup --force "$STAGE/streams"
held >"$STAGE/holds"
