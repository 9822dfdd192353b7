"""Real baskets: where they lie, what the shop made of them, and what must become of each by reasons of its own.

The data are "Online Retail" (Chen, Sain and Guo, UCI Machine Learning Repository, CC BY 4.0); they are read where they
are and no part of the project.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from harness import REPO

VOUCHERS = "gift_[0-9_]+"
VALID_NUMBER = re.compile(r"[A-Za-z0-9._/-]{1,50}")
"""The demo shop's rule for product numbers, in words of our own."""


def basket_folder(given: str | None) -> Path | None:
    """The option, else the environment variable ``ONLINE_RETAIL``, else the folder beside the project; if there."""
    named = given or os.environ.get("ONLINE_RETAIL")
    folder = Path(named) if named else REPO.parent / "shared/data/online-retail"
    return folder if folder.is_dir() else None


def days_of(folder: Path) -> list[str]:
    """The days that the folder has, oldest first."""
    return sorted(path.name[:10] for path in folder.glob("*.csv*"))


@dataclass
class Basket:
    """An order of the shop, and why it may not go: rule → what a message about it must name."""

    number: str
    uid: int
    total: Decimal
    rows: int
    discarded: bool
    reasons: dict[str, set[str]] = field(default_factory=dict)


def baskets_of(control: Any) -> dict[str, Basket]:
    """Every order by number. Looks at what is in the shop, not at what the export says."""
    numbers = {one["article_uid"]: one["product_number"] for one in control.inspect("items", limit=100_000)}
    customers = _all(control, "Customer")
    items: dict[int, list[dict[str, Any]]] = {}
    for row in _all(control, "OrderItem").values():
        items.setdefault(row["order"], []).append(row)
    found: dict[str, Basket] = {}
    for order in _all(control, "Order").values():
        basket = Basket(
            order["orderNumber"],
            order["uid"],
            Decimal(order["costs"]["total"]["incVat"]),
            len(order["items"]),
            order["discarded"],
        )
        if not order["customer"]["info"]["email"]:
            basket.reasons["email_missing"] = set()
        bad = {
            numbers[row["article"]]
            for row in items[order["uid"]]
            if not VALID_NUMBER.fullmatch(numbers[row["article"]])
        }
        if bad:
            basket.reasons["article_missing_in_specter"] = bad
        found[basket.number] = basket
    assert customers
    return found


def _all(control: Any, class_name: str) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    while page := control.inspect(class_name, offset=len(found), limit=5000):
        found |= {int(row["uid"]): row for row in page}
    return found
