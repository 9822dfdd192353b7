#!/usr/bin/env bash
# Warns of a host that is too small, and refuses a shared folder that cannot be written. init.sh runs it.
set -euo pipefail

memory=$(awk '/^MemTotal/ {print int($2 / 1024)}' /proc/meminfo)
[ "$memory" -ge 6000 ] || echo "init: this host has $memory MiB of memory; 8 GiB are the least for all services." >&2
cores=$(nproc)
[ "$cores" -ge 2 ] || echo "init: this host has one core; runs will be slow." >&2

for folder in "${ABICART_SPECTER_JOURNAL_DIR:?}" "${ABICART_SPECTER_REPORTS_DIR:?}" \
    "${AIRFLOW__LOGGING__BASE_LOG_FOLDER:?}"; do
    case $folder in *://*) continue ;; esac # an object store
    if ! mkdir -p -- "$folder" || ! [ -w "$folder" ]; then
        echo "init: $folder cannot be written by user $(id -u):$(id -g). The volume 'shared' belongs to another" \
            "user: is AIRFLOW_UID in .env still what it was at the first start?" >&2
        exit 1
    fi
    free=$(df -Pm -- "$folder" | awk 'NR == 2 {print $4}')
    [ "$free" -ge 5000 ] || echo "init: only $free MiB are free for $folder; plan with 10 GiB." >&2
done
