"""The weekly clean-up as the DAG runs it: what goes of the ledger, the journal and the reports, and what is said."""

from __future__ import annotations

import logging
import os
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from maintenance_lab import MaintenanceLab
from queue_lab import ACCOUNT

from abicart_specter.clients.specter_batches import Queue
from abicart_specter.errors import LedgerError
from abicart_specter.flows.imports.replay import replay
from abicart_specter.flows.maintenance.clean_up import clean_up
from abicart_specter.flows.maintenance.terms import terms_of
from abicart_specter.ledger import Ledger, RunKey, ShopBinding

DAY = timedelta(days=1)


def weeks(lab: MaintenanceLab, nights: int = 12) -> None:
    for price in range(100, 100 + nights):
        lab.night(price)


def test_a_dry_run_counts_what_the_run_removes(lab: MaintenanceLab, caplog: pytest.LogCaptureFixture) -> None:
    lab.use(run_days=7, personal_data_days=1, journal_days=7, report_days=30)
    weeks(lab)
    files = [lab.report("order_export", "old", 31), lab.report("order_export", "young", 29)]
    entries = list(lab.queues.journal().entries())
    with caplog.at_level(logging.INFO):
        counted = lab.clean_up(dry_run=True)
    assert "Nothing was removed." in caplog.text
    assert all(path.exists() for path in files)
    assert list(lab.queues.journal().entries()) == entries
    assert lab.ledger.last_runs("demo", "ledger_maintenance") == []
    assert lab.clean_up() == counted
    assert [path.exists() for path in files] == [False, True]
    assert counted["reports"] == 1
    assert counted["journal_orders"] > 0
    assert counted["journal_articles"] > counted["journal_orders"]
    assert counted["inbox_rows"] > 0
    assert counted["batches"] > 0
    (run,) = lab.ledger.last_runs("demo", "ledger_maintenance")
    assert run.summary == {"removed": counted}


def test_what_it_says_is_in_the_log_and_the_file(
    lab: MaintenanceLab, caplog: pytest.LogCaptureFixture
) -> None:
    lab.use(run_days=7, journal_days=7)
    weeks(lab)
    with caplog.at_level(logging.INFO):
        removed = lab.clean_up()
    assert "What went and what stays of shop demo" in caplog.text
    assert f"{sum(removed.values())} went in all." in caplog.text
    rows = {row["kind"]: row for row in lab.csv("maintenance.csv")}
    assert {kind: int(row["went"]) for kind, row in rows.items()} == removed
    assert rows["journal_orders"]["kept_because"] == "7 days, or not acknowledged"
    assert all(bool(row["oldest_of_what_stays"]) == (row["stays"] != "0") for row in rows.values())
    line = next(line for line in caplog.messages if "journal: answers about orders" in line)
    assert line.split()[4:8] == [str(removed["journal_orders"]), rows["journal_orders"]["stays"], "6", "d"]


def test_a_replay_still_rebuilds_the_inbox(lab: MaintenanceLab) -> None:
    """Within the journal's term the last values come back, with the strictest settings that there are."""
    lab.use(run_days=7, personal_data_days=1, journal_days=7)
    weeks(lab, 6)
    known = {queue: lab.queues.inbox(queue) for queue in Queue}
    lab.clean_up()
    assert {queue: lab.queues.inbox(queue) for queue in (Queue.STOCK, Queue.ARTICLE_INFO)} == {
        queue: known[queue] for queue in (Queue.STOCK, Queue.ARTICLE_INFO)
    }
    lab.ledger.close()
    with closing(sqlite3.connect(lab.export.folder / "ledger.db")) as connection, connection:
        connection.executescript("DELETE FROM inbox_row; DELETE FROM queue_batch;")
    connection.close()
    lab.export.ledger = Ledger.open(lab.export.ledger_url, clock=lambda: lab.now)
    assert replay(lab.queues.journal(), lab.ledger)
    assert {queue: lab.queues.inbox(queue) for queue in Queue} == known


def test_answers_that_are_not_acknowledged_stay(lab: MaintenanceLab) -> None:
    lab.night(100)
    (newest,) = list(lab.queues.journal().entries(function="stock"))[-1:]
    lab.ledger.set_in_flight(ACCOUNT, "stock", "open")
    lab.ledger.store_batch(ACCOUNT, "stock", "open", [], newest.reference)
    lab.now += 4000 * DAY
    lab.clean_up()
    assert [one.reference for one in lab.queues.journal().entries()] == [newest.reference]


