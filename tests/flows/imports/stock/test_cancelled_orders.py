"""An order that is cancelled gives its pieces back once, however many systems it is cancelled in (rule 33)."""

from __future__ import annotations

from datetime import timedelta

from stock_lab import StockLab

HOUR = timedelta(hours=1)


def sent_order(lab: StockLab, item: dict, quantity: int) -> int:
    """Bought, exported and in Specter's figure, which the shop has."""
    lab.specter_stock(item["product_number"], 10)
    uid = lab.buy(item, quantity)
    lab.later(HOUR)
    assert lab.export_orders().report is not None
    lab.later(HOUR)
    lab.stock_import()
    lab.later(HOUR)
    return uid


def test_an_order_cancelled_in_specter_and_then_in_the_shop_gives_its_pieces_back_once(lab: StockLab) -> None:
    item = lab.item()
    uid = sent_order(lab, item, 3)
    (order,) = lab.specter_orders()
    lab.specter_server.control.edit("order.cancel", number=order["number"])
    lab.stock_import()
    assert (lab.stock(item), lab.available(item["product_number"])) == (10, 10)
    lab.later(HOUR)
    lab.edit("discard_order", uid=uid)
    assert lab.stock(item) == 13  # the shop gives back what the import brought already
    lab.stock_import()
    assert lab.stock(item) == 10


def test_an_order_cancelled_in_the_shop_alone_is_sold_again_when_specter_says_so(lab: StockLab) -> None:
    item = lab.item()
    uid = sent_order(lab, item, 3)
    lab.edit("discard_order", uid=uid)
    lab.stock_import()
    assert lab.stock(item) == lab.available(item["product_number"]) == 7
    lab.later(HOUR)
    (order,) = lab.specter_orders()
    lab.specter_server.control.edit("order.cancel", number=order["number"])
    lab.stock_import()
    assert lab.stock(item) == lab.available(item["product_number"]) == 10
