#!/bin/sh
# Brings databases, schemas, logins and grants of a running server to what is declared. It may run
# as often as one likes. Nothing that holds data is ever dropped; what is there and not declared is
# told in lines that begin with DRIFT.
#
#   PGHOST, PGPORT, PGUSER, PGPASSWORD  a superuser, where the primary answers
#   DECLARED                            file with what is declared, in JSON
#   PASSWORD_<n>                        passwords, by the variable's name that DECLARED gives
#   KEEP_PASSWORDS                      "yes" leaves the passwords that logins have
#   WAIT_SECONDS                        how long the primary may take to answer
set -eu

tmp=${TMPDIR:-/tmp}

here=${0%/*}

ask() {
    psql --no-psqlrc --quiet --no-align --tuples-only --set ON_ERROR_STOP=1 "$@"
}

wait_for_primary() {
    deadline=$(($(date +%s) + WAIT_SECONDS))
    told=
    until answer=$(ask --dbname postgres --command 'SELECT pg_is_in_recovery()' 2>&1) &&
        [ "$answer" = f ]; do
        if [ "$answer" != "$told" ]; then
            echo "waiting for a primary at $PGHOST: $answer"
            told=$answer
        fi
        if [ "$(date +%s)" -ge "$deadline" ]; then
            echo "no primary answers at $PGHOST within $WAIT_SECONDS s: $answer" >&2
            exit 1
        fi
        sleep 2
    done
}

declared() {
    ask --dbname postgres --file "$here/reconcile-logins-declared.sql" --command "$1"
}

wait_for_primary
ask --dbname postgres --file "$here/reconcile-logins-declared.sql" \
    --file "$here/reconcile-logins-roles.sql"

if [ "${KEEP_PASSWORDS:-}" != yes ]; then
    declared 'SELECT name, password FROM declared_login
        WHERE password IS NOT NULL ORDER BY name' >"$tmp/logins"
    while IFS='|' read -r login variable; do
        password=$(printenv "$variable" || :)
        if [ -z "$password" ]; then
            echo "login $login has no password: $variable is empty" >&2
            exit 1
        fi
        # Neither arguments nor files hold it.
        (
            export LOGIN="$login" PASSWORD="$password"
            ask --dbname postgres --file "$here/reconcile-logins-declared.sql" \
                --file "$here/reconcile-logins-password.sql"
        )
    done <"$tmp/logins"
fi

declared 'SELECT name FROM declared_database ORDER BY name' >"$tmp/databases"
while read -r database; do
    ask --dbname "$database" --file "$here/reconcile-logins-declared.sql" \
        --file "$here/reconcile-logins-database.sql"
done <"$tmp/databases"
declared "SELECT format('%s logins in %s databases are as declared',
    (SELECT count(*) FROM declared_login), (SELECT count(*) FROM declared_database))"
