"""Where Specter's raw answers are kept: a folder, or a place that Airflow's object storage knows (rule 27)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from abicart_specter.operators.base import JOURNAL_DIR_VARIABLE, journal
from abicart_specter.operators.drain_queue import DrainQueueOperator

NOW = datetime(2026, 11, 25, 2, 30, tzinfo=UTC)


def written(raw: bytes) -> bytes:
    """As one task writes it and another one reads it."""
    reference = journal().write("1000/12", "stock", "b", NOW, raw)
    [entry] = journal().entries()
    assert entry.reference == reference
    return journal().read(reference)


def test_a_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(JOURNAL_DIR_VARIABLE, str(tmp_path / "answers"))
    assert written(b"1;\xe5") == b"1;\xe5"
    assert len(list((tmp_path / "answers").rglob("*-b"))) == 1


def test_in_airflows_home_if_nothing_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(JOURNAL_DIR_VARIABLE, raising=False)
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path))
    assert written(b"2") == b"2"
    assert (tmp_path / "journal/1000_12/stock/2026-11-25").is_dir()


def test_object_storage(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(JOURNAL_DIR_VARIABLE, f"file://{tmp_path}/store")
    assert written(b"3") == b"3"
    assert [path.read_bytes() for path in (tmp_path / "store").rglob("*-b")] == [b"3"]
    assert journal().remove(list(journal().entries())) == 1
    assert list(journal().entries()) == []


def test_a_queue_that_does_not_exist_is_found_when_the_dag_is_parsed() -> None:
    with pytest.raises(ValueError, match="no queue 'prices'"):
        DrainQueueOperator(task_id="drain", shop="demo", flow="nightly_import", specter_queue="prices")
