"""A shop as plain JSON and back, so that it survives a restart of the server."""

from __future__ import annotations

from typing import Any

import msgspec

from shop_sandbox.abicart.model import Webshop
from shop_sandbox.abicart.store import TABLES, Access, Shop


def dump_shop(shop: Shop) -> dict[str, Any]:
    """Everything, with ``Decimal`` and times as text."""

    def plain(value: Any) -> Any:
        return msgspec.to_builtins(value, str_keys=True)

    return {
        "webshop": plain(shop.webshop),
        "access": plain(shop.access),
        "last_order_number": shop.last_order_number,
        "next_uids": {name: shop.table(name).next_uid for name in TABLES},
        "tables": {name: plain(list(shop.table(name).rows.values())) for name in TABLES},
    }


def load_shop(state: dict[str, Any]) -> Shop:
    """The opposite of ``dump_shop``."""
    shop = Shop(msgspec.convert(state["webshop"], Webshop, str_keys=True))
    shop.access = msgspec.convert(state["access"], Access)
    shop.last_order_number = state["last_order_number"]
    for name, kind in TABLES.items():
        table = shop.table(name)
        for row in msgspec.convert(state["tables"][name], list[kind], str_keys=True):  # type: ignore[valid-type]
            table.add(row)
        table.next_uid = state["next_uids"][name]
    return shop
