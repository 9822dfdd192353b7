"""The ledger's connection as its form has it, part by part, to a real PostgreSQL and as the role of tasks."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("AIRFLOW_HOME", tempfile.mkdtemp(prefix="airflow-home-"))  # before Airflow is imported

import json
from urllib.parse import urlsplit

import pytest

from abicart_specter.hooks.ledger import LedgerHook
from abicart_specter.ledger import Ledger

SECRET = "a-hash-secret-of-some-length"


@pytest.fixture
def form(postgres_url: str) -> dict[str, object]:
    parts = urlsplit(postgres_url)
    return {
        "conn_type": "sync_ledger",
        "host": parts.hostname,
        "port": parts.port,
        "login": parts.username,
        "password": parts.password,
        "schema": parts.path[1:],
        "extra": {"url": None, "hash_secret": SECRET},
    }


def test_a_ledger_given_part_by_part(
    monkeypatch: pytest.MonkeyPatch, postgres_url: str, form: dict[str, object]
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_SYNC_LEDGER", json.dumps(form))
    with Ledger.open(postgres_url) as ledger:
        monkeypatch.setenv("AIRFLOW_VAR_SYNC_LEDGER_ID", ledger.id)
        with LedgerHook().get_conn() as same:
            assert (same.id, same.backend) == (ledger.id, "postgresql")
    assert LedgerHook().test_connection() == (
        True,
        f"The ledger answers: PostgreSQL database {form['schema']} at 127.0.0.1:{form['port']}; shops in it: none yet. "
        "It is the one that this Airflow knows.",
    )


def test_a_wrong_password(monkeypatch: pytest.MonkeyPatch, form: dict[str, object]) -> None:
    wrong = json.dumps(form | {"password": "not-the-password"})
    monkeypatch.setenv("AIRFLOW_CONN_SYNC_LEDGER", wrong)
    status, words = LedgerHook().test_connection()
    assert not status
    assert f"database {form['schema']} at 127.0.0.1:{form['port']}" in words
    assert "not-the-password" not in words
