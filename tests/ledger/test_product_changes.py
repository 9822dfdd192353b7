"""The index of the catalogue, and how far changes were read."""

from __future__ import annotations

import pytest
from change_samples import HOUR, T0, articles, item, key, numbers, read_all, stage

from abicart_specter.domain.records import Kind
from abicart_specter.ledger import Created, IndexCounts, Ledger, ReadingState, RunKey


def test_a_shop_nobody_read_has_no_index(ledger: Ledger) -> None:
    assert ledger.product_changes.state("demo") == ReadingState()
    assert ledger.product_changes.counts("demo") == IndexCounts(0, 0)


def test_the_cursor_only_moves_forward(ledger: Ledger) -> None:
    ledger.product_changes.move_cursor("demo", T0)
    ledger.product_changes.move_cursor("demo", T0 - HOUR)
    assert ledger.product_changes.state("demo").read_to == T0
    ledger.product_changes.move_cursor("demo", T0 + HOUR)
    assert ledger.product_changes.state("demo").read_to == T0 + HOUR
    assert ledger.product_changes.state("other").read_to is None


def test_changes_count_from_the_first_product_export_on(ledger: Ledger, run: RunKey) -> None:
    started = ledger.get_run(run).started_at
    later = RunKey("demo", "product_export", "run-2")
    ledger.start_run(later, {})
    read_all(ledger, later, started + HOUR, item(1, "A"))
    assert ledger.product_changes.state("demo") == ReadingState(started, started + HOUR)


def test_without_an_export_changes_count_from_now_on(ledger: Ledger) -> None:
    ledger.product_changes.index_articles("demo", articles(item(1, "A")), T0)
    ledger.product_changes.index_made("demo", T0)
    assert ledger.product_changes.state("demo") == ReadingState(T0, T0)
    ledger.product_changes.index_made("demo", T0 + HOUR)
    assert ledger.product_changes.state("demo") == ReadingState(T0, T0 + HOUR)


# The index


def test_a_reading_of_everything_makes_the_index(ledger: Ledger, run: RunKey) -> None:
    read_all(ledger, run, T0, item(1, "A"), item(21, "B-1", article=2), item(22, None, article=2))
    assert ledger.product_changes.counts("demo") == IndexCounts(articles=2, items=3)
    assert numbers(ledger) == {key(1): "A", key(21, Kind.VARIANT): "B-1", key(22, Kind.VARIANT): None}
    assert ledger.product_changes.article_uids("demo") == {1, 2}
    assert ledger.product_changes.due(run, T0 + HOUR) == set()


def test_its_columns_are_those_of_the_validation(ledger: Ledger, run: RunKey) -> None:
    everything = [item(1, "A", price="1.50"), item(21, "B-1", article=2), item(3, "C")]
    read_all(ledger, run, T0, *everything)
    whole = ledger.validation_columns(run)
    stage(ledger, run, everything[0])
    columns = ledger.validation_columns(run)
    ledger.product_changes.add_other_columns("demo", columns, {1})
    assert {name: list(values) for name, values in columns.items()} == {
        name: list(values) for name, values in whole.items()
    }


def test_what_changed_is_in_the_index_and_waits(ledger: Ledger, run: RunKey) -> None:
    read_all(ledger, run, T0, item(1, "A"), item(2, "B"))
    ledger.product_changes.changed(run, articles(item(1, "A", price="2"), item(3, "C")), T0 + HOUR)
    assert numbers(ledger) == {key(1): "A", key(2): "B", key(3): "C"}
    assert ledger.product_changes.due(run, T0 + HOUR) == {1, 3}


@pytest.mark.parametrize("twin", ["X-1", "x-1", "0X-1"])
def test_whoever_shares_a_number_that_was_taken_or_given_back_waits_too(
    ledger: Ledger, run: RunKey, twin: str
) -> None:
    read_all(ledger, run, T0, item(1, "X-1"), item(2, "B"), item(3, "C"))
    ledger.product_changes.changed(run, articles(item(2, twin)), T0 + HOUR)
    assert ledger.product_changes.due(run, T0 + HOUR) == {1, 2}
    stage(ledger, run, item(1, "X-1"), item(2, twin))
    ledger.product_changes.changed(run, articles(item(2, "B")), T0 + 2 * HOUR)
    assert ledger.product_changes.due(run, T0 + 2 * HOUR) == {1, 2}


