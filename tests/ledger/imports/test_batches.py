"""When a batch can have been opened (rule 33), whether a queue still tells anything (rule 31), and clean-up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from import_samples import ACCOUNT, INFO, NEXT_NIGHT, NIGHT, change, plan, records, told
from ledger_samples import article_key

from abicart_specter.domain.imports.records import GuardVerdict, HeldImport, ImportPart
from abicart_specter.domain.masters import Master
from abicart_specter.ledger import InboxValue, Ledger, QueueActivity

START = datetime(2026, 3, 1, 2, 30, tzinfo=UTC)
At = Callable[[float], None]


@pytest.fixture
def clocked(url: str) -> Iterator[tuple[Ledger, At]]:
    """A ledger, and what sets its clock: minutes after the start."""
    now = [START]

    def at(minutes: float) -> None:
        now[0] = START + timedelta(minutes=minutes)

    with Ledger.open(url, clock=lambda: now[0]) as ledger:
        yield ledger, at


def minutes(ledger: Ledger, *batch_nos: str) -> list[float | None]:
    found = ledger.imports.batch_openings(ACCOUNT, INFO, batch_nos)
    return [
        None if (moment := found[no]) is None else (moment - START) / timedelta(minutes=1) for no in batch_nos
    ]


def test_our_own_batch_is_opened_after_its_id_was_stored(clocked: tuple[Ledger, At]) -> None:
    ledger, at = clocked
    ledger.set_in_flight(ACCOUNT, INFO, "B1")
    at(600)  # a killed task goes on in the morning
    ledger.set_in_flight(ACCOUNT, INFO, "B1")
    ledger.set_in_flight(ACCOUNT, INFO, "B1", quoted=True)
    ledger.store_batch(ACCOUNT, INFO, "B1", [], "journal/B1")
    assert minutes(ledger, "B1", "B9") == [0, None]
    assert ledger.in_flight(ACCOUNT, INFO)[0].opened_after == START


def test_a_batch_that_another_opened_is_younger_than_the_last_one_read(clocked: tuple[Ledger, At]) -> None:
    ledger, at = clocked
    ledger.set_in_flight(ACCOUNT, INFO, "B0", quoted=True)
    assert minutes(ledger, "B0") == [None]
    at(5)
    told(ledger, "B1", ("A-1", "price", "1"))
    at(7)
    told(ledger, "S1", ("A-1", "available", "1"), function="stock")  # another queue says nothing of this one
    at(9)
    ledger.set_in_flight(ACCOUNT, INFO, "B2")  # not read: Specter quotes another one
    ledger.set_in_flight(ACCOUNT, INFO, "X1", quoted=True)
    assert minutes(ledger, "B2", "X1") == [9, 5]


def test_an_acknowledgement_whose_answer_was_lost_moves_no_opening_forward(
    clocked: tuple[Ledger, At],
) -> None:
    ledger, at = clocked
    ledger.set_in_flight(ACCOUNT, INFO, "B1")
    at(1)
    ledger.store_batch(ACCOUNT, INFO, "B1", [], "journal/B1")
    # Specter heard of it then; another reader opened a batch; we noted the acknowledgement in the morning.
    at(600)
    ledger.acknowledged(ACCOUNT, INFO, "B1")
    ledger.set_in_flight(ACCOUNT, INFO, "X1", quoted=True)
    assert minutes(ledger, "X1") == [1]


def test_a_queue_shows_when_it_told_something_last(clocked: tuple[Ledger, At]) -> None:
    ledger, at = clocked
    assert ledger.imports.queue_activity(ACCOUNT, INFO) == QueueActivity(None, None, None)
    told(ledger, "B1")
    assert ledger.imports.queue_activity(ACCOUNT, INFO) == QueueActivity(START, START, None)
    at(1)
    told(ledger, "B2", ("A-1", "price", "1"))
    at(2)
    told(ledger, "B3")
    at(3)
    told(ledger, "S1", ("A-1", "available", "1"), function="stock")
    activity = ledger.imports.queue_activity(ACCOUNT, INFO)
    assert activity == QueueActivity(START, START + timedelta(minutes=2), START + timedelta(minutes=1))


def test_clean_up_keeps_the_newest_value_of_everything(clocked: tuple[Ledger, At]) -> None:
    ledger, at = clocked
    day = 24 * 60
    told(ledger, "B0")
    told(
        ledger,
        "B1",
        ("A-1", "price", "1"),
        ("A-1", "price", "2"),
        ("A-1", "name", "Tröja"),
        ("A-2", "price", None),
    )
    told(ledger, "B2", ("A-1", "price", "3"), ("A-3", "price", "1"))
    ledger.set_in_flight(ACCOUNT, INFO, "B3")
    at(89 * day)
    told(ledger, "B4", ("A-3", "price", "2"))
    at(89 * day + 1)
    told(ledger, "B5", ("A-3", "price", "3"))
    at(89 * day + 2)
    told(ledger, "B6")
    before = ledger.latest_values(ACCOUNT, INFO, ["A-1", "A-2", "A-3"])
    at(91 * day)
    pruned = ledger.prune("demo")
    # Old and replaced: two prices of A-1 and the first of A-3. Old and without rows: B0. B3 is not acknowledged.
    assert (pruned.inbox_rows, pruned.batches) == (3, 1)
    assert ledger.latest_values(ACCOUNT, INFO, ["A-1", "A-2", "A-3"]) == before
    assert [batch.batch_no for batch in ledger.in_flight(ACCOUNT, INFO)] == ["B3"]
    at(200 * day)
    pruned = ledger.prune("demo")
    # B2 holds the newest price of A-1, B5 that of A-3, B6 is the newest batch.
    assert (pruned.inbox_rows, pruned.batches) == (1, 1)
    assert minutes(ledger, "B1", "B2", "B4", "B5", "B6") == [0, 0, None, 89 * day + 1, 89 * day + 2]
    assert ledger.latest_values(ACCOUNT, INFO, ["A-1", "A-2", "A-3"]) == before
    assert ledger.imports.queue_activity(ACCOUNT, INFO).last_reported_at == START + timedelta(
        days=89, minutes=1
    )


def test_new_rows_are_newer_than_pruned_ones(clocked: tuple[Ledger, At]) -> None:
    ledger, at = clocked
    told(ledger, "B1", ("A-1", "price", "1"), ("A-1", "price", "2"))
    look = ledger.imports.numbers_to_look_at("demo", ACCOUNT, INFO)
    ledger.imports.record_looked("demo", INFO, look.to_row_id, {})
    at(100 * 24 * 60)
    assert ledger.prune("demo").inbox_rows == 1
    told(ledger, "B2", ("A-1", "price", "3"))
    assert ledger.imports.numbers_to_look_at("demo", ACCOUNT, INFO).numbers == ["A-1"]
    assert ledger.latest_values(ACCOUNT, INFO, ["A-1"])["A-1"]["price"].value == "3"


def test_a_clean_up_in_many_slices_removes_all_that_is_replaced(clocked: tuple[Ledger, At]) -> None:
    ledger, at = clocked
    for number in range(3):
        ledger.set_in_flight(ACCOUNT, INFO, f"B{number}")
        rows = [InboxValue(f"A-{n}", "price", str(number)) for n in range(4000)]
        ledger.store_batch(ACCOUNT, INFO, f"B{number}", rows, "")
    at(100 * 24 * 60)
    assert ledger.prune("demo").inbox_rows == 8000


def test_plans_of_old_runs_are_cleaned_up(ledger: Ledger) -> None:
    for run in (NIGHT, NEXT_NIGHT):
        plan(ledger, [change(1), change(2)], run)
        ledger.imports.record_part(run, GuardVerdict(ImportPart.PRICE, 2, 10), "h")
        ledger.imports.record_held(run, [HeldImport(article_key(3), "A-3", Master.PRICE, "rule", "", "")])
    pruned = ledger.prune("demo", keep_runs=1)
    assert (pruned.import_changes, pruned.import_held) == (2, 1)
    assert records(ledger, NIGHT) == []
    assert ledger.imports.part(NIGHT, ImportPart.PRICE) is None
    assert ledger.imports.held_counts(NIGHT) == {}
    assert len(records(ledger, NEXT_NIGHT)) == 2
    assert ledger.imports.part(NEXT_NIGHT, ImportPart.PRICE) is not None
    assert ledger.imports.held_counts(NEXT_NIGHT) == {"rule": 1}
