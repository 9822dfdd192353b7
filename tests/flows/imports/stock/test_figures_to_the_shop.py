"""Specter's figures come to the shop's items, less the orders that Specter does not know yet."""

from __future__ import annotations

from datetime import timedelta

import pytest
from stock_lab import StockLab

MINUTES = timedelta(minutes=1)


@pytest.mark.parametrize("kind", ["article", "variant"])
def test_a_new_figure_is_written_to_the_item_that_has_the_number(lab: StockLab, kind: str) -> None:
    item = lab.item(kind)
    others = {one["uid"]: one["stock"] for one in lab.items() if one != item}
    lab.specter_stock(item["product_number"], 41)
    run = lab.stock_import()
    assert lab.stock(item) == 41
    assert {one["uid"]: one["stock"] for one in lab.items() if one["uid"] != item["uid"]} == others
    assert run.ended == {"written": 1}
    assert run.report is not None
    assert lab.open_numbers() == {}


def test_nothing_new_costs_no_write(lab: StockLab) -> None:
    lab.specter_stock(lab.item()["product_number"], 41)
    lab.stock_import()
    writes = lab.abicart_server.control.counters()["writes"]
    lab.later(timedelta(hours=1))
    run = lab.stock_import()
    assert run.planned.numbers == 0
    assert lab.abicart_server.control.counters()["writes"] == writes


def test_an_order_that_is_not_in_specter_is_taken_off(lab: StockLab) -> None:
    item = lab.item()
    lab.specter_stock(item["product_number"], 41)
    lab.buy(item, 3)
    lab.stock_import()
    assert lab.stock(item) == 38
    assert set(lab.open_numbers()) == {item["product_number"]}


def test_an_order_that_specter_had_before_the_batch_is_not_taken_off_again(lab: StockLab) -> None:
    item = lab.item()
    lab.specter_stock(item["product_number"], 41)
    lab.buy(item, 3)
    lab.later(10 * MINUTES)
    assert lab.export_orders().report is not None
    lab.later(10 * MINUTES)
    assert lab.available(item["product_number"]) == 38
    lab.stock_import()
    assert lab.stock(item) == 38
    assert lab.open_numbers() == {}


@pytest.mark.parametrize(("minutes", "stock"), [(4, 35), (6, 38)])
def test_a_confirmation_just_before_the_batch_is_no_proof(lab: StockLab, minutes: int, stock: int) -> None:
    """Five minutes of doubt (rule 33)."""
    item = lab.item()
    lab.specter_stock(item["product_number"], 41)
    lab.buy(item, 3)
    lab.later(10 * MINUTES)
    lab.export_orders()
    lab.later(minutes * MINUTES)
    lab.stock_import()
    assert lab.stock(item) == stock


def test_a_figure_from_before_the_order_went_keeps_it_off(lab: StockLab) -> None:
    """The figure of the night; by day the order comes, goes to Specter, and Specter has not told a new figure yet."""
    item = lab.item()
    lab.specter_stock(item["product_number"], 41)
    lab.buy(item, 3)
    lab.stock_import()
    lab.later(10 * MINUTES)
    lab.export_orders()
    lab.specter_server.control.edit("queue.clear", queue="stock")
    lab.later(60 * MINUTES)
    lab.stock_import()
    assert lab.stock(item) == 38


def test_a_cancelled_order_gives_its_stock_back(lab: StockLab) -> None:
    item = lab.item()
    lab.specter_stock(item["product_number"], 41)
    order = lab.buy(item, 3)
    lab.stock_import()
    lab.edit("discard_order", uid=order)
    lab.later(10 * MINUTES)
    lab.stock_import()
    assert lab.stock(item) == 41
    assert lab.open_numbers() == {}


def test_a_cancelled_order_is_seen_although_specter_tells_nothing_new(lab: StockLab) -> None:
    """The shop's stock was set by hand meanwhile: the figure is made again because the order changed state."""
    item = lab.item()
    lab.specter_stock(item["product_number"], 41)
    order = lab.buy(item, 3)
    lab.stock_import()
    lab.edit("discard_order", uid=order)
    lab.set_stock(item, 7)
    lab.later(10 * MINUTES)
    lab.stock_import()
    assert lab.stock(item) == 41


def test_never_below_zero_and_never_a_part_of_a_piece(lab: StockLab) -> None:
    first, second = lab.item(nth=0), lab.item(nth=1)
    lab.specter_stock(first["product_number"], 2)
    lab.specter_stock(second["product_number"], "7.9")
    lab.buy(first, 5)
    lab.stock_import()
    assert (lab.stock(first), lab.stock(second)) == (0, 7)


def test_without_a_number_nothing_is_written(lab: StockLab) -> None:
    """Specter writes "noItemsAvailable": unknown, never zero (rule 31)."""
    item = lab.item()
    before = lab.stock(item)
    lab.specter_stock(item["product_number"], None)
    run = lab.stock_import()
    assert lab.stock(item) == before
    assert lab.held(run) == {item["product_number"]: "stock_figure_unknown"}


def test_an_order_from_before_the_shops_orders_count_is_not_taken_off(lab: StockLab) -> None:
    item = lab.item()
    lab.use(imports__stock=True, orders__orders_from=lab.now)
    lab.place(lab.now - timedelta(minutes=5), rows=[{"article": item["uid"], "quantity": 3}])
    lab.specter_stock(item["product_number"], 41)
    lab.later(MINUTES)
    lab.stock_import()
    assert lab.stock(item) == 41


def test_an_order_that_a_rule_keeps_from_specter_for_good_is_not_taken_off(lab: StockLab) -> None:
    item = lab.item()
    uid = lab.buy(item, 3)
    run = lab.plan_stock()
    lab.orders.exclude(run.ctx.run, uid, "before_orders_from", "Placed before orders.orders_from.")
    lab.specter_stock(item["product_number"], 41)
    lab.later(10 * MINUTES)
    lab.stock_import()
    assert lab.stock(item) == 41


def test_an_order_whose_cancelling_was_taken_back_is_taken_off_again(lab: StockLab) -> None:
    item = lab.item()
    uid = lab.buy(item, 3)
    lab.edit("discard_order", uid=uid)
    lab.export_orders()
    lab.later(10 * MINUTES)
    lab.edit("discard_order", uid=uid, discarded=False)
    lab.specter_stock(item["product_number"], 41)
    lab.stock_import()
    assert lab.stock(item) == 38


def test_several_sites_are_added_up(two_sites: StockLab) -> None:
    lab, item = two_sites, two_sites.item()
    lab.specter_stock(item["product_number"], 5, site=1)
    lab.specter_stock(item["product_number"], 8, site=2)
    lab.stock_import()
    assert lab.stock(item) == 13


def test_only_the_sites_count_that_the_shop_names(two_sites: StockLab) -> None:
    lab, item = two_sites, two_sites.item()
    lab.use(imports__stock=True, stock__sites=[2])
    lab.specter_stock(item["product_number"], 5, site=1)
    lab.specter_stock(item["product_number"], 8, site=2)
    lab.stock_import()
    assert lab.stock(item) == 8


def test_a_site_that_specter_does_not_know_is_no_zero(two_sites: StockLab) -> None:
    lab, item = two_sites, two_sites.item()
    before = lab.stock(item)
    lab.use(imports__stock=True, stock__sites=[7])
    lab.specter_stock(item["product_number"], 0)
    run = lab.stock_import()
    assert lab.stock(item) == before
    assert lab.held(run) == {item["product_number"]: "stock_site_unknown"}
