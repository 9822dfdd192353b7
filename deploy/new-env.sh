#!/usr/bin/env bash
# Writes .env with random keys and passwords, readable by you alone. Never overwrites one: the keys in it are needed
# for as long as the databases live.
#   deploy/new-env.sh              for a real installation
#   deploy/new-env.sh --trial      for a trial with the sandbox, in databases of its own
set -euo pipefail
root=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
file=${ENV_FILE:-$root/.env}

stop() {
    printf 'new-env: %s\n' "$1" >&2
    exit 1
}

trial=no
case ${1:-} in
'') ;;
--trial) trial=yes ;;
*) stop "unknown option $1; the only one is --trial." ;;
esac
[ ! -e "$file" ] || stop "$file exists already and is left alone. The databases can only be read with its keys: move it away only if they are gone too."

# random BYTES: URL-safe, so that it can stand in an address
random() { head -c "$1" /dev/urandom | base64 | tr -d '\n=' | tr '+/' '-_'; }

write() {
    cat <<ENV
# Written by deploy/new-env.sh. Every value is explained in .env.example. Keep a copy in a safe place, apart from the
# backups of the databases: without FERNET_KEY no connection can be read, without SYNC_HASH_SECRET no buyer is known
# again.
POSTGRES_PASSWORD=$(random 24)
AIRFLOW_DB_PASSWORD=$(random 24)
LEDGER_OWNER_PASSWORD=$(random 24)
LEDGER_PASSWORD=$(random 24)
REDIS_PASSWORD=$(random 24)
FERNET_KEY=$(random 32)=
API_SECRET_KEY=$(random 32)
JWT_SECRET=$(random 48)
SYNC_HASH_SECRET=$(random 32)
ADMIN_USERNAME=admin
ADMIN_PASSWORD=$(random 15)
ADMIN_EMAIL=admin@example.invalid
ENV
    if [ "$trial" = yes ]; then
        cat <<'ENV'

# A trial: the sandbox instead of Abicart and Specter, in containers, volumes and networks of another name.
TRIAL=1
COMPOSE_PROJECT_NAME=abicart-specter-trial
COMPOSE_PROFILES=trial
SHOPS_DIR=./include/shops
PLAIN_HTTP_HOSTS=sandbox-abicart,sandbox-specter
ENV
    else
        cat <<'ENV'

SHOPS_DIR=./shops
ENV
    fi
}

umask 077
set -o noclobber # another new-env at the same moment does not overwrite either
write >"$file"
[ "$trial" = yes ] || [ -n "${ENV_FILE:-}" ] || install -d -m 755 "$root/shops"
echo "Wrote $file. Next: go through .env.example, set ADMIN_EMAIL and what else differs; then docker compose build."
