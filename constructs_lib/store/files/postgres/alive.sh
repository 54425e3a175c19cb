#!/bin/sh
# Whether the server answers, if only to say that it takes no connections yet: one that recovers for
# an hour is not to be restarted.
status=0
pg_isready --quiet --host=/var/run/postgresql --timeout=1 || status=$?
[ "$status" -le 1 ]
