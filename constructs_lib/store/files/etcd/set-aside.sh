#!/bin/sh
# Moves a data folder out of the way of a restore. Arguments: the folder. What an earlier restore has
# put there goes.
set -eu

rm -rf "$1.before-restore"
if [ -d "$1" ]; then
    mv "$1" "$1.before-restore"
    echo "$1 is at $1.before-restore"
fi
