"""Airflow connections become clients; what is wrong with one is named, and a secret never is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy.engine import make_url

from abicart_specter.errors import ConfigurationError, LedgerError
from abicart_specter.hooks.abicart import AbicartHook
from abicart_specter.hooks.ledger import LedgerHook, refuse_sqlite_on_many_machines
from abicart_specter.hooks.specter import SpecterHook
from abicart_specter.ledger.migrate import upgrade
from local_stack.ports import free_ports

SECRET = "very-secret-token-1"
SECRET_2 = "very-secret-integration-key"
ABICART = {
    "conn_type": "abicart",
    "host": "shop.textalk.se",
    "schema": "https",
    "port": 443,
    "login": "22222",
    "password": SECRET,
    "extra": {"language": "sv"},
}
SPECTER = {
    "conn_type": "specter",
    "host": "api.specter.se",
    "schema": "https",
    "port": 443,
    "login": "1000",
    "password": SECRET,
    "extra": {"api_version": 2, "api_user_id": 12, "integration_secret": SECRET_2},
}


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch):
    def set_connection(name: str, values: dict[str, Any], **changes: Any) -> None:
        monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(values | changes))

    return set_connection


def test_abicart(connect) -> None:
    connect("abicart_myshop", ABICART)
    with AbicartHook("myshop").get_conn() as client:
        connection = client.connection
    assert (connection.base_url, connection.webshop_id, connection.language) == (
        "https://shop.textalk.se:443",
        22222,
        "sv",
    )
    assert connection.token == SECRET
    assert SECRET not in repr(connection)


def test_made_with_the_form_of_another_type(connect) -> None:
    """Where there is no form of ours; Airflow's own for HTTP keeps a field without a value."""
    connect("abicart_myshop", ABICART, conn_type="http", extra={"srv_lookup": None})
    with AbicartHook("myshop").get_conn() as client:
        assert client.connection.language == "sv"
    connect("abicart_myshop", ABICART, conn_type="http", extra={"srv_lookup": True})
    with pytest.raises(ConfigurationError, match="keys nobody knows: srv_lookup"):
        AbicartHook("myshop").get_conn()


def test_specter_version_2(connect) -> None:
    connect("specter_myshop", SPECTER)
    connection = SpecterHook("myshop").settings()
    assert (connection.sbm_id, connection.api_version, connection.api_user_id) == (1000, 2, 12)
    assert (connection.user_key, connection.integration_secret) == (SECRET, SECRET_2)
    assert SECRET not in repr(connection) and SECRET_2 not in repr(connection)


def test_specter_version_1_has_no_api_user(connect) -> None:
    connect("specter_myshop", SPECTER, extra={"api_version": "1", "integration_secret": SECRET_2})
    connection = SpecterHook("myshop").settings()
    assert (connection.api_version, connection.api_user_id) == (1, None)


def test_uri_connections_work_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_ABICART_MYSHOP", f"abicart://22222:{SECRET}@127.0.0.1:8081/http")
    with AbicartHook("myshop").get_conn() as client:
        assert client.connection.base_url == "http://127.0.0.1:8081"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"host": ""}, "host is empty"),
        ({"schema": "http"}, "schema is http"),
        ({"schema": "ftp"}, "schema must be https"),
        ({"login": "my shop"}, "webshop id"),
        ({"login": None}, "webshop id"),
        ({"password": ""}, "password"),
        ({"password": None}, "password"),
        ({"extra": {"language": "sv", "timeout": 3}}, "timeout"),
        ({"extra": ["a"]}, "extra"),
    ],
)
def test_what_is_wrong_with_an_abicart_connection_is_named(connect, changes, words) -> None:
    connect("abicart_myshop", ABICART, **changes)
    with pytest.raises(ConfigurationError) as error:
        AbicartHook("myshop").get_conn()
    assert words in str(error.value)
    assert "abicart_myshop" in str(error.value)
    assert "Remedy" in str(error.value)
    assert SECRET not in str(error.value)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"login": ""}, "sbmId"),
        ({"extra": {"api_version": 3, "integration_secret": SECRET_2}}, "api_version must be 1 or 2"),
        ({"extra": {"api_version": 2, "api_user_id": "x", "integration_secret": SECRET_2}}, "api_user_id"),
        ({"extra": {"api_version": 2, "api_user_id": 12}}, "integration_secret"),
        ({"extra": {"api_version": 2, "integration_key": SECRET_2}}, "integration_key"),
    ],
)
def test_what_is_wrong_with_a_specter_connection_is_named(connect, changes, words) -> None:
    connect("specter_myshop", SPECTER, **changes)
    with pytest.raises(ConfigurationError) as error:
        SpecterHook("myshop").get_conn()
    assert words in str(error.value)
    assert SECRET not in str(error.value) and SECRET_2 not in str(error.value)


