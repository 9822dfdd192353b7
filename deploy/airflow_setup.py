"""What init changes in Airflow's own database, each only where it is missing.

``airflow_setup.py known``  refuses a trial's database in production, and the reverse; prints ``sync_ledger_id=`` and
                            the id of the ledger that this installation knows, if it knows one
``airflow_setup.py apply``  pools, first administrator, the ledger's id, the trial's connections

It works on Airflow's tables: the names in ``airflow.sdk`` are for tasks, which ask an api-server.
"""

# ruff: noqa: AIR311
from __future__ import annotations

import json
import os
import sys
from urllib.parse import urlsplit

from airflow import settings
from airflow.models import Connection, Pool, Variable
from sqlalchemy import select

LEDGER_ID = "sync_ledger_id"
KIND = "installation_kind"
POOLS = {
    "abicart_api": ("ABICART_API_SLOTS", "How many tasks may talk to Abicart at once"),
    "specter_api": ("SPECTER_API_SLOTS", "How many tasks may talk to Specter at once"),
}


def main(command: str) -> int:
    """0, or 1 with a sentence."""
    settings.configure_orm()
    try:
        if command == "known":
            _kind()
            sys.stdout.write(f"{LEDGER_ID}={_variable(LEDGER_ID) or ''}\n")
            return 0
        _pools()
        _administrator()
        _ledger_id()
        if os.environ.get("TRIAL"):
            _sandbox_connections()
    except ValueError as error:
        sys.stderr.write(f"init: {error}\n")
        return 1
    return 0


def _variable(key: str) -> str | None:
    with settings.Session() as session:
        row = session.scalar(select(Variable).where(Variable.key == key))
        if row is None:
            return None
        value = row.val
    if value is None:  # Airflow's way of saying so
        raise ValueError(
            f"The Variable {key} cannot be read: FERNET_KEY in .env is not the key with which it was written. "
            "Take the old .env from its safe place."
        )
    return str(value)


def _kind() -> None:
    """A trial never becomes a production by a changed .env, nor the other way round."""
    now = "trial" if os.environ.get("TRIAL") else "production"
    known = _variable(KIND)
    if known is None:
        Variable.set(KIND, now, description="Made by init at the first start; trial or production for good")
    elif known != now:
        raise ValueError(
            f"These databases are those of a {known}, but .env describes a {now}. Use another COMPOSE_PROJECT_NAME "
            "and another .env: the two never share a volume."
        )


def _pools() -> None:
    for name, (variable, description) in POOLS.items():
        if Pool.get_pool(name) is None:  # a number of slots that a person chose is left alone
            slots = int(os.environ.get(variable) or 4)
            Pool.create_or_update_pool(name, slots, description, include_deferred=False)
            _say(f"made the pool {name} with {slots} slots")


def _administrator() -> None:
    from airflow.providers.fab.auth_manager.cli_commands.utils import get_application_builder

    name = os.environ["ADMIN_USERNAME"]
    with get_application_builder() as builder:
        users = builder.sm
        if users.find_user(username=name):
            return
        role = users.find_role("Admin")
        if not users.add_user(
            name, name, "", os.environ["ADMIN_EMAIL"], role, password=os.environ["ADMIN_PASSWORD"]
        ):
            raise ValueError(f"The user {name} could not be made: does another have ADMIN_EMAIL?")
    _say(f"made the user {name}; change its password in the UI, ADMIN_PASSWORD is not read again")


def _ledger_id() -> None:
    if _variable(LEDGER_ID) is None:
        Variable.set(LEDGER_ID, os.environ["SYNC_LEDGER_ID"], description="Identity of the sync ledger")


def _sandbox_connections() -> None:
    """The keys are those that the sandbox accepts, known to everybody."""
    wanted = {
        "abicart_demo": ("abicart", "TRIAL_ABICART_URL", "22222", "demo-token-1", {}),
        "specter_demo": (
            "specter",
            "TRIAL_SPECTER_URL",
            "1000",
            "demo-user-key",
            {"api_version": 2, "api_user_id": 12, "integration_secret": "demo-integration-key"},
        ),
    }
    with settings.Session() as session:
        for connection_id, (kind, variable, login, password, extra) in wanted.items():
            if session.scalar(select(Connection).where(Connection.conn_id == connection_id)):
                continue
            url = urlsplit(os.environ[variable])
            session.add(
                Connection(
                    conn_id=connection_id,
                    conn_type=kind,
                    description="The sandbox of this trial",
                    schema=url.scheme,
                    host=url.hostname,
                    port=url.port,
                    login=login,
                    password=password,
                    extra=json.dumps(extra) if extra else None,
                )
            )
            _say(f"made the connection {connection_id} to the sandbox")
        session.commit()


def _say(line: str) -> None:
    sys.stdout.write(f"init: {line}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
