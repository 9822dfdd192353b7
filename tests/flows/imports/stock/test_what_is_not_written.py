"""Items that no figure is written to, and why."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from relay import Passing
from scenes import add_article, new_article, renumber
from stock_lab import StockLab


def test_a_number_that_the_shop_never_sent(lab: StockLab) -> None:
    new_article(lab.specter_server, "SPECTER-ONLY")
    lab.specter_stock("SPECTER-ONLY", 9)
    run = lab.stock_import()
    assert lab.held(run) == {"SPECTER-ONLY": "number_unknown"}


def test_a_product_whose_stock_was_not_managed_when_it_went_first(lab: StockLab) -> None:
    uid = add_article(lab.abicart_server, "UNMANAGED-1", stock={"useStock": False, "stock": 0})
    lab.export.run()
    lab.edit("Article", uid=uid, patch={"stock": {"useStock": True, "stock": 4}})
    lab.export.run()
    lab.specter_stock("UNMANAGED-1", 9)
    run = lab.stock_import()
    assert lab.held(run) == {"UNMANAGED-1": "stock_off_at_first"}
    assert lab.stock({"kind": "article", "uid": uid}) == 4


def test_a_product_whose_stock_is_not_managed_now(lab: StockLab) -> None:
    item = lab.item()
    lab.edit("Article", uid=item["uid"], patch={"stock": {"useStock": False, "stock": 0}})
    lab.specter_stock(item["product_number"], 9)
    run = lab.stock_import()
    assert lab.held(run) == {item["product_number"]: "stock_not_managed"}


@pytest.mark.parametrize("filterable", [True, False])
def test_a_number_that_a_second_product_has_got(lab: StockLab, filterable: bool) -> None:
    """Also where the shop cannot be asked for a number: then by the last reading of its whole catalogue."""
    item = lab.item()
    before = lab.stock(item)
    add_article(lab.abicart_server, item["product_number"])
    if not filterable:
        lab.abicart_server.control.switches(number_filter="refused")
        lab.index_catalogue()
    lab.specter_stock(item["product_number"], 9)
    run = lab.stock_import()
    assert lab.held(run) == {item["product_number"]: "number_ambiguous"}
    assert lab.stock(item) == before


def test_a_renumbered_product(lab: StockLab) -> None:
    item = lab.item()
    renumber(lab.abicart_server, item, "ANOTHER-1")
    lab.specter_stock(item["product_number"], 9)
    run = lab.stock_import()
    assert lab.held(run) == {item["product_number"]: "renumbered"}


def test_a_product_that_is_gone(lab: StockLab) -> None:
    item = lab.item()
    lab.edit("delete", **{"class": "Article", "uid": item["uid"]})
    lab.specter_stock(item["product_number"], 9)
    run = lab.stock_import()
    assert lab.held(run) == {item["product_number"]: "stock_item_gone"}
    assert lab.open_numbers() == {}


def test_what_was_held_is_written_as_soon_as_it_can_be(lab: StockLab) -> None:
    item = lab.item()
    renumber(lab.abicart_server, item, "ANOTHER-1")
    lab.specter_stock(item["product_number"], 9)
    lab.stock_import()
    renumber(lab.abicart_server, item, item["product_number"])
    lab.later(timedelta(hours=1))
    lab.stock_import()
    assert lab.stock(item) == 9
    assert lab.open_numbers() == {}


def test_an_order_that_cannot_be_read_holds_its_products(lab: StockLab) -> None:
    item, other = lab.item(nth=0), lab.item(nth=1)
    lab.buy(item, 2)
    before = lab.stock(item)
    lab.specter_stock(item["product_number"], 50)
    lab.specter_stock(other["product_number"], 51)

    def spoil(passing: Passing) -> None:
        if passing.action.startswith("Order"):
            passing.answer = re.sub(rb'"quantity": ?2', b'"quantity":"two"', passing.answer)

    with lab.through_relay(after=spoil) as relay:
        lab.export.abicart_url = relay.url
        run = lab.stock_import()
    assert lab.held(run) == {item["product_number"]: "stock_order_unreadable"}
    assert (lab.stock(item), lab.stock(other)) == (before, 51)
