-- The password of one login: what the variables LOGIN and PASSWORD say.
SET password_encryption = 'scram-sha-256';
\getenv login LOGIN
\getenv password PASSWORD
SELECT format('ALTER ROLE %I PASSWORD %L', :'login', :'password') \gexec
