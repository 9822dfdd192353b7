"""How the ledger is: whole or damaged, how large, and what ought to be over by now."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from ledger_samples import article_key
from old_things import SHOP
from order_samples import Clock, found, order_intent

from abicart_specter.domain.records import Severity
from abicart_specter.errors import LedgerError
from abicart_specter.ledger import Intent, Ledger, RunKey


def test_sizes(old: Ledger) -> None:
    size = old.keeping.size()
    rows = {table.name: table.rows for table in size.tables}
    assert (rows["order_sync"], rows["queue_batch"], rows["alarm"]) == (2, 8, 2)
    assert size.total > 10_000
    if old.backend == "sqlite":
        assert size.free is not None
        assert old.keeping.faults() == []
    else:
        assert all(table.size for table in size.tables if table.rows)
        assert old.keeping.faults() is None


def test_open_flags(old: Ledger) -> None:
    flags = old.keeping.open_flags(SHOP)
    assert sum(flags.values()) == len(list(old.iter_open_flags(SHOP)))
    assert flags[Severity.ERROR] >= 1
    assert old.keeping.open_flags("other") == {}


def test_what_lasts_is_told_with_its_age(timed: Ledger, clock: Clock) -> None:
    assert {one.name: one.count for one in timed.keeping.lasting(SHOP) if one.count} == {}
    begun = clock.now
    run = RunKey(SHOP, "order_export", "run")
    timed.start_run(run, {})
    timed.orders.record_found(run, [found(7, "key 7"), found(8, "key 8")])
    lease = timed.orders.begin(SHOP, "key 7", "owner", 60, order_intent(7))
    timed.orders.order_unconfirmed(lease, run, 7, 1, "no answer", release=True)
    timed.orders.begin(SHOP, "key 8", "owner", 60, order_intent(8))
    timed.record_intent(SHOP, [Intent(article_key(1), "h")])
    clock.pass_(3600)
    lasting = {one.name: (one.count, one.oldest) for one in timed.keeping.lasting(SHOP) if one.count}
    assert lasting == {
        "orders intent": (1, begun),
        "orders unconfirmed": (1, begun),
        "products with a write begun": (1, begun),
    }
    clock.pass_(timedelta(days=1).total_seconds())
    lasting = {one.name: (one.count, one.oldest) for one in timed.keeping.lasting(SHOP) if one.count}
    assert lasting["leases run out and not given back"] == (1, begun + timedelta(seconds=60))
    assert {one.name for one in timed.keeping.lasting("other") if one.count} == {
        "leases run out and not given back"
    }


@pytest.fixture
def old_run(sqlite_url: str) -> RunKey:
    run = RunKey(SHOP, "order_export", "run")
    with Ledger.open(sqlite_url) as ledger:
        ledger.start_run(run, {})
        ledger.orders.record_found(run, [found(uid) for uid in (1, 2, 3)])
    return run


def test_a_damaged_file_is_found(sqlite_url: str, clock: Clock) -> None:
    with Ledger.open(sqlite_url, clock=clock) as ledger:
        run = RunKey(SHOP, "order_export", "run")
        ledger.start_run(run, {})
        ledger.orders.record_found(run, [found(uid, f"key {uid}") for uid in range(1, 3000)])
        ledger.keeping.checkpoint()
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    content = bytearray(path.read_bytes())
    place = content.rindex(b"key 2500")
    page = place - place % 4096
    content[page + 3 : page + 5] = b"\xff\xff"  # the page's count of cells
    path.write_bytes(content)
    with (
        Ledger.open(sqlite_url, clock=clock) as ledger,
        pytest.raises(LedgerError, match=r"malformed.*restore"),
    ):
        ledger.keeping.faults()


def test_rows_that_hang_on_nothing_are_found(sqlite_url: str, old_run: RunKey) -> None:
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as connection, connection:
        connection.execute("DELETE FROM run")
    connection.close()
    with Ledger.open(sqlite_url) as ledger:
        assert ledger.keeping.faults() == ["a row of run_order refers to one of run that is gone"] * 3
