"""Records of stock for the ledger's tests."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from ledger_samples import article_key

from abicart_specter.domain.imports.stock import OrderLine
from abicart_specter.domain.imports.stock_guard import StockChange
from abicart_specter.ledger import FoundOrder
from abicart_specter.ledger.stock_records import SettledStock

OPENED = datetime(2026, 3, 2, 1, 30, 0, 123456, tzinfo=UTC)


def settled(uid: int, **more: Any) -> SettledStock:
    values: dict[str, Any] = {
        "key": article_key(uid),
        "article_uid": uid,
        "product_number": f"A-{uid}",
        "quantity": Decimal(10),
        "opened_after": OPENED,
        "row_id": 1,
        "subtracted": Decimal(0),
        "orders": (),
        "shop_stock": 10,
    }
    return SettledStock(**(values | more))


def change(uid: int, **more: Any) -> StockChange:
    values: dict[str, Any] = {
        "key": article_key(uid),
        "article_uid": uid,
        "product_number": f"A-{uid}",
        "name": "Tröja",
        "before": Decimal(4),
        "after": 8,
        "figure": Decimal("9.5"),
        "subtracted": Decimal(1),
        "row_id": 3,
    }
    return StockChange(**(values | more))


def order(uid: int, **more: Any) -> FoundOrder:
    values: dict[str, Any] = {
        "uid": uid,
        "number": f"1{uid}",
        "ordered_at": OPENED,
        "customer_key": f"{uid:064x}",
        "partition": 0,
    }
    return FoundOrder(**(values | more))


def line(order_uid: int, article: int | None = 1, quantity: str | None = "2", **more: Any) -> OrderLine:
    values: dict[str, Any] = {"variant_uid": None, "product_number": f"A-{article}"}
    amount = None if quantity is None else Decimal(quantity)
    return OrderLine(order_uid, article, quantity=amount, **(values | more))
