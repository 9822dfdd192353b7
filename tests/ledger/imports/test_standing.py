"""What the reconciliation reads: where every item stands, and what the night's plan says of an article."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from import_samples import ACCOUNT, INFO, NIGHT, change, plan, records, told, writes
from ledger_samples import article_key, articles, item, stage, variant_key

from abicart_specter.domain.imports.records import ImportPart
from abicart_specter.domain.records import Kind, Outcome
from abicart_specter.ledger import (
    ChangeState,
    Created,
    GoneItem,
    Intent,
    Ledger,
    OutcomeRecord,
    RunKey,
    Sent,
    StagedArticle,
    StagingGoneError,
)

EXPORTS = ("product_export", "product_change_export")


def test_every_item_comes_with_what_specter_has_of_it(ledger: Ledger) -> None:
    variants = StagedArticle(
        2, [item(21, Kind.VARIANT, 2), replace(item(22, Kind.VARIANT, 2), product_number=None)]
    )
    stage(ledger, NIGHT, [[*articles([1]), variants], articles([3])])
    ledger.record_created("demo", [Created(article_key(1), "A-1")])
    ledger.record_sent("demo", [Sent(variant_key(21), "V-21", "h", {})])
    ledger.record_intent("demo", [Intent(article_key(3), "h")])
    ledger.record_created("other", [Created(variant_key(22), "V-22")])
    batches = list(ledger.imports.iter_standing(NIGHT, batch=3))
    assert [len(batch) for batch in batches] == [3, 1]
    first, second, third, fourth = [one for batch in batches for one in batch]
    assert (first.key, first.article_uid, first.created_number) == (article_key(1), 1, "A-1")
    assert (first.name, first.price, first.vat_rate) == ("Tröja", Decimal("249.00"), Decimal("0.25"))
    assert first.created_in_specter_at is not None
    assert (second.key, second.article_uid, second.sent_number) == (variant_key(21), 2, "V-21")
    assert second.sent_at is not None
    assert (third.key, third.product_number, third.created_number, third.intent_at) == (
        variant_key(22),
        None,
        None,
        None,
    )
    assert fourth.intent_at is not None
    assert fourth.sent_at is None


def test_items_that_the_shop_deleted_are_found(ledger: Ledger) -> None:
    stage(ledger, NIGHT, [articles([1])])
    ledger.record_created("demo", [Created(article_key(uid), f"A-{uid}") for uid in (1, 2)])
    ledger.record_created("demo", [Created(variant_key(1), "V-1")])  # another series: not article 1
    ledger.record_sent("demo", [Sent(article_key(2), "A-2b", "h", {})])
    ledger.record_intent("demo", [Intent(article_key(3), "h")])  # never confirmed: Specter may not have it
    ledger.record_created("other", [Created(article_key(4), "A-4")])
    assert ledger.imports.gone_items(NIGHT) == [
        GoneItem(article_key(2), "A-2b"),
        GoneItem(variant_key(1), "V-1"),
    ]


def test_without_a_whole_catalogue_nothing_is_said(ledger: Ledger) -> None:
    ledger.start_run(NIGHT, {})
    ledger.reset_staging(NIGHT)
    with pytest.raises(StagingGoneError):
        list(ledger.imports.iter_standing(NIGHT))
    with pytest.raises(StagingGoneError):
        ledger.imports.gone_items(NIGHT)


def export(
    ledger: Ledger, run_id: str, flow: str, *outcomes: tuple[int, Outcome, str], shop: str = "demo"
) -> None:
    run = RunKey(shop, flow, run_id)
    ledger.start_run(run, {})
    ledger.record_outcomes(
        run, [OutcomeRecord(article_key(uid), f"A-{uid}", what, "why", rule) for uid, what, rule in outcomes]
    )


def test_the_newest_outcome_that_says_something_counts(ledger: Ledger) -> None:
    held, excluded = Outcome.HELD, Outcome.EXCLUDED
    export(ledger, "1", "product_export", (1, held, "old"), (2, held, "old"), (3, held, "old"))
    export(ledger, "2", "product_change_export", (2, held, "new"))
    export(
        ledger,
        "3",
        "product_export",
        (1, held, "new"),
        (2, excluded, "not_selected"),
        (3, excluded, "not_selected"),
    )
    export(ledger, "4", "validation", (3, held, "not an export"))
    export(ledger, "5", "product_export", (3, held, "not our shop"), shop="other")

    def rules(**more: int) -> dict[int, str]:
        found = ledger.imports.last_outcomes(
            "demo", EXPORTS, [article_key(uid) for uid in (1, 2, 3, 4)], passed_over=["not_selected"], **more
        )
        return {key.uid: record.rule for key, record in found.items()}

    assert rules() == {1: "new", 2: "new", 3: "old"}
    assert rules(runs=1) == {1: "new"}
    assert ledger.imports.last_outcomes("demo", EXPORTS, []) == {}


def test_where_a_look_stands_and_what_came_after(ledger: Ledger) -> None:
    assert ledger.imports.looked_to("demo", INFO) == 0
    told(ledger, "B1", ("A-1", "price", "1"))
    look = ledger.imports.numbers_to_look_at("demo", ACCOUNT, INFO)
    ledger.imports.record_looked("demo", INFO, look.to_row_id, {"A-1": "held"})
    assert ledger.imports.looked_to("demo", INFO) == look.to_row_id
    assert ledger.imports.told_since(ACCOUNT, INFO, look.to_row_id) == set()
    told(ledger, "B2", ("A-2", "price", "1"), ("A-2", "name", "x"))
    told(ledger, "S1", ("A-3", "available", "1"), function="stock")
    assert ledger.imports.told_since(ACCOUNT, INFO, look.to_row_id) == {"A-2"}


def test_an_article_is_finished_when_all_its_changes_are_applied(ledger: Ledger) -> None:
    plan(ledger, [change(1), change(2), change(2, part=ImportPart.TEXT), change(3)])
    done = [
        one for one in records(ledger) if (one.change.article_uid, one.change.part) != (2, ImportPart.TEXT)
    ][:2]
    ledger.imports.begin_changes("demo", writes(done))
    ledger.imports.confirm_changes("demo", writes(done))
    assert ledger.imports.finished_articles(NIGHT) == {1}
    standings = ledger.imports.change_standings(NIGHT, [1, 2, 9])
    assert {key: one.state for key, one in standings.items()} == {
        (1, ImportPart.PRICE): ChangeState.APPLIED,
        (2, ImportPart.PRICE): ChangeState.APPLIED,
        (2, ImportPart.TEXT): ChangeState.PLANNED,
    }
    assert standings[1, ImportPart.PRICE].hash == change(1).hash
