"""From the journal alone the inbox is built again: same newest values, whatever the ledger had forgotten (rule 27)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from queue_lab import ACCOUNT, QueueLab

from abicart_specter.clients.specter_batches import Queue
from abicart_specter.errors import LeaseHeldError
from abicart_specter.flows.drain_queue import drain_queue
from abicart_specter.flows.imports.replay import main, replay
from abicart_specter.flows.leases import hold_leases
from abicart_specter.ledger import BatchState, Ledger

START = datetime(2026, 11, 2, 2, 30, tzinfo=UTC)


class Nights:
    """Each night something changes and all queues are emptied; ledger and flows by the same clock."""

    def __init__(self, lab: QueueLab) -> None:
        self.lab = lab
        self.now = START
        lab.export.ledger.close()
        lab.export.ledger = Ledger.open(lab.export.ledger_url, clock=lambda: self.now)

    def night(self, price: str) -> None:
        self.lab.specter.edit("article.change", number="Å-2", price=price)
        self.lab.specter.edit("article.stock", number="Å-3", available=price, site=1)
        self.lab.specter.edit("order.status", number=self.lab.orders[0], status_id=int(float(price)))
        for queue in Queue:
            ctx = self.lab.export.context()
            ctx.clock = lambda: self.now
            ctx.begin()
            drain_queue(ctx, self.lab.journal(), self.lab.export.terms, queue)
            self.now += timedelta(minutes=1)
        self.now += timedelta(days=1)

    def backup(self) -> bytes:
        """The ledger's file, closed and opened again."""
        self.lab.export.ledger.close()
        content = (self.lab.export.folder / "ledger.db").read_bytes()
        self.lab.export.ledger = Ledger.open(self.lab.export.ledger_url, clock=lambda: self.now)
        return content


@pytest.fixture
def nights(lab: QueueLab) -> Nights:
    lab.specter.switches(response_limit=2, limit_scope="all")
    running = Nights(lab)
    for price in ("100", "90", "110"):
        running.night(price)
    return running


@pytest.fixture
def fresh(lab: QueueLab, migrated_ledger: Path) -> Iterator[Ledger]:
    path = lab.export.folder / "fresh.db"
    path.write_bytes(migrated_ledger.read_bytes())
    with Ledger.open(f"sqlite:///{path}") as ledger:
        yield ledger


def newest(ledger: Ledger, lab: QueueLab) -> dict[str, dict[str, dict[str, tuple[str | None, datetime]]]]:
    """By queue, number and field: value and when it was seen, to the second."""
    names = dict.fromkeys(Queue, lab.numbers) | {Queue.ORDERS: [str(one) for one in lab.orders]}
    return {
        queue.value: {
            number: {field: (one.value, one.seen_at.replace(microsecond=0)) for field, one in told.items()}
            for number, told in ledger.latest_values(ACCOUNT, queue.value, names[queue]).items()
        }
        for queue in Queue
    }


def test_a_lost_ledger(nights: Nights, fresh: Ledger) -> None:
    stored = replay(nights.lab.journal(), fresh)
    assert newest(fresh, nights.lab) == newest(nights.lab.export.ledger, nights.lab)
    assert newest(fresh, nights.lab)["article_info"]["Å-2"]["priceexclvat"][0] == "110,00"
    entries = list(nights.lab.journal().entries())
    assert stored == {
        (ACCOUNT, queue.value): sum(entry.function == queue.value for entry in entries) for queue in Queue
    }
    for queue in Queue:
        assert fresh.in_flight(ACCOUNT, queue.value) == []


def test_a_replayed_batch_was_opened_after_the_one_before_it_was_read(nights: Nights, fresh: Ledger) -> None:
    """Rule 33: never a time that is too late, so that an order counts rather than not; the first is unknown."""
    replay(nights.lab.journal(), fresh)
    entries = sorted(nights.lab.journal().entries(ACCOUNT, "stock"), key=lambda entry: entry.read_at)
    reads = [entry.read_at for entry in entries]
    openings = fresh.imports.batch_openings(ACCOUNT, "stock", {entry.batch_no for entry in entries})
    assert [openings[entry.batch_no] for entry in entries] == [None, *reads[:-1]]


