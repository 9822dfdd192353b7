"""The index of the catalogue, articles that wait, and how far changes were read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from abicart_specter.domain.records import CatalogueItem, Flag, ItemKey, Kind, Outcome, Severity
from abicart_specter.ledger import (
    VALIDATION_COLUMNS,
    Created,
    IndexCounts,
    Ledger,
    LostItem,
    OutcomeRecord,
    ReadingState,
    RunKey,
    StagedArticle,
    StagingGoneError,
)

T0 = datetime(2026, 11, 2, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(hours=24)


def item(uid: int, number: str | None, *, article: int | None = None, price: str = "100") -> CatalogueItem:
    kind = Kind.ARTICLE if article is None else Kind.VARIANT
    return CatalogueItem(
        key=ItemKey(kind, uid),
        article_uid=article or uid,
        product_number=number,
        own_number=number is not None or kind is Kind.ARTICLE,
        name="Vara",
        price_regular=Decimal(price),
        price_ex_vat=Decimal(price),
        vat_rate=Decimal("0.25"),
        stock_managed=True,
        stock=None,
        is_package=False,
        hidden=False,
        draft=False,
        ean=None,
        weight_grams=None,
        document={"article": {"uid": article or uid}, "variant": None},
    )


def articles(*items: CatalogueItem) -> list[StagedArticle]:
    by_uid: dict[int, list[CatalogueItem]] = {}
    for one in items:
        by_uid.setdefault(one.article_uid, []).append(one)
    return [StagedArticle(uid, found) for uid, found in by_uid.items()]


def stage(ledger: Ledger, run: RunKey, *items: CatalogueItem) -> None:
    ledger.reset_staging(run)
    ledger.stage_articles(run, articles(*items))
    counts = ledger.staged_counts(run)
    ledger.set_counts(run, counts.articles, counts.items)


def read_all(ledger: Ledger, run: RunKey, at: datetime, *items: CatalogueItem) -> None:
    stage(ledger, run, *items)
    ledger.product_changes.index_staging(run, at)


def numbers(ledger: Ledger) -> dict[ItemKey, str | None]:
    columns = {name: [] for name in VALIDATION_COLUMNS}
    ledger.product_changes.add_other_columns("demo", columns, ())
    keys = map(ItemKey, columns["kind"], columns["uid"])
    return dict(zip(keys, columns["product_number"], strict=True))


def key(uid: int, kind: Kind = Kind.ARTICLE) -> ItemKey:
    return ItemKey(kind, uid)


# How far


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
    done(ledger, run, item(1, "X-1"), item(2, twin))
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


# What waits


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
