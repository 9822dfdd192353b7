#!/usr/bin/env bash
# Healthy: this very worker answers over the broker.
set -euo pipefail
exec celery --app airflow.providers.celery.executors.celery_executor.app \
    inspect ping --destination "celery@${HOSTNAME:?}" --timeout 10
