#!/usr/bin/env bash
# Refuses settings that cannot work, each with a sentence that says what to do. init.sh runs it.
set -euo pipefail

wrong=0
refuse() {
    printf 'init: %s\n' "$1" >&2
    wrong=1
}

# length NAME: of what the variable holds
length() {
    local value=${!1:-}
    printf '%s' "${#value}"
}

# needs NAME LENGTH: set, of characters that mean nothing in a URL or in JSON, at least LENGTH of them
needs() {
    local name=$1 least=$2 value=${!1:-}
    if [ -z "$value" ]; then
        refuse "$name is missing in .env. deploy/new-env.sh writes a .env with random values."
    elif ! [[ $value =~ ^[A-Za-z0-9_.~-]+$ ]]; then
        refuse "$name in .env holds a character that would break an address: use only A-Z a-z 0-9 _ . ~ and -."
    elif [ "${#value}" -lt "$least" ]; then
        refuse "$name in .env is too short: at least $least characters, random ones."
    fi
}

for name in POSTGRES_PASSWORD AIRFLOW_DB_PASSWORD LEDGER_OWNER_PASSWORD LEDGER_PASSWORD REDIS_PASSWORD; do
    needs "$name" 16
done
needs SYNC_HASH_SECRET 32

different=$(printf '%s\n' "${POSTGRES_PASSWORD:-1}" "${AIRFLOW_DB_PASSWORD:-2}" "${LEDGER_OWNER_PASSWORD:-3}" \
    "${LEDGER_PASSWORD:-4}" "${REDIS_PASSWORD:-5}" | sort -u | wc -l)
[ "$different" -eq 5 ] || refuse "Two passwords in .env are the same: every role needs its own."

# several, separated by commas, while the key is exchanged (airflow rotate-fernet-key)
[[ ${AIRFLOW__CORE__FERNET_KEY:-} =~ ^[A-Za-z0-9_-]{43}=(,[A-Za-z0-9_-]{43}=)*$ ]] ||
    refuse "FERNET_KEY in .env is no Fernet key (32 random bytes in URL-safe base64: 43 characters and a '=')."
[ "$(length AIRFLOW__API__SECRET_KEY)" -ge 32 ] ||
    refuse "API_SECRET_KEY in .env is missing or too short: at least 32 random characters."
[ "$(length AIRFLOW__API_AUTH__JWT_SECRET)" -ge 64 ] ||
    refuse "JWT_SECRET in .env is missing or too short: at least 64 random characters, which its signature needs."

[[ ${ADMIN_USERNAME:-} =~ ^[A-Za-z0-9_.@-]{1,64}$ ]] ||
    refuse "ADMIN_USERNAME in .env is missing, or holds other characters than letters, digits, _ . @ and -."
[[ ${ADMIN_EMAIL:-} == ?*@?* ]] || refuse "ADMIN_EMAIL in .env is no e-mail address."
[ "$(length ADMIN_PASSWORD)" -ge 12 ] ||
    refuse "ADMIN_PASSWORD in .env is missing or too short: at least 12 characters."
[ "${ADMIN_PASSWORD:-}" != "${ADMIN_USERNAME:-}" ] || refuse "ADMIN_PASSWORD in .env is the user's name."

for name in ABICART_API_SLOTS SPECTER_API_SLOTS; do
    [[ ${!name:-4} =~ ^[1-9][0-9]?$ ]] || refuse "$name in .env is '${!name}': write a number from 1 to 99."
done

shops=${ABICART_SPECTER_SHOPS_DIR:?is missing}
hosts=${ABICART_SPECTER_PLAIN_HTTP_HOSTS:-}
if ! [ -r "$shops" ] || ! [ -d "$shops" ]; then
    refuse "The folder of the shop files, SHOPS_DIR in .env, cannot be read by user $(id -u)."
fi
case ${TRIAL:-} in
'')
    [[ ,${COMPOSE_PROFILES:-}, != *,trial,* ]] ||
        refuse "COMPOSE_PROFILES in .env starts the sandbox, but TRIAL is empty. Trial or production: not both."
    [ -z "$hosts" ] || refuse "PLAIN_HTTP_HOSTS in .env is for the trial only: keys would travel unencrypted to $hosts."
    ;;
1)
    [[ ,${COMPOSE_PROFILES:-}, == *,trial,* ]] || refuse "TRIAL=1 needs COMPOSE_PROFILES=trial in .env."
    if ! [ -e "$shops/demo.yaml" ]; then
        refuse "TRIAL=1 needs the demo's shop file: SHOPS_DIR=./include/shops in .env."
    fi
    other=$(find "$shops" -maxdepth 1 -name '[!._]*.y*ml' ! -name demo.yaml -print -quit 2>/dev/null || true)
    [ -z "$other" ] || refuse "TRIAL=1, but SHOPS_DIR holds ${other##*/}: a trial has no shop but demo."
    ;;
*) refuse "TRIAL in .env is '$TRIAL': leave it empty, or 1 for a trial with the sandbox." ;;
esac

exit "$wrong"
