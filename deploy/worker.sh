#!/usr/bin/env bash
# A Celery worker. Its name is the host's (in a container: the container's id), so that any number can run.
set -euo pipefail
exec airflow celery worker --celery-hostname "celery@${HOSTNAME:?}"
