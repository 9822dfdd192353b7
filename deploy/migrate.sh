#!/usr/bin/env bash
# Migrates Airflow's database and the ledger, and makes what is missing: pools, the first administrator, the ledger's
# id. Run again it changes nothing. init.sh runs it after its checks; elsewhere, such as on Kubernetes, run it alone.
#
# Needs, beside Airflow's own settings: ABICART_SPECTER_LEDGER_URL with the role that owns the ledger's tables,
# LEDGER_RUNTIME_ROLE, and ADMIN_USERNAME, ADMIN_PASSWORD, ADMIN_EMAIL.
set -euo pipefail
home=${ABICART_SPECTER_HOME:-$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)}
: "${ABICART_SPECTER_LEDGER_URL:?is missing}" "${LEDGER_RUNTIME_ROLE:?is missing}"

say() { printf 'init: %s\n' "$1"; }

say "migrating Airflow's database"
airflow db migrate

answer=$(python "$home/deploy/airflow_setup.py" known)
known=$(sed -n 's/^sync_ledger_id=//p' <<<"$answer")
say "migrating the ledger${known:+, which is known as $known}"
python -m abicart_specter.ledger upgrade - --known-id "$known" --tasks-role "$LEDGER_RUNTIME_ROLE"

say "pools, the first administrator, the ledger's id"
SYNC_LEDGER_ID=$(python -m abicart_specter.ledger id -) python "$home/deploy/airflow_setup.py" apply
say "ready"
