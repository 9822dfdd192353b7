#!/usr/bin/env bash
# Makes the roles and the two databases. The postgres image runs it once, when its volume is empty. Run again by hand
# it makes what is missing and sets the passwords anew:
#   docker compose exec postgres bash /docker-entrypoint-initdb.d/10-roles-and-databases.sh
#
# airflow            owns the database airflow
# sync_ledger_owner  owns the database sync_ledger: migrations, by the service init alone
# sync_ledger        tasks: reads and writes rows of the ledger, changes no table
#
# Passwords reach psql through the environment, never as arguments, which every user of the host could read.
set -euo pipefail

: "${AIRFLOW_DB_PASSWORD:?is missing}" "${LEDGER_OWNER_PASSWORD:?is missing}" "${LEDGER_PASSWORD:?is missing}"
psql=(psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}")

"${psql[@]}" --dbname postgres <<'SQL'
\getenv airflow AIRFLOW_DB_PASSWORD
\getenv owner LEDGER_OWNER_PASSWORD
\getenv tasks LEDGER_PASSWORD
SET log_statement = 'none';
SET log_min_error_statement = 'panic';

SELECT format('CREATE ROLE %I', name)
  FROM unnest(ARRAY['airflow', 'sync_ledger_owner', 'sync_ledger']) AS name
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
ALTER ROLE airflow           LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'airflow';
ALTER ROLE sync_ledger_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'owner';
ALTER ROLE sync_ledger       LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'tasks';

SELECT format('CREATE DATABASE %I OWNER %I ENCODING %L TEMPLATE template0', name, owner, 'UTF8')
  FROM (VALUES ('airflow', 'airflow'), ('sync_ledger', 'sync_ledger_owner')) AS wanted (name, owner)
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = name) \gexec

-- nobody reaches a database but its owner, and the tasks their ledger
REVOKE ALL ON DATABASE airflow, sync_ledger, postgres, template1 FROM PUBLIC;
GRANT CONNECT ON DATABASE sync_ledger TO sync_ledger;
SQL

"${psql[@]}" --dbname airflow <<'SQL'
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO airflow;
SQL

"${psql[@]}" --dbname sync_ledger <<'SQL'
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO sync_ledger_owner;
GRANT USAGE ON SCHEMA public TO sync_ledger;
SQL
