#!/usr/bin/env bash
# Runs before every start of the other services: it checks the settings and the host, and then migrates.
set -euo pipefail
home=${ABICART_SPECTER_HOME:-$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)}

bash "$home/deploy/check-env.sh"
bash "$home/deploy/check-host.sh"
exec bash "$home/deploy/migrate.sh"
