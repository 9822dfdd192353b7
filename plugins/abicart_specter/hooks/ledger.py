"""Airflow connection ``sync_ledger`` → :class:`Ledger`, checked for identity before anybody uses it."""

from __future__ import annotations

from typing import Any

from airflow.sdk import BaseHook, Variable
from airflow.sdk.configuration import conf
from airflow.sdk.exceptions import AirflowNotFoundException
from airflow.sdk.log import mask_secret

from abicart_specter.errors import ConfigurationError, LedgerError
from abicart_specter.hooks.connection_test import tried
from abicart_specter.ledger import Ledger
from abicart_specter.ledger.address import describe, from_parts, parse_url, password_in, with_password

LEDGER_CONNECTION = "sync_ledger"
LEDGER_ID_VARIABLE = "sync_ledger_id"


class LedgerHook(BaseHook):
    """Host, port, login, password, schema: server, user and name of a PostgreSQL database. Or, instead, extra ``url``:
    an address as SQLAlchemy knows it, whose password may stand in the connection's password. Extra ``hash_secret``:
    key of the customers' HMAC.
    """

    conn_name_attr = "ledger_conn_id"
    default_conn_name = LEDGER_CONNECTION
    conn_type = "sync_ledger"
    hook_name = "Sync ledger"
    hash_secret: bytes = b""
    """Known after ``get_conn``; empty where the connection has none."""

    def __init__(self, *, ledger_conn_id: str = LEDGER_CONNECTION) -> None:
        super().__init__()
        self.ledger_conn_id = ledger_conn_id
        self._place = ""

    def get_conn(self) -> Ledger:
        """The ledger, open and known to be the right one.

        :raises LedgerError: missing, not migrated, lost or swapped (rules 1 and 2).
        """
        ledger, known = self._open()
        if known is None:
            try:
                note_ledger(ledger)
            except BaseException:  # whatever happens, the database connection must not stay open
                ledger.close()
                raise
        return ledger

    def test_connection(self) -> tuple[bool, str]:
        """Whether this is the ledger. Never makes or migrates one, and notes nothing; holds no secret."""
        return tried(self.ask, "", self.ledger_conn_id, LEDGER_CONNECTION)

    def ask(self) -> str:
        """What is known about the ledger.

        :raises AbicartSpecterError: it is not the ledger, or the hash secret would not do for orders.
        """
        from abicart_specter.flows.context import SHORTEST_SECRET

        ledger, known = self._open()
        try:
            shops = ", ".join(binding.shop for binding in ledger.bindings())
        finally:
            ledger.close()
        # a test in a worker cannot read Variables, so that "not known" need not mean "never had one"
        which = (
            "It is the one that this Airflow knows."
            if known
            else "Which one this Airflow knew cannot be told."
        )
        found = f"The ledger answers: {self._place}; shops in it: {shops or 'none yet'}. {which}"
        if len(self.hash_secret) < SHORTEST_SECRET:
            what = "is too short" if self.hash_secret else "is missing"
            raise ConfigurationError(
                f"{found} But extra hash_secret {what}.",
                remedy=f"Enter {SHORTEST_SECRET} random characters at least; orders need it, and it may never change.",
            )
        return found

    def _open(self) -> tuple[Ledger, str | None]:
        """The ledger, and the id under which this Airflow knows it, if it does."""
        url = self._address()
        refuse_sqlite_on_many_machines(url)
        self._place = describe(parse_url(url))
        ledger = Ledger.open(url)
        try:
            known = Variable.get(LEDGER_ID_VARIABLE, default=None)
            ledger.check_identity(known)
        except BaseException:  # whatever happens, the database connection must not stay open
            ledger.close()
            raise
        return ledger, known

    def _address(self) -> str:
        """The database's address, complete, its secrets registered for masking."""
        try:
            connection = self.get_connection(self.ledger_conn_id)
        except AirflowNotFoundException:
            raise ConfigurationError(
                f"The Airflow connection {self.ledger_conn_id} does not exist.",
                remedy='Create it with extra {"url": "…", "hash_secret": "…"}; see README, "A real shop".',
            ) from None
        extra: Any = connection.extra_dejson
        url, secret = extra.get("url") or "", extra.get("hash_secret")
        host = (connection.host or "").strip()
        # one of digits alone comes as a number when a connection is being tested: Airflow hands it over as a URI
        self.hash_secret = b"" if secret is None else str(secret).encode("utf-8")
        for one in (secret, connection.password):
            if one:
                mask_secret(str(one))
        if not isinstance(url, str) or bool(host) == bool(url.strip()):
            what = "names two databases, in host and in url" if host and url else "has neither host nor url"
            raise ConfigurationError(
                f"Connection {self.ledger_conn_id}: {what}.",
                remedy="Enter host, port, login, password and schema of a PostgreSQL database, or extra "
                '{"url": "sqlite:////path/ledger.db", "hash_secret": "…"}.',
            )
        if host:
            return from_parts(host, connection.port, connection.login, connection.password, connection.schema)
        if inside := password_in(url.strip()):
            mask_secret(inside)
        return with_password(url.strip(), connection.password)


def note_ledger(ledger: Ledger) -> None:
    """From now on Airflow knows this ledger, and no other."""
    Variable.set(LEDGER_ID_VARIABLE, ledger.id, description="Identity of the sync ledger")


def refuse_sqlite_on_many_machines(url: str) -> None:
    """SQLite is a file of one machine; only LocalExecutor runs every task there (rule 1)."""
    executor = str(conf.get("core", "executor"))
    if url.startswith("sqlite") and executor.split(".")[-1].split(":")[-1] != "LocalExecutor":
        raise LedgerError(
            f"The ledger is an SQLite file, but Airflow runs tasks with {executor}.",
            remedy="Use PostgreSQL for the ledger, or LocalExecutor.",
        )
