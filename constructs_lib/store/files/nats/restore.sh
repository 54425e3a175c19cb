#!/bin/sh
# Restores the streams in FETCHED. One that exists is never touched: the restore is refused.
set -eu

if [ ! -d "$FETCHED/streams" ]; then
    echo "the backup holds no streams"
    exit 0
fi
nats account restore "$FETCHED/streams"
