#!/usr/bin/env bash
# Starts Redis, Celery's broker. Its settings go in through standard input, so that the password is neither an
# argument, which every user of the host could read, nor in a file.
#
# appendonly: a restart of Redis keeps the messages of tasks that wait for a worker; at most the last second of a
# crash is lost. A lost message is a task that stays "queued" until [scheduler] task_queued_timeout queues it anew.
set -euo pipefail
: "${REDIS_PASSWORD:?is missing}"

exec redis-server - <<SETTINGS
port ${REDIS_PORT:-6379}
bind ${REDIS_BIND:-* -::*}
dir ${REDIS_DIR:-/data}
requirepass $REDIS_PASSWORD
appendonly yes
appendfsync everysec
save ""
maxmemory 384mb
maxmemory-policy noeviction
SETTINGS