def test_only_files_of_this_shop_that_this_project_wrote_go(lab: MaintenanceLab) -> None:
    lab.use(report_days=30)
    kept = [
        lab.report("order_export", "run", 31, shop="other"),
        lab.report("order_export", "run", 31, name="notes.txt"),
        lab.report("order_export/run/deeper", "x", 31),
    ]
    elsewhere = lab.report("order_export", "elsewhere", 31, shop="other")
    link = lab.report("order_export", "linked", 31).with_name("link.csv")
    link.symlink_to(elsewhere)
    old = elsewhere.stat().st_mtime
    os.utime(link, (old, old), follow_symlinks=False)
    assert lab.clean_up()["reports"] == 1
    assert all(path.exists() for path in (*kept, elsewhere, link))
    assert not (link.parent / "orders.csv").exists()


def test_the_folder_of_a_run_goes_with_its_last_file(lab: MaintenanceLab) -> None:
    lab.use(report_days=30)
    path = lab.report("order_export", "run", 31)
    lab.clean_up()
    assert not path.parent.exists()


def test_shops_that_share_an_account(lab: MaintenanceLab, caplog: pytest.LogCaptureFixture) -> None:
    """What may lead to a person goes by the shop that keeps least, the rest by the one that keeps longest."""
    lab.ledger.bind(ShopBinding("second", 22223, 1000, 13))
    lab.ledger.bind(ShopBinding("stranger", 22224, 1001, None))
    lab.shop_file("second", journal_days=8, personal_data_days=1, run_days=20)
    lab.shop_file("stranger", journal_days=7)
    lab.use(journal_days=10, run_days=7)
    weeks(lab)
    with caplog.at_level(logging.INFO):
        removed = lab.clean_up()
    assert max(lab.journal_ages("orders")) == 7
    assert max(lab.journal_ages("stock")) == max(lab.journal_ages("article_info")) == 9
    assert "shares Specter account 1000 with second." in caplog.text
    assert removed["inbox_rows"] == 0  # second keeps them 20 days
    # From the other side the same terms hold, so that it does not matter who cleans.
    mine = terms_of(lab.context())
    assert (mine.journal_days_personal, mine.journal_days, mine.queue_detail_days, mine.inbox_days) == (
        8,
        10,
        1,
        20,
    )


def test_a_broken_file_of_the_other_shop_stops_only_what_is_shared(
    lab: MaintenanceLab, caplog: pytest.LogCaptureFixture
) -> None:
    lab.ledger.bind(ShopBinding("second", 22223, 1000, 13))
    (lab.shops / "second.yaml").write_text("orders: [", "utf-8")
    lab.use(journal_days=7, run_days=7)
    old = lab.report("order_export", "run", 91)
    weeks(lab)
    with caplog.at_level(logging.INFO):
        removed = lab.clean_up()
    assert "the settings file of shop second, which shares its Specter account, cannot be read" in caplog.text
    assert (removed["inbox_rows"], removed["journal_articles"]) == (0, 0)
    assert max(lab.journal_ages("orders")) == 6
    assert removed["journal_orders"] > 0
    assert not old.exists()


def test_a_shop_that_never_ran_touches_no_queue(lab: MaintenanceLab) -> None:
    weeks(lab)
    ctx = lab.context()
    ctx.run = RunKey("fresh", ctx.run.flow, "run")
    lab.now += 4000 * DAY
    assert sum(clean_up(ctx, lab.queues.journal())["removed"].values()) == 0


def test_the_ledger_is_looked_at(lab: MaintenanceLab, caplog: pytest.LogCaptureFixture) -> None:
    lab.night(100)
    with caplog.at_level(logging.INFO):
        figures = lab.check()
    assert "quick_check and foreign_key_check found nothing" in caplog.text
    assert lab.ledger.id in caplog.text
    assert any(line.lstrip().startswith("inbox_row ") for line in caplog.messages)
    assert figures["open"] == {}
    assert figures["rows"] > 20
    tables = {row["table"]: int(row["rows"]) for row in lab.csv("ledger_tables.csv")}
    assert sum(tables.values()) == figures["rows"]


def test_a_damaged_ledger_makes_it_red(lab: MaintenanceLab) -> None:
    lab.night(100)
    lab.ledger.close()
    with closing(sqlite3.connect(lab.export.folder / "ledger.db")) as connection, connection:
        connection.execute("INSERT INTO run_order SELECT 4711, 1, 1, 'k', '1', started_at FROM run LIMIT 1")
    connection.close()
    lab.export.ledger = Ledger.open(lab.export.ledger_url, clock=lambda: lab.now)
    with pytest.raises(LedgerError, match=r"damaged \(1 findings.*last backup"):
        lab.check()
