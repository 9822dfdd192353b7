"""An order that went long before any figure of its product is cancelled: its pieces come back once (rule 33)."""

from __future__ import annotations

from datetime import timedelta

from stock_lab import StockLab


def test_pieces_of_an_order_that_no_figure_needed_come_back_once(lab: StockLab) -> None:
    """Found by the mixes: the stock import came before the order's status, which was cancelled in Specter.

    The figure holds the pieces already when the shop gives them back a second time.
    """
    item = lab.item()
    lab.specter_stock(item["product_number"], 10)
    uid = lab.buy(item, 3)
    lab.later(timedelta(minutes=10))
    lab.export_orders()
    lab.later(timedelta(days=1))
    lab.stock_import()
    lab.later(timedelta(days=1))
    (order,) = lab.specter_orders()
    lab.specter_server.control.edit("order.cancel", number=order["number"])
    lab.stock_import()
    assert lab.stock(item) == lab.available(item["product_number"]) == 10
    lab.later(timedelta(minutes=30))
    lab.edit("discard_order", uid=uid)
    assert lab.stock(item) == 13
    lab.stock_import()
    assert lab.stock(item) == 10
    lab.later(timedelta(minutes=30))
    assert lab.stock_import().planned.changes == 0
