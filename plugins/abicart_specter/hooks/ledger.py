"""Airflow connection ``sync_ledger`` → :class:`Ledger`, checked for identity before anybody uses it."""

from __future__ import annotations

from airflow.sdk import BaseHook, Variable
from airflow.sdk.configuration import conf
from airflow.sdk.exceptions import AirflowNotFoundException
from airflow.sdk.log import mask_secret

from abicart_specter.errors import ConfigurationError, LedgerError
from abicart_specter.ledger import Ledger

LEDGER_CONNECTION = "sync_ledger"
LEDGER_ID_VARIABLE = "sync_ledger_id"


class LedgerHook(BaseHook):
    """Extra: ``url`` (a database SQLAlchemy knows) and ``hash_secret`` (key of the customers' HMAC)."""

    conn_name_attr = "ledger_conn_id"
    default_conn_name = LEDGER_CONNECTION
    hook_name = "Sync ledger"
    hash_secret: bytes = b""
    """Known after ``get_conn``; empty where the connection has none."""

    def get_conn(self) -> Ledger:
        """The ledger, open and known to be the right one.

        :raises LedgerError: missing, not migrated, lost or swapped (rules 1 and 2).
        """
        try:
            connection = self.get_connection(LEDGER_CONNECTION)
        except AirflowNotFoundException:
            raise ConfigurationError(
                f"The Airflow connection {LEDGER_CONNECTION} does not exist.",
                remedy='Create it with extra {"url": "…", "hash_secret": "…"}; see README, "A real shop".',
            ) from None
        extra = connection.extra_dejson
        url, secret = extra.get("url"), extra.get("hash_secret")
        if not isinstance(url, str) or not url:
            raise ConfigurationError(
                f"Connection {LEDGER_CONNECTION}: extra has no url.",
                remedy='Enter extra {"url": "sqlite:////path/ledger.db", "hash_secret": "…"}.',
            )
        if isinstance(secret, str) and secret:
            mask_secret(secret)
            self.hash_secret = secret.encode("utf-8")
        refuse_sqlite_on_many_machines(url)
        ledger = Ledger.open(url)
        try:
            known = Variable.get(LEDGER_ID_VARIABLE, default=None)
            ledger.check_identity(known)
            if known is None:
                Variable.set(LEDGER_ID_VARIABLE, ledger.id, description="Identity of the sync ledger")
        except BaseException:  # whatever happens, the database connection must not stay open
            ledger.close()
            raise
        return ledger


def refuse_sqlite_on_many_machines(url: str) -> None:
    """SQLite is a file of one machine; only LocalExecutor runs every task there (rule 1)."""
    executor = str(conf.get("core", "executor"))
    if url.startswith("sqlite") and executor.split(".")[-1].split(":")[-1] != "LocalExecutor":
        raise LedgerError(
            f"The ledger is an SQLite file, but Airflow runs tasks with {executor}.",
            remedy="Use PostgreSQL for the ledger, or LocalExecutor.",
        )
