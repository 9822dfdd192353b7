"""A product that was deleted, or lost its number: reported, and Specter's article is left alone (F13)."""

from __future__ import annotations

import pytest
from change_lab import ChangeLab
from scenes import add_article, delete, flags, items, key, last_request, plain_articles, renumber

from abicart_specter.domain.records import Outcome, Severity
from abicart_specter.errors import EmptyCatalogueError, RetriableError


def test_a_deleted_product_is_flagged_once(sent: ChangeLab) -> None:
    item = plain_articles(sent.abicart_server)[1]
    delete(sent.abicart_server, item)
    after = last_request(sent.specter_server)
    run = sent.changes()
    flag = flags(sent, run.ctx)["deleted_in_shop"][key(item)].flag
    assert (flag.severity, flag.product_number) == (Severity.WARNING, item["product_number"])
    assert item["product_number"] in flag.message
    assert (run.read.deleted, run.report.found) == (1, 0)
    writes = [
        call
        for one in sent.specter_server.control.requests(after=after)
        for call in one["calls"]
        if call != "checkAccountSettings"
    ]
    assert writes == []
    sent.later(minutes=31)
    again = sent.changes()
    assert (again.read.deleted, again.read.lost, again.report) == (0, 0, None)
    assert sent.flagged(key(item)) == {"deleted_in_shop"}


def test_its_number_on_another_product_resolves_the_flag(sent: ChangeLab) -> None:
    item = plain_articles(sent.abicart_server)[1]
    delete(sent.abicart_server, item)
    sent.changes()
    sent.later(minutes=31)
    add_article(sent.abicart_server, item["product_number"])
    sent.changes()
    assert sent.flagged(key(item)) == set()


def test_a_product_deleted_while_another_was_added_is_found_though_the_count_is_the_same(
    sent: ChangeLab,
) -> None:
    item = plain_articles(sent.abicart_server)[1]
    delete(sent.abicart_server, item)
    add_article(sent.abicart_server, "NY-1")
    run = sent.changes()
    assert (run.read.deleted, run.report.sent) == (1, 1)
    assert sent.flagged(key(item)) == {"deleted_in_shop"}


def test_a_product_without_its_number_is_held_and_named(sent: ChangeLab) -> None:
    item = plain_articles(sent.abicart_server)[1]
    renumber(sent.abicart_server, item, None)
    run = sent.changes()
    assert run.report.held == 1
    flag = flags(sent, run.ctx)["number_lost"][key(item)].flag
    assert item["product_number"] in flag.message and item["product_number"] in flag.remedy
    assert sent.flagged(key(item)) >= {"number_lost", "number_missing"}
    sent.later(minutes=31)
    renumber(sent.abicart_server, item, item["product_number"])
    assert sent.changes().report.unchanged == 1
    assert sent.flagged(key(item)) == set()


def test_a_variant_without_a_number_of_its_own_has_lost_it_too(sent: ChangeLab) -> None:
    variant = next(one for one in items(sent.abicart_server) if one["kind"] == "variant")
    renumber(sent.abicart_server, variant, None)
    sent.changes()
    assert "number_lost" in sent.flagged(key(variant))


def test_a_reading_of_everything_between_two_runs_hides_no_deletion(sent: ChangeLab) -> None:
    """It renews the index, so that the counts agree; the flag comes all the same."""
    item = plain_articles(sent.abicart_server)[1]
    delete(sent.abicart_server, item)
    sent.read(sent.context(flow="nightly_import"))
    run = sent.changes()
    assert (run.read.deleted, run.read.lost) == (0, 1)
    assert sent.flagged(key(item)) == {"deleted_in_shop"}


def test_a_shop_that_shows_no_products_at_all_is_not_believed(sent: ChangeLab) -> None:
    """F27: nothing is flagged as deleted."""
    for item in plain_articles(sent.abicart_server):
        delete(sent.abicart_server, item)
    for item in {one["article_uid"]: one for one in items(sent.abicart_server)}.values():
        delete(sent.abicart_server, item)
    with pytest.raises(EmptyCatalogueError) as refused:
        sent.changes()
    assert isinstance(refused.value, RetriableError)
    assert "token's rights" in refused.value.remedy
    assert [row for row in sent.ledger.iter_open_flags("demo") if row.flag.rule == "deleted_in_shop"] == []


def test_a_product_never_exported_is_deleted_without_a_word(sent: ChangeLab) -> None:
    uid = add_article(sent.abicart_server, "DÅLIGT NUMMER")
    assert sent.changes().report.held == 1
    sent.later(minutes=31)
    sent.abicart_server.control.edit("delete", **{"class": "Article", "uid": uid})
    run = sent.changes()
    assert (run.read.deleted, run.read.lost) == (1, 0)
    assert sent.waiting() == 0
    assert sent.ledger.outcome_counts(run.ctx.run)[Outcome.HELD] == 0
