#!/bin/sh
# Writes every stream of the account, with its consumers, into STAGE. Arguments: none; the server and
# the login are in NATS_URL, NATS_USER and NATS_PASSWORD.
set -eu

names=$(nats stream ls --names)
if [ -z "$names" ]; then
    # `nats account backup` takes this for a failure.
    echo "there are no streams" | tee "$STAGE/no-streams"
    exit 0
fi
nats account backup --force "$STAGE/streams"
