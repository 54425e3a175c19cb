-- Logins and databases, and who may connect where.

-- Two runs at once would stumble over each other's changes.
SELECT pg_advisory_lock(hashtext('reconcile logins')) AS lock \gset

-- A login by the name of a role that somebody else depends on would take its rights away.
SELECT coalesce(string_agg(format('%s is %s', name, reason), ', '), '') AS trouble
FROM declared_login JOIN pg_roles AS role ON rolname = name
CROSS JOIN LATERAL (
    SELECT CASE WHEN rolsuper THEN 'a superuser'
        ELSE shobj_description(role.oid, 'pg_authid') END AS reason
) AS reasons
WHERE rolsuper
    OR reason LIKE 'declared by %' AND role.oid NOT IN (SELECT oid FROM marked_role) \gset
SELECT :'trouble' <> '' AS troubled \gset
\if :troubled
\warn no login can be made of these: :trouble
DO $$ BEGIN RAISE EXCEPTION 'nothing was changed'; END $$;
\endif

SELECT format('CREATE ROLE %I', name) FROM declared_login
WHERE name NOT IN (SELECT rolname FROM pg_roles) \gexec
SELECT format('COMMENT ON ROLE %I IS %L', name, state ->> 'mark')
FROM declared_login, declared \gexec
SELECT format(
    'ALTER ROLE %I LOGIN INHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS %s'
    ' CONNECTION LIMIT %s VALID UNTIL %L',
    name, CASE WHEN replication THEN 'REPLICATION' ELSE 'NOREPLICATION' END, connections, 'infinity'
) FROM declared_login \gexec
SELECT format('REVOKE %I FROM %I', granted.rolname, login.name)
FROM declared_login AS login
JOIN pg_roles AS role ON role.rolname = login.name
JOIN pg_auth_members AS membership ON membership.member = role.oid
JOIN pg_roles AS granted ON granted.oid = membership.roleid
WHERE NOT login.roles ? granted.rolname \gexec
SELECT format('GRANT %I TO %I', granted, name)
FROM declared_login, jsonb_array_elements_text(roles) AS granted \gexec

SELECT format('CREATE DATABASE %I', name) FROM declared_database
WHERE name NOT IN (SELECT datname FROM pg_database) \gexec

BEGIN;
-- Whoever may connect to a database sees the names of everything in it.
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', datname) FROM pg_database \gexec
SELECT format('REVOKE ALL ON DATABASE %I FROM %I', datname, name)
FROM pg_database, declared_login \gexec
SELECT format('GRANT CONNECT ON DATABASE %I TO %I', database, login) FROM declared_reach \gexec
SELECT format('GRANT TEMPORARY ON DATABASE %I TO %I', database, login)
FROM declared_reach WHERE schemas <> '[]' \gexec
-- Roles of the cluster itself; the tool that rewinds a former primary connects to "postgres".
SELECT format('GRANT CONNECT ON DATABASE postgres TO %I', name)
FROM declared, jsonb_array_elements_text(state -> 'keep') AS name
WHERE name IN (SELECT rolname FROM pg_roles) \gexec

SELECT format('ALTER ROLE %I IN DATABASE %I RESET search_path', login.name, database.datname)
FROM declared_login AS login
JOIN pg_roles AS role ON role.rolname = login.name
JOIN pg_db_role_setting AS setting ON setting.setrole = role.oid
JOIN pg_database AS database ON database.oid = setting.setdatabase
WHERE (login.name, database.datname) NOT IN (SELECT login, database FROM declared_reach) \gexec
SELECT format('ALTER ROLE %I IN DATABASE %I SET search_path = %s', login, database,
    (SELECT string_agg(format('%I', name), ', ' ORDER BY number)
     FROM jsonb_array_elements_text(schemas || '["public"]') WITH ORDINALITY AS s(name, number)))
FROM declared_reach WHERE schemas <> '[]' \gexec

-- A login that was declared and is no longer: it stays, since it may own data, and lets nobody in.
SELECT format('ALTER ROLE %I NOLOGIN', rolname) FROM marked_role
WHERE rolcanlogin AND rolname NOT IN (SELECT name FROM declared_login) \gexec
COMMIT;

-- Materialized: whom to end is decided before anybody is.
WITH outsider AS MATERIALIZED (
    SELECT pid, usename FROM pg_stat_activity
    WHERE usename IN (SELECT rolname FROM marked_role)
        AND usename NOT IN (SELECT name FROM declared_login)
)
SELECT format('ended a session of %s, which is no longer declared', usename)
FROM outsider WHERE pg_terminate_backend(pid);

SELECT format('DRIFT: login %s is no longer declared; it cannot log in, and may own data', rolname)
FROM marked_role WHERE rolname NOT IN (SELECT name FROM declared_login) ORDER BY rolname;
SELECT format('DRIFT: login %s is not declared', rolname) FROM pg_roles
WHERE rolcanlogin AND NOT rolsuper AND rolname NOT IN (SELECT name FROM declared_login)
    AND rolname NOT IN (
        SELECT jsonb_array_elements_text(state -> 'keep') FROM declared
    ) ORDER BY rolname;
SELECT format('DRIFT: database %s is not declared', datname) FROM pg_database
WHERE datname NOT IN (SELECT name FROM declared_database)
    AND datname <> 'postgres' AND NOT datistemplate ORDER BY datname;
