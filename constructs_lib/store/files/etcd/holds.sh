#!/bin/sh
# Writes into STAGE whether there is any key.
#
#   STAGE     folder that receives holds
#   ENDPOINT  URL where a member answers
set -eu
. "${0%/*}/members.sh"

# From the first key to the last.
answer=$(post 60 "$ENDPOINT/v3/kv/range" '{"key":"AA==","range_end":"AA==","count_only":true}')
# A number of 0 is left out.
count=$(printf '%s\n' "$answer" | field count)
if [ "${count:-0}" = 0 ]; then
    echo nothing >"$STAGE/holds"
else
    echo data >"$STAGE/holds"
fi
say "there are ${count:-0} keys"