def test_twice_is_the_same_as_once(nights: Nights, fresh: Ledger) -> None:
    replay(nights.lab.journal(), fresh)
    once = newest(fresh, nights.lab)
    replay(nights.lab.journal(), fresh)
    assert newest(fresh, nights.lab) == once


@pytest.mark.parametrize(
    "since", [None, START + timedelta(days=2, hours=23)], ids=["all", "since the backup"]
)
def test_a_ledger_from_a_backup(nights: Nights, since: datetime | None) -> None:
    """What was acknowledged after the backup Specter never tells again."""
    lab = nights.lab
    backup = nights.backup()
    for price in ("120", "115"):
        nights.night(price)
    want = newest(lab.export.ledger, lab)
    lab.export.ledger.close()
    for path in lab.export.folder.glob("ledger.db*"):
        path.unlink()
    (lab.export.folder / "ledger.db").write_bytes(backup)
    lab.export.ledger = Ledger.open(lab.export.ledger_url)
    assert newest(lab.export.ledger, lab) != want
    replay(lab.journal(), lab.export.ledger, since=since)
    assert newest(lab.export.ledger, lab) == want


def test_a_batch_that_was_in_flight_stays_in_flight(nights: Nights) -> None:
    """It may be open at Specter, so it has to be read again under its own id."""
    lab = nights.lab
    lab.specter.edit("article.change", number="Å-1", price="7")
    lab.specter.fault("drop_before", count=None, action=Queue.ARTICLE_INFO.acknowledge_action)
    with pytest.raises(Exception, match="may or may not"):
        lab.drain(Queue.ARTICLE_INFO)
    lab.specter.clear_faults()
    before = lab.export.ledger.in_flight(ACCOUNT, "article_info")
    assert [one.state for one in before] == [BatchState.READ]
    replay(lab.journal(), lab.export.ledger)
    assert lab.export.ledger.in_flight(ACCOUNT, "article_info") == before


def test_nothing_is_replayed_while_a_queue_is_read(nights: Nights, fresh: Ledger) -> None:
    with (
        hold_leases(fresh, [f"queue/{ACCOUNT}/stock"], "a task", nights.lab.export.terms),
        pytest.raises(LeaseHeldError),
    ):
        replay(nights.lab.journal(), fresh)
    assert newest(fresh, nights.lab)["stock"]["Å-2"] == {}


def test_what_cannot_be_read_is_named_and_left_out(nights: Nights, fresh: Ledger, caplog) -> None:
    journal = nights.lab.journal()
    cut, refusal = list(journal.entries(ACCOUNT, "article_info"))[:2]
    (journal.folder / cut.reference).write_bytes(b"<?xml version='1.0'?><svar><articles>")
    (journal.folder / refusal.reference).write_bytes(b"0;9001;Fel nyckel")
    replay(journal, fresh)
    assert f"{cut.reference} in the journal cannot be read" in caplog.text
    assert f"{refusal.reference} in the journal is a refusal" in caplog.text
    assert newest(fresh, nights.lab)["article_info"]["Å-2"]["priceexclvat"][0] == "110,00"


def test_the_command(nights: Nights, fresh: Ledger, capsys) -> None:
    folder = nights.lab.export.folder
    assert main([f"sqlite:///{folder / 'fresh.db'}", str(folder / "journal"), "--since", "2026-11-04"]) == 0
    told = capsys.readouterr().out
    assert told.splitlines()[0].split() == [ACCOUNT, "article_info", "2", "answers"]
    assert newest(fresh, nights.lab)["article_info"]["Å-2"]["priceexclvat"][0] == "110,00"
    assert newest(fresh, nights.lab)["article_info"]["Å-5"] == {}
    assert main([f"sqlite:///{folder / 'nothing.db'}", str(folder / "journal")]) == 1
    assert "nothing.db" in capsys.readouterr().err
    assert main([f"sqlite:///{folder / 'fresh.db'}", str(folder / "no journal")]) == 0
    assert "no answers" in capsys.readouterr().out
