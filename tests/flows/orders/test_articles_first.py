"""An order naming an article that Specter may lack: the article goes first, or the order is held (fault F42)."""

from __future__ import annotations

import logging
import re
from decimal import Decimal

import pytest
from order_lab import NOON, OrderLab
from scenes import add_article, article_calls, specter_article

from abicart_specter.domain.records import Outcome


def orders_sent(lab: OrderLab) -> int:
    return int(lab.specter_server.control.counters()["calls"].get("newOrderSubmit", 0))


def test_an_article_that_specter_lacks_goes_first_and_only_once(order_lab: OrderLab) -> None:
    uid = add_article(order_lab.abicart_server, "NY-1")
    first = order_lab.place(NOON, rows=[{"article": uid, "quantity": 2}])
    second = order_lab.place(NOON, rows=[{"article": uid}])
    order_lab.single(first, second)
    made = [call for call in article_calls(order_lab.specter_server) if "NY-1" in call.numbers]
    assert [call.force for call in made] == [False]
    assert orders_sent(order_lab) == 2
    order_lab.single(order_lab.place(NOON, rows=[{"article": uid}]))
    assert len([c for c in article_calls(order_lab.specter_server) if "NY-1" in c.numbers]) == 1


def test_the_opening_stock_is_what_the_shop_had_before_these_orders(order_lab: OrderLab) -> None:
    """The shop has lowered its stock already, and Specter lowers its own when the orders arrive."""
    uid = add_article(order_lab.abicart_server, "NY-1", stock={"useStock": True, "stock": 10})
    orders = [order_lab.place(NOON, rows=[{"article": uid, "quantity": 2}]) for _ in range(2)]
    order_lab.single(*orders)
    article = specter_article(order_lab.specter_server, "NY-1")
    assert article is not None
    (row,) = [
        row
        for call in article_calls(order_lab.specter_server)
        for row in call.rows
        if row["articleNo"] == "NY-1"
    ]
    assert row["noItemsInStock"] == "10"


def test_an_article_that_specter_has_is_left_as_it_is(order_lab: OrderLab) -> None:
    uid = add_article(order_lab.abicart_server, "NY-1", price="125")
    order_lab.specter_server.control.edit("article.new", number="NY-1", name="Specters eget namn")
    order_lab.single(order_lab.place(NOON, rows=[{"article": uid}]))
    article = specter_article(order_lab.specter_server, "NY-1")
    assert article is not None
    assert article["name"] == "Specters eget namn"
    assert orders_sent(order_lab) == 1


def test_an_invalid_article_holds_its_order_naming_row_and_product_and_no_other(order_lab: OrderLab) -> None:
    good = add_article(order_lab.abicart_server, "NY-1")
    bad = add_article(order_lab.abicart_server, "NY 2")
    held = order_lab.place(NOON, rows=[{"article": good}, {"article": bad}])
    sent = order_lab.place(NOON, rows=[{"article": good}])
    outcomes = order_lab.single(held, sent)
    assert outcomes == {Outcome.HELD: 1, Outcome.SENT: 1}
    record = order_lab.orders.states("demo", [held])[held]
    assert record.rule == "article_missing_in_specter"
    assert "row 2" in record.reason
    assert "NY 2" in record.reason
    assert record.remedy
    # Mended in the shop, the next run sends it.
    order_lab.edit("Article", uid=bad, patch={"articleNumber": "NY-2"})
    renumbered = order_lab.place(NOON, rows=[{"article": bad}])
    assert order_lab.single(renumbered)[Outcome.SENT] == 1


def test_a_number_that_two_products_have_is_never_created(order_lab: OrderLab) -> None:
    one = add_article(order_lab.abicart_server, "NY-1")
    add_article(order_lab.abicart_server, "NY-1")
    uid = order_lab.place(NOON, rows=[{"article": one}])
    assert order_lab.single(uid)[Outcome.HELD] == 1
    assert "several products" in order_lab.orders.states("demo", [uid])[uid].reason
    assert specter_article(order_lab.specter_server, "NY-1") is None


def test_a_product_that_the_shop_has_no_more_goes_by_its_number_if_specter_has_it(
    order_lab: OrderLab,
) -> None:
    uid = add_article(order_lab.abicart_server, "NY-1", price="125")
    order_lab.single(order_lab.place(NOON, rows=[{"article": uid}]))
    later = order_lab.place(NOON, rows=[{"article": uid}])
    never = add_article(order_lab.abicart_server, "NY-2")
    unknown = order_lab.place(NOON, rows=[{"article": never}])
    for gone in (uid, never):
        order_lab.edit("delete", **{"class": "Article", "uid": gone})
    assert order_lab.single(later)[Outcome.SENT] == 1
    assert order_lab.single(unknown)[Outcome.HELD] == 1
    newest = max(order_lab.specter_orders(), key=lambda one: one["number"])
    assert Decimal(newest["totals"]["total"]) == order_lab.to_pay(later)


@pytest.mark.parametrize("number", ["NY 2", "FRAKT"], ids=["invalid", "reserved"])
def test_a_dry_run_says_that_the_order_would_be_held(order_lab: OrderLab, caplog, number: str) -> None:
    """With the very words of the real run after it."""
    bad = add_article(order_lab.abicart_server, number)
    uid = order_lab.place(NOON, rows=[{"article": bad}])
    good = order_lab.place(NOON, rows=[{"article": add_article(order_lab.abicart_server, "NY-1")}])
    before = order_lab.dump_ledger()
    with caplog.at_level(logging.INFO):
        order_lab.single(uid, good, dry_run=True)
    assert order_lab.specter_server.control.counters()["requests"] == 0
    assert order_lab.dump_ledger() == before
    assert re.search(r"would be held +1$", caplog.text, re.MULTILINE)
    assert re.search(r"would be sent +1$", caplog.text, re.MULTILINE)
    assert order_lab.single(uid, good) == {Outcome.HELD: 1, Outcome.SENT: 1}
    assert order_lab.orders.states("demo", [uid])[uid].reason in caplog.text
