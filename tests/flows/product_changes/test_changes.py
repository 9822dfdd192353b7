"""Setting 22: what is added or changed goes to Specter by itself, and nothing else does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from change_lab import ChangeLab
from harness import demo_settings
from scenes import (
    add_article,
    change,
    delete,
    items,
    key,
    outcomes,
    page_reads,
    plain_articles,
    reprice,
    specter_article,
    specter_numbers,
)

from abicart_specter.domain.records import Outcome
from abicart_specter.flows.product_changes.switched_off import why_off


def price_in_specter(lab: ChangeLab, item) -> str:
    return str(specter_article(lab.specter_server, item["product_number"])["price"])


def test_a_changed_price_is_one_row_in_one_call(sent: ChangeLab) -> None:
    item = plain_articles(sent.abicart_server)[1]
    reprice(sent.abicart_server, item, "250")
    with sent.writes() as calls:
        run = sent.changes()
    assert [(call.force, call.numbers) for call in calls] == [(True, [item["product_number"]])]
    assert calls[0].rows[0]["priceExclVAT"] == "200.00"
    assert (run.report.found, run.report.sent) == (1, 1)
    assert sent.waiting() == 0


def test_a_run_without_changes_reads_little_and_writes_nothing(sent: ChangeLab) -> None:
    before = page_reads(sent.abicart_server)
    with sent.writes() as calls:
        run = sent.changes()
    assert calls == []
    assert (run.read.articles, run.report) == (0, None)
    assert page_reads(sent.abicart_server) - before == 1
    record = sent.ledger.get_run(run.ctx.run)
    assert record.finished_at is not None and record.summary["found"] == 0


def test_a_new_product_goes_in_two_passes_with_its_opening_stock(sent: ChangeLab) -> None:
    add_article(sent.abicart_server, "NY-1")
    with sent.writes() as calls:
        run = sent.changes()
    assert [(call.force, call.numbers) for call in calls] == [(False, ["NY-1"]), (True, ["NY-1"])]
    assert calls[0].rows[0]["noItemsInStock"] == "3"
    assert run.report.sent == 1


def test_a_variant_that_changes_brings_its_article_whose_others_are_unchanged(sent: ChangeLab) -> None:
    variant = next(one for one in items(sent.abicart_server) if one["kind"] == "variant")
    sent.abicart_server.control.edit("ArticleVariant", uid=variant["uid"], patch={"ean": "2099999999990"})
    article = [one for one in items(sent.abicart_server) if one["article_uid"] == variant["article_uid"]]
    run = sent.changes()
    assert run.report.found == len(article)
    assert run.report.sent <= 1
    assert run.report.sent + run.report.unchanged == len(article)


def test_a_product_saved_without_a_change_costs_no_write(sent: ChangeLab) -> None:
    item = plain_articles(sent.abicart_server)[1]
    change(sent.abicart_server, item, description={"sv": "<p>Bara text.</p>"})
    with sent.writes() as calls:
        run = sent.changes()
    assert calls == []
    assert (run.report.found, run.report.unchanged) == (1, 1)
    assert sent.waiting() == 0


def test_a_price_put_back_to_an_older_one_is_a_change_like_any_other(sent: ChangeLab) -> None:
    item = plain_articles(sent.abicart_server)[1]
    for price, expected in (("250", "200.00"), ("500", "400.00"), ("250", "200.00")):
        reprice(sent.abicart_server, item, price)
        assert sent.changes().sent == 1
        assert price_in_specter(sent, item) == expected
        sent.later(minutes=15)


def test_what_is_read_twice_by_the_overlap_is_written_once(sent: ChangeLab) -> None:
    item = plain_articles(sent.abicart_server)[1]
    reprice(sent.abicart_server, item, "250")
    assert sent.changes().sent == 1
    with sent.writes() as calls:
        again = sent.changes()
    assert (again.read.changed, again.report.unchanged, calls) == (1, 1, [])


def test_the_first_run_of_a_shop_without_an_export_sends_nothing_but_makes_the_index(lab: ChangeLab) -> None:
    lab.later(days=2)
    with lab.writes() as calls:
        run = lab.changes()
    assert (calls, run.read.articles) == ([], 0)
    assert lab.ledger.product_changes.counts("demo").items == 12
    add_article(lab.abicart_server, "NY-1")
    assert lab.changes().sent == 1
    assert specter_numbers(lab.specter_server) == {"NY-1"}


def test_what_changed_between_the_first_export_and_the_first_run_is_sent(lab: ChangeLab) -> None:
    lab.run()
    reprice(lab.abicart_server, plain_articles(lab.abicart_server)[1], "250")
    lab.later(days=3)
    assert lab.changes().sent == 1


def test_what_changes_while_the_schedule_is_paused_goes_with_the_next_run(sent: ChangeLab) -> None:
    reprice(sent.abicart_server, plain_articles(sent.abicart_server)[1], "250")
    sent.later(days=10)
    assert sent.changes().sent == 1


@pytest.mark.parametrize("minutes", [-12, 12])
def test_clocks_that_differ_lose_nothing(sent: ChangeLab, minutes: int) -> None:
    """F29: the flows' clock is ahead of the shop's, or behind."""
    sent.skew = timedelta(minutes=minutes)
    item = plain_articles(sent.abicart_server)[1]
    sent.changes()
    for price in ("250", "500", "750"):
        reprice(sent.abicart_server, item, price)
        assert sent.changes().sent == 1
        sent.later(minutes=15)


@pytest.mark.parametrize(
    "switches",
    [
        {"changed_filter": "refused"},
        {"range_bounds": "exclusive"},
        {"uid_filter": "refused"},
        {"list_limit": "100"},
        {"list_limit": "none"},
        {"uid_type": "string"},
        {"time_format": "naive"},
        {"time_format": "z"},
        {"empty_object": "array"},
        {"missing_object": "null"},
        {"missing_object": "-32602"},
        {"unknown_key": "ignored"},
        {"price_meaning": "displayed"},
        {"no_offer": "regular"},
        {"vat_rate_shape": "by_country"},
    ],
    ids=lambda switches: "-".join(f"{name}-{value}" for name, value in switches.items()),
)
def test_however_the_shop_answers(lab: ChangeLab, switches: dict[str, str]) -> None:
    lab.abicart_server.control.switches(**switches)
    lab.run()
    lab.changes()
    lab.later(minutes=31)
    item, *_, last = plain_articles(lab.abicart_server)
    reprice(lab.abicart_server, item, "250")
    add_article(lab.abicart_server, "NY-1")
    delete(lab.abicart_server, last)
    run = lab.changes()
    assert lab.flagged(key(last)) == {"deleted_in_shop"}
    assert {outcome.product_number for outcome in outcomes(lab, run.ctx).values()} == {
        item["product_number"],
        "NY-1",
    }
    assert run.report.sent == 2


def test_each_product_found_has_one_outcome(sent: ChangeLab) -> None:
    item = plain_articles(sent.abicart_server)[1]
    reprice(sent.abicart_server, item, "250")
    run = sent.changes()
    assert {one: record.outcome for one, record in outcomes(sent, run.ctx).items()} == {
        key(item): Outcome.SENT
    }


@pytest.mark.parametrize(
    ("setting", "named"),
    [
        ({"events__export_product__when": "inactive"}, "events.export_product.when"),
        ({"events__export_product__update": "inactive"}, "events.export_product.update"),
        ({}, ""),
    ],
)
def test_setting_22(setting: dict[str, str], named: str) -> None:
    words = why_off(demo_settings(**setting))
    assert named in words
    assert bool(words) is bool(setting)
