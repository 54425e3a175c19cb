-- What is declared, as tables of this session. Names are quoted by the server alone, by format().
SET client_min_messages = warning;
SET search_path = pg_catalog;
-- Passwords stand in statements of this session: no log, no view of activity and no statistics
-- of statements may keep one.
SET log_statement = 'none';
SET log_min_error_statement = 'panic';
SET log_min_duration_statement = -1;
SET log_min_duration_sample = -1;
SET log_duration = off;
SET log_transaction_sample_rate = 0;
SET track_activities = off;
SET pg_stat_statements.track_utility = off;
SET pg_stat_statements.track = 'none';
SET pgaudit.log = 'none';

\set VERBOSITY terse
\set declared `cat "$DECLARED"`

CREATE TEMPORARY TABLE declared AS SELECT :'declared'::jsonb AS state;
CREATE TEMPORARY VIEW declared_login AS
    SELECT login.* FROM declared, jsonb_to_recordset(state -> 'logins')
        AS login(name text, connections int, replication bool, roles jsonb, password text);
CREATE TEMPORARY VIEW declared_database AS
    SELECT database.* FROM declared, jsonb_to_recordset(state -> 'databases')
        AS database(name text, schemas jsonb, extensions jsonb);
CREATE TEMPORARY VIEW declared_schema AS
    SELECT database.name AS database, schema.name
    FROM declared_database AS database, jsonb_array_elements_text(schemas) AS schema(name);
-- Which login may connect to which database, and in which order it looks into schemas there.
CREATE TEMPORARY VIEW declared_reach AS
    SELECT reach.* FROM declared, jsonb_to_recordset(state -> 'reaches')
        AS reach(login text, database text, schemas jsonb);
-- Access is "owner", "write" or "read".
CREATE TEMPORARY VIEW declared_grant AS
    SELECT access.* FROM declared, jsonb_to_recordset(state -> 'grants')
        AS access(login text, database text, schema text, access text);
CREATE TEMPORARY VIEW marked_role AS
    SELECT role.oid, role.rolname, role.rolcanlogin FROM pg_roles AS role, declared
    WHERE shobj_description(role.oid, 'pg_authid') = state ->> 'mark';
