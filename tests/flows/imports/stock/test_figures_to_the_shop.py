"""Specter's figures come to the shop's items, less the orders that Specter does not know yet."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

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


def test_several_sites_are_added_up_unless_the_shop_names_those_that_count(lab: StockLab) -> None:
    item = lab.item()
    sites = list(lab.specter_server.control.inspect("accounts")[0]["sites"])
    assert len(sites) > 1
    lab.specter_stock(item["product_number"], 5, site=int(sites[0]))
    lab.specter_stock(item["product_number"], 8, site=int(sites[1]))
    lab.stock_import()
    assert lab.stock(item) == Decimal(13)
    lab.use(imports__stock=True, stock__sites=[int(sites[1])])
    lab.specter_stock(item["product_number"], 9, site=int(sites[1]))
    lab.later(60 * MINUTES)
    lab.stock_import()
    assert lab.stock(item) == Decimal(9)