def test_another_price_concerns_nobody_else(ledger: Ledger, run: RunKey) -> None:
    read_all(ledger, run, T0, item(1, "A"), item(2, "A"))
    ledger.product_changes.changed(run, articles(item(2, "A", price="2")), T0 + HOUR)
    assert ledger.product_changes.due(run, T0 + HOUR) == {2}


def test_no_number_and_a_blank_one_make_no_neighbours(ledger: Ledger, run: RunKey) -> None:
    read_all(ledger, run, T0, item(1, " "), item(2, None), item(3, "C"))
    ledger.product_changes.changed(run, articles(item(3, " ")), T0 + HOUR)
    assert ledger.product_changes.due(run, T0 + HOUR) == {3}


def test_a_deleted_article_sets_free_its_numbers_and_that_under_which_specter_has_it(
    ledger: Ledger, run: RunKey
) -> None:
    read_all(ledger, run, T0, item(1, "NEW"), item(2, "OLD"), item(3, "NEW"), item(4, "D"))
    ledger.record_created("demo", [Created(key(1), "OLD")])
    ledger.product_changes.noticed(run, {1}, T0)
    ledger.product_changes.deleted(run, {1}, T0 + HOUR)
    assert numbers(ledger) == {key(2): "OLD", key(3): "NEW", key(4): "D"}
    assert ledger.product_changes.due(run, T0 + HOUR) == {2, 3}


def test_a_variant_that_is_gone_leaves_the_index(ledger: Ledger, run: RunKey) -> None:
    read_all(ledger, run, T0, item(21, "V-1", article=2), item(22, "V-2", article=2), item(3, "V-2"))
    ledger.product_changes.changed(run, articles(item(21, "V-1", article=2)), T0 + HOUR)
    assert key(22, Kind.VARIANT) not in numbers(ledger)
    assert ledger.product_changes.due(run, T0 + HOUR) == {2, 3}


def test_a_reading_that_began_earlier_changes_nothing_that_a_later_one_told(
    ledger: Ledger, run: RunKey
) -> None:
    """A long reading of everything goes on while a run on change comes and goes."""
    read_all(ledger, run, T0, item(1, "A"), item(2, "B"))
    ledger.product_changes.changed(run, articles(item(1, "NEW"), item(3, "C")), T0 + 2 * HOUR)
    read_all(ledger, run, T0 + HOUR, item(1, "A"), item(2, "B2"))
    assert numbers(ledger) == {key(1): "NEW", key(2): "B2", key(3): "C"}
    read_all(ledger, run, T0 + 3 * HOUR, item(1, "A"))
    assert numbers(ledger) == {key(1): "A"}


def test_what_a_reading_of_everything_finds_changed_waits_for_the_run_on_change(
    ledger: Ledger, run: RunKey
) -> None:
    """Should the shop not move an article's time of change when one of its variants changes."""
    read_all(ledger, run, T0, item(21, "V-1", article=2), item(3, "C"), item(4, "D"))
    nightly = RunKey("demo", "nightly_import", "night-1")
    ledger.start_run(nightly, {})
    read_all(ledger, nightly, T0 + HOUR, item(21, "C", article=2), item(3, "C"), item(4, "D"))
    assert ledger.product_changes.due(run, T0 + HOUR) == {2, 3}


def test_articles_that_fall_into_two_batches_are_compared_as_a_whole(ledger: Ledger, run: RunKey) -> None:
    """A batch holds 2,000 items; the article at its end goes on in the next one."""
    many = [item(uid, f"N-{uid}", article=1 + uid // 7) for uid in range(1, 4100)]
    read_all(ledger, run, T0, *many)
    before = numbers(ledger)
    read_all(ledger, run, T0 + HOUR, *many)
    assert numbers(ledger) == before == {one.key: one.product_number for one in many}
    assert ledger.product_changes.due(run, T0 + HOUR) == set()
