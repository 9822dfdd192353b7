"""Airflow connections become clients; what is wrong with one is named, and a secret never is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from abicart_specter.errors import ConfigurationError, LedgerError
from abicart_specter.hooks.abicart import AbicartHook
from abicart_specter.hooks.ledger import LedgerHook, refuse_sqlite_on_many_machines
from abicart_specter.hooks.specter import SpecterHook
from abicart_specter.ledger.migrate import upgrade

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
