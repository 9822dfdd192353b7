#!/usr/bin/env bash
# Runs before every start of the other services. It checks the settings, migrates Airflow's database and the ledger,
# and makes what is missing: pools, the first administrator, the ledger's id. Run again it changes nothing.
set -euo pipefail
home=${ABICART_SPECTER_HOME:-$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)}

say() { printf 'init: %s\n' "$1"; }

bash "$home/deploy/check-env.sh"
bash "$home/deploy/check-host.sh"

say "migrating Airflow's database"
airflow db migrate

answer=$(python "$home/deploy/airflow_setup.py" known)
known=$(sed -n 's/^sync_ledger_id=//p' <<<"$answer")
say "migrating the ledger${known:+, which is known as $known}"
python -m abicart_specter.ledger upgrade - --known-id "$known" --tasks-role "${LEDGER_RUNTIME_ROLE:?is missing}"

say "pools, the first administrator, the ledger's id"
SYNC_LEDGER_ID=$(python -m abicart_specter.ledger id -) python "$home/deploy/airflow_setup.py" apply
say "ready"
