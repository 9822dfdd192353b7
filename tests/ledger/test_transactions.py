"""Rule 2: how each database is driven, so that no two writers act on the same state."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import ledger_workers
import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from abicart_specter.errors import LedgerError
from abicart_specter.ledger import Ledger, LedgerUnavailableError, RunKey
from abicart_specter.ledger.engine import BUSY_SECONDS, Database
from abicart_specter.ledger.models import LedgerIdentity, StagedArticleRow

Worker = Callable[..., Any]


def _path(sqlite_url: str) -> Path:
    return Path(sqlite_url.removeprefix("sqlite:///"))


def test_sqlite_is_safe_against_power_loss_and_patient(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    for transaction in (database.read, database.write):
        with transaction() as connection:
            assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
            assert connection.execute(text("PRAGMA synchronous")).scalar_one() == 2  # FULL
            assert (
                connection.execute(text("PRAGMA busy_timeout")).scalar_one() == BUSY_SECONDS * 1000 >= 30_000
            )
            assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
    database.close()


def test_a_ledger_restored_from_a_copy_is_put_back_into_wal_mode(sqlite_url: str) -> None:
    raw = sqlite3.connect(_path(sqlite_url))
    assert raw.execute("PRAGMA journal_mode=DELETE").fetchone() == ("delete",)
    raw.close()
    Ledger.open(sqlite_url).close()
    raw = sqlite3.connect(_path(sqlite_url))
    assert raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    raw.close()


def test_a_sqlite_write_holds_the_lock_before_it_reads(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    other = sqlite3.connect(_path(sqlite_url), timeout=0, isolation_level=None)
    with database.write() as connection:
        connection.execute(select(LedgerIdentity.ledger_id)).all()
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        assert other.execute("SELECT count(*) FROM run").fetchone() == (0,)  # readers go on
    other.execute("BEGIN IMMEDIATE")
    other.close()
    database.close()


def test_a_sqlite_read_stops_no_writer(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    other = sqlite3.connect(_path(sqlite_url), timeout=0, isolation_level=None)
    with database.read() as connection:
        connection.execute(select(LedgerIdentity.ledger_id)).all()
        other.execute("BEGIN IMMEDIATE")
        other.execute("COMMIT")
    other.close()
    database.close()


def test_a_database_that_stays_busy_may_be_tried_again(url: str) -> None:
    holder, waiter = Database(url), Database(url, busy_seconds=0.1)
    with holder.write() as connection:
        connection.execute(text("UPDATE ledger_identity SET singleton = 1"))
        with pytest.raises(LedgerUnavailableError), waiter.write() as second:
            second.execute(text("UPDATE ledger_identity SET singleton = 1"))
    holder.close()
    waiter.close()


def test_a_read_only_sqlite_file_is_a_persons_affair(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with pytest.raises(LedgerError, match=r"readonly.*Remedy: Let the user"), database.write() as connection:
        connection.execute(text("PRAGMA query_only=ON"))
        connection.execute(text("UPDATE ledger_identity SET singleton = 1"))
    database.close()


def test_what_is_neither_busy_nor_broken_passes_as_it_is(url: str) -> None:
    database = Database(url)
    with pytest.raises(IntegrityError) as raised, database.write() as connection:
        connection.execute(insert(StagedArticleRow), {"run": 99, "article_uid": 1, "document": "hemligt"})
    assert "hemligt" not in str(raised.value)  # parameters stay out of messages
    database.close()


def test_a_block_that_fails_leaves_nothing(ledger: Ledger, url: str) -> None:
    database = Database(url)
    with pytest.raises(ZeroDivisionError), database.write() as connection:
        connection.execute(text("UPDATE ledger_identity SET ledger_id = 'other'"))
        raise ZeroDivisionError
    database.close()
    with Ledger.open(url) as again:
        assert again.id == ledger.id


def test_many_processes_write_at_once_and_nothing_is_lost(url: str, worker: Worker) -> None:
    with Ledger.open(url) as ledger:
        run = RunKey("demo", "product_export", "run-1")
        ledger.start_run(run, {})
        started = [worker(ledger_workers.count_requests, url, 25) for _ in range(5)]
        for each in started:
            each.end()
        assert ledger.request_counts(run) == {
            "specter": {"requests": 125, "retries": 0, "writes": 125, "connections_opened": 0}
        }


def test_threads_may_share_a_ledger(ledger: Ledger, run: RunKey) -> None:
    counts = {"requests": 1, "retries": 0, "writes": 0, "connections_opened": 0}

    def work() -> None:
        for _ in range(20):
            ledger.add_requests(run, "abicart", "read", counts)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ledger.request_counts(run)["abicart"]["requests"] == 80


def test_the_database_clock_is_aware_and_in_utc(url: str) -> None:
    database = Database(url)
    before = datetime.now(UTC)
    with database.read() as connection:
        now = database.now(connection)
        later = connection.execute(select(database.after_sql(90.5))).scalar_one()
    after = datetime.now(UTC)
    assert now.tzinfo is UTC
    # SQLite's clock cuts off below a millisecond.
    assert before - timedelta(milliseconds=1) <= now <= after
    assert timedelta(seconds=90) < later - now < timedelta(seconds=91)
    database.close()


def test_an_injected_clock_decides_and_is_kept_in_utc(url: str) -> None:
    noon = datetime(2026, 3, 29, 2, 30, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
    with Ledger.open(url, clock=lambda: noon) as ledger:
        run = RunKey("demo", "flow", "1")
        ledger.start_run(run, {})
        kept = ledger.get_run(run)
    assert kept is not None
    assert kept.started_at == noon
    assert kept.started_at.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(url: str) -> None:
    naive: Any = datetime(2026, 1, 1)  # noqa: DTZ001
    with Ledger.open(url, clock=lambda: naive) as ledger, pytest.raises(StatementError, match="time zone"):
        ledger.start_run(RunKey("demo", "flow", "1"), {})


def test_times_on_sqlite_say_that_they_are_utc_and_sort_as_text(sqlite_url: str) -> None:
    moments = [
        datetime(2026, 1, 1, 0, 0, 0, 5, tzinfo=UTC),
        datetime(2026, 1, 1, 0, 0, 1, tzinfo=UTC),
        datetime(2026, 1, 1, 2, 0, 0, tzinfo=timezone(timedelta(hours=1))),
    ]
    for number, moment in enumerate(moments):
        with Ledger.open(sqlite_url, clock=lambda moment=moment: moment) as ledger:
            ledger.start_run(RunKey("demo", "flow", str(number)), {})
    raw = sqlite3.connect(_path(sqlite_url))
    kept = [row[0] for row in raw.execute("SELECT started_at FROM run ORDER BY started_at")]
    raw.close()
    assert kept == [
        "2026-01-01T00:00:00.000005Z",
        "2026-01-01T00:00:01.000000Z",
        "2026-01-01T01:00:00.000000Z",
    ]