def test_a_missing_connection_is_named() -> None:
    with pytest.raises(ConfigurationError, match="abicart_nowhere does not exist"):
        AbicartHook("nowhere").get_conn()


def test_no_default_port_is_needed(connect) -> None:
    connect("abicart_myshop", {key: value for key, value in ABICART.items() if key not in ("port", "schema")})
    with AbicartHook("myshop").get_conn() as client:
        assert client.connection.base_url == "https://shop.textalk.se"


class TestLedger:
    def test_opens_and_knows_itself(self, connect, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
        url = f"sqlite:///{tmp_path / 'ledger.db'}"
        ledger_id = upgrade(url)
        connect("sync_ledger", {"conn_type": "generic", "extra": {"url": url, "hash_secret": "x" * 32}})
        monkeypatch.setenv("AIRFLOW_VAR_SYNC_LEDGER_ID", ledger_id)
        with LedgerHook().get_conn() as ledger:
            assert ledger.id == ledger_id

    def test_another_ledger_is_refused(self, connect, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
        url = f"sqlite:///{tmp_path / 'ledger.db'}"
        upgrade(url)
        connect("sync_ledger", {"conn_type": "generic", "extra": {"url": url}})
        monkeypatch.setenv("AIRFLOW_VAR_SYNC_LEDGER_ID", "another")
        with pytest.raises(LedgerError, match="lost or swapped"):
            LedgerHook().get_conn()

    def test_a_task_never_makes_one(self, connect, tmp_path) -> None:
        missing = tmp_path / "ledger.db"
        connect("sync_ledger", {"conn_type": "generic", "extra": {"url": f"sqlite:///{missing}"}})
        with pytest.raises(LedgerError):
            LedgerHook().get_conn()
        assert not missing.exists()

    @pytest.mark.parametrize("extra", [{}, {"url": ""}, {"url": 5}])
    def test_without_url(self, connect, extra) -> None:
        connect("sync_ledger", {"conn_type": "generic", "extra": extra})
        with pytest.raises(ConfigurationError, match="url"):
            LedgerHook().get_conn()

    def test_sqlite_needs_the_local_executor(self, monkeypatch: pytest.MonkeyPatch) -> None:
        refuse_sqlite_on_many_machines("sqlite:////x.db")
        monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", "CeleryExecutor")
        with pytest.raises(LedgerError, match="CeleryExecutor"):
            refuse_sqlite_on_many_machines("sqlite:////x.db")
        refuse_sqlite_on_many_machines("postgresql://db/ledger")


class TestLedgerConnection:
    """The form of the ledger's connection, and its test."""

    SECRET = "a-hash-secret-of-some-length"

    def press(self, monkeypatch: pytest.MonkeyPatch, **values: Any) -> tuple[bool, str]:
        monkeypatch.setenv("AIRFLOW_CONN_ANY_NAME", json.dumps({"conn_type": "sync_ledger"} | values))
        status, words = LedgerHook(ledger_conn_id="any_name").test_connection()
        assert "any_name" not in words
        for secret in (self.SECRET, SECRET):
            assert secret not in words
        return status, words

    def test_sqlite(self, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
        url = f"sqlite:///{tmp_path / 'ledger.db'}"
        monkeypatch.setenv("AIRFLOW_VAR_SYNC_LEDGER_ID", upgrade(url))
        assert self.press(monkeypatch, extra={"url": f" {url} ", "hash_secret": self.SECRET}) == (
            True,
            f"The ledger answers: SQLite file {tmp_path / 'ledger.db'}; shops in it: none yet. "
            "It is the one that this Airflow knows.",
        )

    def test_another_one(self, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
        url = f"sqlite:///{tmp_path / 'ledger.db'}"
        upgrade(url)
        monkeypatch.setenv("AIRFLOW_VAR_SYNC_LEDGER_ID", "another")
        status, words = self.press(monkeypatch, extra={"url": url, "hash_secret": self.SECRET})
        assert not status
        assert words.startswith("Ledger lost or swapped: ")

    def test_it_makes_nothing_and_remembers_nothing(self, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
        file = tmp_path / "ledger.db"
        status, words = self.press(
            monkeypatch, extra={"url": f"sqlite:///{file}", "hash_secret": self.SECRET}
        )
        assert not status
        assert str(file) in words
        assert not file.exists()

    @pytest.mark.parametrize(
        ("secret", "words"), [(None, "is missing"), ("", "is missing"), ("short", "too short")]
    )
    def test_orders_need_a_hash_secret(
        self, tmp_path, monkeypatch: pytest.MonkeyPatch, secret, words
    ) -> None:
        url = f"sqlite:///{tmp_path / 'ledger.db'}"
        upgrade(url)
        status, said = self.press(monkeypatch, extra={"url": url, "hash_secret": secret})
        assert not status
        assert words in said
        assert said.startswith("The ledger answers: ")

    def test_nobody_listens(self, monkeypatch: pytest.MonkeyPatch) -> None:
        (port,) = free_ports(1)
        place = {
            "host": "127.0.0.1",
            "port": port,
            "login": "sync",
            "password": SECRET,
            "schema": "sync_ledger",
        }
        status, words = self.press(monkeypatch, **place)
        assert not status
        assert f"PostgreSQL database sync_ledger at 127.0.0.1:{port}" in words

    @pytest.mark.parametrize(
        ("values", "words"),
        [
            ({}, "Has neither host nor url. Enter host,"),
            ({"extra": {"url": None}}, "Has neither host nor url."),
            (
                {"host": "db", "extra": {"url": "postgresql://db/x"}},
                "Names two databases, in host and in url.",
            ),
            ({"host": "db"}, "The ledger's address names no database."),
            (
                {"password": SECRET, "extra": {"url": "postgresql://u:p@db/x"}},
                "The ledger has two passwords: one in its address and one in the connection's password.",
            ),
            ({"extra": {"url": f"nonsense {SECRET}"}}, "The ledger's address is not a database URL."),
        ],
    )
    def test_what_is_wrong_is_named(self, monkeypatch: pytest.MonkeyPatch, values, words) -> None:
        status, said = self.press(monkeypatch, **values)
        assert not status
        assert said.startswith(words)


@pytest.mark.parametrize(
    ("values", "url"),
    [
        (
            {"host": "db", "port": 5433, "login": "sync", "password": "p@ss:/å", "schema": "ledger"},
            "postgresql+psycopg://sync:p%40ss%3A%2F%C3%A5@db:5433/ledger",
        ),
        ({"host": "db", "port": 0, "schema": "ledger"}, "postgresql+psycopg://db/ledger"),
        (
            {"password": "p@ss", "port": 0, "extra": {"url": "postgresql://sync@db/ledger"}},
            "postgresql+psycopg://sync:p%40ss@db/ledger",
        ),
        ({"extra": {"url": "postgresql://sync:pw@db/ledger"}}, "postgresql://sync:pw@db/ledger"),
        ({"password": "left over", "extra": {"url": "sqlite:////x/ledger.db"}}, "sqlite:////x/ledger.db"),
    ],
)
def test_the_ledgers_address(connect, values: dict[str, Any], url: str) -> None:
    connect("sync_ledger", {"conn_type": "sync_ledger"} | values)
    assert make_url(LedgerHook()._address()) == make_url(url)
