#!/bin/sh
# Runs one PostgreSQL, and makes its data first where there is none.
#
#   FOLDER             where this script, postgresql.conf and pg_hba.conf are
#   PGDATA             folder of the data, below the volume
#   POSTGRES_USER      superuser
#   POSTGRES_PASSWORD  the superuser's first password
set -eu

make_data() {
    # Made beside the place where it belongs, and moved there when it is complete: a start that is
    # cut short leaves nothing that looks like data.
    rm -rf "$PGDATA.new"
    password=$(mktemp)
    printf '%s\n' "$POSTGRES_PASSWORD" >"$password"
    # Sorts by code point, the same with every version of every C library.
    initdb --pgdata="$PGDATA.new" --username="$POSTGRES_USER" --pwfile="$password" \
        --data-checksums --encoding=UTF8 --locale=C.UTF-8 \
        --auth-host=scram-sha-256 --auth-local=scram-sha-256
    rm "$password"
    mv "$PGDATA.new" "$PGDATA"
}

umask 077
if [ -s "$PGDATA/PG_VERSION" ]; then
    # The kubelet hands a volume to the pod's group, with permissions that PostgreSQL refuses.
    chmod u=rwx,go= "$PGDATA"
elif [ -d "$PGDATA" ] && [ -n "$(ls -A "$PGDATA")" ]; then
    echo "$PGDATA holds something, and it is no PostgreSQL" >&2
    exit 1
else
    rm -rf "$PGDATA"
    make_data
fi
unset POSTGRES_PASSWORD

postgres -D "$PGDATA" -c config_file="$FOLDER/postgresql.conf" -c hba_file="$FOLDER/pg_hba.conf" &
server=$!

# The signal that a runtime sends depends on the image, and to PostgreSQL SIGTERM means to wait for
# all clients to leave. SIGINT ends their connections and writes a checkpoint.
trap 'kill -s INT "$server" 2>/dev/null || :' INT TERM

# A wait ends with a signal, too, and says 128 and its number then.
status=0
wait "$server" || status=$?
while [ "$status" -gt 128 ] && kill -s 0 "$server" 2>/dev/null; do
    status=0
    wait "$server" || status=$?
done
exit "$status"
