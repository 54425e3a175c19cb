-- Schemas of the database that this session is connected to, and who may do what in them.
SELECT pg_advisory_lock(hashtext('reconcile logins')) AS lock \gset

CREATE TEMPORARY VIEW own_grant AS
    SELECT * FROM declared_grant WHERE database = current_database();
CREATE TEMPORARY VIEW own_schema AS
    SELECT name, (SELECT login FROM own_grant WHERE schema = name AND access = 'owner') AS owner
    FROM declared_schema WHERE database = current_database();

BEGIN;
SELECT 'REVOKE CREATE ON SCHEMA public FROM PUBLIC'
FROM pg_namespace WHERE nspname = 'public' \gexec
SELECT format('CREATE EXTENSION IF NOT EXISTS %I SCHEMA public', extension)
FROM declared_database, jsonb_array_elements_text(extensions) AS extension
WHERE name = current_database() \gexec
SELECT format('CREATE SCHEMA IF NOT EXISTS %I AUTHORIZATION %I', name, owner)
FROM own_schema \gexec
SELECT format('ALTER SCHEMA %I OWNER TO %I', name, owner) FROM own_schema \gexec

-- What is in a schema belongs to its owner, whoever made it: a restore, or the owner before.
CREATE TEMPORARY VIEW misplaced AS
    SELECT CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
            WHEN 'S' THEN 'SEQUENCE' WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END AS kind,
        format('%I.%I', name, relname) AS item, relowner AS holder, owner,
        'pg_class'::regclass AS class, relation.oid
    FROM own_schema JOIN pg_class AS relation ON relnamespace = to_regnamespace(quote_ident(name))
    WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND NOT EXISTS (
        -- The sequence of a column follows its table.
        SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = relation.oid
            AND relkind = 'S' AND deptype IN ('a', 'i'))
    UNION ALL
    SELECT 'ROUTINE', routine.oid::regprocedure::text, proowner, owner,
        'pg_proc'::regclass, routine.oid
    FROM own_schema JOIN pg_proc AS routine ON pronamespace = to_regnamespace(quote_ident(name))
    UNION ALL
    SELECT CASE typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END, format('%I.%I', name, typname),
        typowner, owner, 'pg_type'::regclass, type.oid
    FROM own_schema JOIN pg_type AS type ON typnamespace = to_regnamespace(quote_ident(name))
    LEFT JOIN pg_class AS rows ON rows.oid = typrelid
    WHERE typtype IN ('d', 'e', 'r') OR typtype = 'c' AND rows.relkind = 'c';
SELECT format('ALTER %s %s OWNER TO %I', kind, item, owner) FROM misplaced
WHERE holder <> to_regrole(quote_ident(owner)) AND NOT EXISTS (
    SELECT FROM pg_depend WHERE classid = class AND objid = oid AND deptype = 'e') \gexec

-- First everything is taken from everybody but the owner, then given as declared; others see
-- both at once.
CREATE TEMPORARY VIEW stranger AS
    SELECT nspname AS schema, login.name AS login
    FROM declared_login AS login, pg_namespace AS namespace
    WHERE nspname NOT LIKE 'pg\_%' AND nspname NOT IN ('information_schema', 'public')
        AND nspowner <> to_regrole(quote_ident(login.name));
SELECT format('REVOKE ALL ON %s %I FROM %I', what, schema, login)
FROM stranger, unnest(ARRAY['SCHEMA', 'ALL TABLES IN SCHEMA', 'ALL SEQUENCES IN SCHEMA',
    'ALL ROUTINES IN SCHEMA']) AS what \gexec
SELECT format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA %I REVOKE ALL ON %s FROM %I',
    maker.rolname, nspname,
    CASE defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' ELSE 'ROUTINES' END,
    login.name)
FROM pg_default_acl JOIN pg_namespace AS namespace ON namespace.oid = defaclnamespace
JOIN pg_roles AS maker ON maker.oid = defaclrole, declared_login AS login
WHERE defaclobjtype IN ('r', 'S', 'f') \gexec

CREATE TEMPORARY VIEW given AS
    SELECT login, schema, access, owner FROM own_grant
    JOIN own_schema ON own_schema.name = schema WHERE access <> 'owner';
SELECT format('GRANT USAGE ON SCHEMA %I TO %I', schema, login) FROM given \gexec
CREATE TEMPORARY VIEW privilege AS
    SELECT * FROM (VALUES
        ('read', 'SELECT', 'TABLES'),
        ('read', 'SELECT', 'SEQUENCES'),
        ('write', 'SELECT, INSERT, UPDATE, DELETE', 'TABLES'),
        ('write', 'SELECT, USAGE, UPDATE', 'SEQUENCES'),
        ('write', 'EXECUTE', 'ROUTINES')
    ) AS privilege(access, verbs, things);
SELECT format('GRANT %s ON ALL %s IN SCHEMA %I TO %I', verbs, things, schema, login)
FROM given JOIN privilege USING (access) \gexec
SELECT format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA %I GRANT %s ON %s TO %I',
    owner, schema, verbs, things, login)
FROM given JOIN privilege USING (access) \gexec
COMMIT;

SELECT format('DRIFT: schema %s of database %s is not declared', nspname, current_database())
FROM pg_namespace
WHERE nspname NOT LIKE 'pg\_%' AND nspname NOT IN ('information_schema', 'public')
    AND nspname NOT IN (SELECT name FROM own_schema) ORDER BY nspname;
