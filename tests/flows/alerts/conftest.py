"""A ledger whose alerts go to a mail server and a Slack of this machine."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("AIRFLOW_HOME", tempfile.mkdtemp(prefix="airflow-home-"))
os.environ["AIRFLOW__CORE__LOAD_EXAMPLES"] = "False"
sys.path.insert(0, str(Path(__file__).parent))
sys.path.append(str(Path(__file__).parents[1] / "orders"))
sys.path.append(str(Path(__file__).parents[1] / "imports"))

from alert_lab import AlertLab
from servers import Mailbox, Slack, mail_server, slack_server


@pytest.fixture
def mail(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    with mail_server(Mailbox()) as box:
        monkeypatch.setenv("AIRFLOW_CONN_MAIL", box.connection())
        yield box


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slack]:
    with slack_server(Slack()) as running:
        monkeypatch.setenv("AIRFLOW_CONN_SLACK", running.connection())
        yield running


@pytest.fixture
def lab(ledger_folder: Path, mail: Mailbox, slack: Slack) -> Iterator[AlertLab]:
    running = AlertLab(ledger_folder, mail, slack)
    try:
        yield running
    finally:
        running.close()
