"""Articles that wait to be looked at, and items that the shop lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from change_samples import HOUR, T0, articles, item, key, numbers, read_all, stage

from abicart_specter.domain.records import CatalogueItem, Flag, Outcome, Severity
from abicart_specter.ledger import Created, Ledger, LostItem, OutcomeRecord, RunKey, StagingGoneError

DAY = timedelta(hours=24)


def done(ledger: Ledger, run: RunKey, *items: CatalogueItem, **outcomes: Outcome) -> int:
    """A run that found these items ends; items are sent unless told otherwise by ``number=outcome``."""
    stage(ledger, run, *items)
    ledger.record_outcomes(
        run,
        [
            OutcomeRecord(one.key, one.product_number, outcome)
            for one in items
            if (outcome := outcomes.get(one.product_number or "", Outcome.SENT)) is not None
        ],
    )
    return ledger.product_changes.settle(run, T0 + HOUR, DAY)


def test_what_a_run_dealt_with_waits_no_longer(ledger: Ledger, run: RunKey) -> None:
    found = [item(uid, f"N{uid}") for uid in range(1, 8)]
    ledger.product_changes.changed(run, articles(*found), T0)
    left = done(
        ledger,
        run,
        *found,
        N2=Outcome.UNCHANGED,
        N3=Outcome.HELD,
        N4=Outcome.UNCONFIRMED,
        N5=Outcome.FAILED,
        N6=None,
        N7=Outcome.EXCLUDED,
    )
    other = RunKey("demo", "product_change_export", "run-2")
    ledger.start_run(other, {})
    assert left == ledger.product_changes.waiting_count("demo") == 4
    assert ledger.product_changes.due(other, T0 + HOUR) == {4, 5, 6}
    assert ledger.product_changes.due(other, T0 + HOUR + DAY) == {3, 4, 5, 6}


def test_an_article_waits_as_long_as_one_of_its_items_does(ledger: Ledger, run: RunKey) -> None:
    found = [item(11, "A", article=1), item(12, "B", article=1)]
    ledger.product_changes.changed(run, articles(*found), T0)
    assert done(ledger, run, *found, B=Outcome.UNCONFIRMED) == 1


def test_what_another_run_noticed_meanwhile_stays(ledger: Ledger, run: RunKey) -> None:
    ledger.product_changes.changed(run, articles(item(1, "A")), T0)
    other = RunKey("demo", "nightly_import", "night-1")
    ledger.start_run(other, {})
    ledger.product_changes.noticed(other, {1}, T0 + HOUR)
    assert done(ledger, run, item(1, "A")) == 1


def test_a_run_comes_back_to_what_it_wrote_before(ledger: Ledger, run: RunKey) -> None:
    """It was cleared as a whole: its outcomes still stand, so their products must be found again."""
    ledger.product_changes.changed(run, articles(item(1, "A")), T0)
    done(ledger, run, item(1, "A"))
    assert ledger.product_changes.due(run, T0 + HOUR) == {1}


def test_without_a_staging_nothing_is_settled(ledger: Ledger, run: RunKey) -> None:
    ledger.product_changes.changed(run, articles(item(1, "A")), T0)
    with pytest.raises(StagingGoneError):
        ledger.product_changes.settle(run, T0, DAY)
    assert ledger.product_changes.waiting_count("demo") == 1


def test_shops_have_nothing_in_common(ledger: Ledger, run: RunKey) -> None:
    other = RunKey("other", "product_export", "run-1")
    ledger.start_run(other, {})
    read_all(ledger, run, T0, item(1, "A"))
    read_all(ledger, other, T0, item(1, "B"), item(2, "A"))
    assert numbers(ledger) == {key(1): "A"}
    ledger.product_changes.changed(other, articles(item(2, "C")), T0 + HOUR)
    assert ledger.product_changes.due(run, T0 + HOUR) == set()
    assert ledger.product_changes.due(other, T0 + HOUR) == {2}


# What the shop lost


def test_lost_items(ledger: Ledger, run: RunKey) -> None:
    ledger.record_created("demo", [Created(key(uid), f"N{uid}") for uid in range(1, 6)])
    read_all(ledger, run, T0, item(1, "N1"), item(2, None), item(3, " "), item(6, "N5"), item(7, None))
    assert ledger.product_changes.lost_items("demo") == [
        LostItem(key(2), "N2", deleted=False),
        LostItem(key(3), "N3", deleted=False),
        LostItem(key(4), "N4", deleted=True),
    ]


def test_a_number_that_specter_has_for_an_item_of_the_index_is_taken(ledger: Ledger, run: RunKey) -> None:
    """The run on change found only the new owner."""
    ledger.record_created("demo", [Created(key(1), "A"), Created(key(2), "B")])
    read_all(ledger, run, T0, item(1, "A2"), item(3, "A"))
    stage(ledger, run, item(3, "A"))
    assert ledger.numbers_taken_over(run, {key(3): "A"}) == {key(3): key(1)}
    assert ledger.numbers_taken_over(run, {key(3): "B"}) == {}


def test_flags_that_are_open(ledger: Ledger, run: RunKey) -> None:
    flag = Flag(key(1), "deleted_in_shop", Severity.WARNING, "gone", "nothing", "A")
    ledger.record_flags(run, [flag], checked={key(1)}, source="product_changes")
    assert ledger.product_changes.flagged_items("demo", "product_changes") == {(key(1), "deleted_in_shop")}
    assert ledger.product_changes.flagged_items("demo", "validation") == set()
    ledger.record_flags(run, [], checked={key(1)}, source="product_changes")
    assert ledger.product_changes.flagged_items("demo", "product_changes") == set()
