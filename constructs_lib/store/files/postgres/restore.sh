#!/bin/sh
# Recovers a base backup in this pod, to the end of its WAL or to TARGET_TIME, and copies its
# databases into the running server in place of those there. A database is replaced at once, after
# its copy is complete; one that is not in the backup stays as it is.
#
#   FETCHED, SCRATCH                    the base backup with its WAL beside it; a folder to work in
#   PGHOST, PGPORT, PGUSER, PGPASSWORD  a superuser, where the primary answers
#   DATABASES                           which ones, with spaces between; empty for all
#   TARGET_TIME                         where recovery ends, in UTC; empty for the end of the WAL
#   PRELOAD                             shared_preload_libraries that the data needs
#   DECLARED                            what reconcile-logins.sh makes of databases and logins
set -eu

tmp=${TMPDIR:-/tmp}
here=${0%/*}
export WAL="${FETCHED%/*}/wal"
data=$SCRATCH/data
undeclared=

say() {
    printf '%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*"
}

# The server of this pod, and the one that is running.
recovered() (
    export PGHOST="$tmp" PGPORT=5432 PGPASSWORD='' PGSSLMODE=disable
    "$@"
)

ask() {
    psql --no-psqlrc --quiet --no-align --tuples-only --set ON_ERROR_STOP=1 "$@"
}

clean_up() {
    pg_ctl --pgdata "$data" --mode immediate --silent stop >/dev/null 2>&1 || :
    rm -rf "$SCRATCH"
}

unpack() {
    rm -rf "$SCRATCH"
    mkdir -p "$SCRATCH"
    mkdir -m 0700 "$data"
    tar -C "$data" -x -z -f "$FETCHED/base.tar.gz"
    pg_verifybackup --quiet "$data"
    # Settings of the server it comes from are of no use here, and some could not be met.
    : >"$data/postgresql.auto.conf"
    rm -f "$data/standby.signal"
    touch "$data/recovery.signal"
    echo 'local all all trust' >"$SCRATCH/hba.conf"
    : >"$SCRATCH/ident.conf"
    {
        cat "$here/restore.conf"
        printf "hba_file = '%s/hba.conf'\nident_file = '%s/ident.conf'\n" "$SCRATCH" "$SCRATCH"
        printf "unix_socket_directories = '%s'\n" "$tmp"
        printf "restore_command = '/bin/sh %s/restore-wal.sh %%f %%p'\n" "$here"
        printf "shared_preload_libraries = '%s'\n" "${PRELOAD:-}"
        printf "recovery_target_timeline = '%s'\n" "$(cat "$WAL/timeline")"
    } >"$SCRATCH/postgresql.conf"
    if [ -n "${TARGET_TIME:-}" ]; then
        /bin/sh "$here/restore-until.sh" "$data" >>"$SCRATCH/postgresql.conf"
    fi
}

recover() {
    # It is called started before it takes connections: at the end of recovery, or never.
    pg_ctl --pgdata "$data" --wait --log "$SCRATCH/log" --silent \
        --options "-c config_file=$SCRATCH/postgresql.conf" start || :
    until recovered pg_isready --quiet; do
        if ! pg_ctl --pgdata "$data" status >/dev/null; then
            tail -n 30 "$SCRATCH/log" >&2
            exit 1
        fi
        sleep 1
    done
    grep 'last completed transaction\|recovery stopping\|recovery complete' "$SCRATCH/log" || :
}

# What owns something has to exist; logins get their rights from what is declared.
make_roles() {
    recovered ask --dbname postgres --command \
        "SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_' ORDER BY 1" >"$tmp/roles"
    while read -r role; do
        ask --dbname postgres --set role="$role" --file - <<'END'
SELECT format('CREATE ROLE %I NOLOGIN', :'role')
WHERE :'role' NOT IN (SELECT rolname FROM pg_roles) \gexec
END
    done <"$tmp/roles"
}

# copy DATABASE: complete beside the one that is there, then in its place.
copy() {
    copied=$1_restored
    ask --dbname postgres --set new="$copied" --file - <<'END'
SELECT format('DROP DATABASE %I WITH (FORCE)', datname)
FROM pg_database WHERE datname = :'new' \gexec
END
    # Encoding and sort order as in the backup, in the words of this version.
    recovered pg_dump --create --schema-only --dbname "$1" |
        sed -n "/^CREATE DATABASE /{s/.* WITH TEMPLATE = /CREATE DATABASE \"$copied\" TEMPLATE = /p; q;}" \
            >"$tmp/create.sql"
    grep -q '^CREATE DATABASE' "$tmp/create.sql"
    ask --dbname postgres --file "$tmp/create.sql"
    ask --dbname postgres --set new="$copied" --file - <<'END'
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', :'new') \gexec
END
    rm -f "$tmp/incomplete"
    { recovered pg_dump --dbname "$1" || touch "$tmp/incomplete"; } |
        ask --dbname "$copied" --single-transaction --output /dev/null --file -
    if [ -e "$tmp/incomplete" ]; then
        say "FAILED: $1 could not be read to its end" >&2
        exit 1
    fi
    ask --dbname "$copied" --command 'ANALYZE'
    ask --dbname postgres --set old="$1" --set new="$copied" --file - <<'END'
SELECT format('DROP DATABASE %I WITH (FORCE)', datname)
FROM pg_database WHERE datname = :'old' \gexec
SELECT format('ALTER DATABASE %I RENAME TO %I', :'new', :'old') \gexec
END
    say "restored database $1"
    # Its logins may not connect until they are declared anew. They do not wait for other databases,
    # which may take hours, or fail.
    if [ -n "${DECLARED:-}" ] &&
        ! KEEP_PASSWORDS=yes /bin/sh "$here/reconcile-logins.sh" </dev/null; then
        undeclared=yes
    fi
}

trap clean_up EXIT
unpack
recover
make_roles
recovered ask --dbname postgres --command \
    "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'
        AND datconnlimit <> -2 ORDER BY 1" >"$tmp/found"
say "the backup has these databases: $(tr '\n' ' ' <"$tmp/found")"
for wanted in ${DATABASES:-}; do
    if ! grep -qxF "$wanted" "$tmp/found"; then
        say "FAILED: the backup has no database $wanted" >&2
        exit 1
    fi
done
if [ -n "${DATABASES:-}" ]; then
    printf '%s\n' "$DATABASES" | tr ' ' '\n' >"$tmp/found"
fi
while read -r database; do
    [ -z "$database" ] || copy "$database"
done <"$tmp/found"
if [ -n "$undeclared" ]; then
    say "FAILED: databases are restored, and logins are not as declared" >&2
    exit 1
fi
