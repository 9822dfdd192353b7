#!/usr/bin/env bash
# Removes log files that nobody wrote to for LOG_RETENTION_DAYS days (default 30), once a day. The journal and the
# reports are not logs: the DAG ledger_maintenance prunes those.
#   log-groomer.sh --once    one round, then end
set -euo pipefail
folder=${AIRFLOW__LOGGING__BASE_LOG_FOLDER:?is missing}
days=${LOG_RETENTION_DAYS:-30}

if ! [[ $days =~ ^[1-9][0-9]{0,3}$ ]]; then
    echo "LOG_RETENTION_DAYS is '$days': write a number of days from 1 to 9999." >&2
    exit 1
fi

groom() {
    [ -d "$folder" ] || return 0
    # another service may remove or make something meanwhile: that is no error
    find "$folder" -type f -mtime "+$days" -print -delete 2>/dev/null | wc -l |
        { read -r count && echo "$(date -u +%FT%TZ) removed $count log files older than $days days"; } || true
    find "$folder" -mindepth 1 -type d -empty -mtime +1 -delete 2>/dev/null || true
}

# before the first round: a stop must end this cleanly at any moment, and take the sleep along
trap 'kill $(jobs -p) 2>/dev/null || true; exit 0' TERM INT
groom
[ "${1:-}" = --once ] && exit 0
while true; do
    sleep 86400 &
    wait $!
    groom
done
