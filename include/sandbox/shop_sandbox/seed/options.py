"""What can be asked of the seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from shop_sandbox.abicart.times import parse_time
from shop_sandbox.core.errors import UsageError

MOST_ITEMS = 200_000
RESERVED_NUMBERS = ("FRAKT", "RABATT", "PRESENTKORT", "AVGIFT", "POSTFORSKOTT", "AVRUNDNING")
"""Numbers that a sync uses for order rows that are no products; the seed gives a few of them to products."""


@dataclass(frozen=True, slots=True)
class SeedOptions:
    """How the shop is made.

    :param items: exactly so many items: articles without variants, and variants. At most 200,000.
    :param seed: the same seed (with the other options the same) gives the same shop.
    :param faults: 1 plants the documented shares of faults, 2 twice as many, 0 makes a flawless catalogue without
        packages and without products whose stock is not managed.
    :param orders: placed orders; ``None``: one for 100 items, between 10 and 300.
    :param customers: ``None``: one for 20 items, between 10 and 300, and one for 4 orders at least.
    :param webshop: the shop's uid.
    :param token: the administrator token that is accepted from the start.
    :param prices_with_vat: whether the shop stores its prices with VAT.
    :param reserved: the numbers planted as reserved ones.
    :param baskets: a folder of real baskets (``seed.baskets``) that become articles, customers and orders; with it
        the shop has no items, customers and orders of its own unless asked for, and stores prices without VAT.
    :param basket_days: the days of them to take, as 2010-12-01; all when empty.
    :param now: the day the shop is looked at; everything in it was made before.
    """

    items: int = 200
    seed: int = 1
    faults: float = 1.0
    orders: int | None = None
    customers: int | None = None
    webshop: int = 22222
    token: str = "demo-token-1"  # noqa: S105 - a made-up token of a local server
    prices_with_vat: bool = True
    reserved: tuple[str, ...] = RESERVED_NUMBERS
    baskets: str | None = None
    basket_days: tuple[str, ...] = ()
    now: datetime = datetime(2026, 1, 12, 7, 0, tzinfo=UTC)

    @property
    def order_count(self) -> int:
        return min(300, max(10, self.items // 100)) if self.orders is None else self.orders

    @property
    def customer_count(self) -> int:
        if self.customers is not None:
            return self.customers
        return max(min(300, max(10, self.items // 20)), self.order_count // 4)


def options_from(wanted: Mapping[str, Any]) -> SeedOptions:
    """The options as the control interface sends them; a wrong name or value raises ``UsageError``."""
    names = [one.name for one in fields(SeedOptions)]
    unknown = set(wanted) - set(names)
    if unknown:
        raise UsageError(f"the seed has no {', '.join(sorted(unknown))}; it takes {', '.join(names)}")
    given = dict(wanted)
    if given.get("baskets") is not None:
        given = {"items": 0, "orders": 0, "customers": 0, "prices_with_vat": False, **given}
    for name in ("items", "seed", "orders", "customers", "webshop"):
        if name in given and given[name] is not None and (type(given[name]) is not int or given[name] < 0):
            raise UsageError(f"{name} is a whole number from 0, not {given[name]!r}")
    if given.get("items", 0) is None or given.get("items", 0) > MOST_ITEMS:
        raise UsageError(f"items is at most {MOST_ITEMS}")
    if type(given.get("faults", 1)) not in (int, float) or not 0 <= given.get("faults", 1) <= 5:
        raise UsageError("faults is a number between 0 and 5")
    if type(given.get("prices_with_vat", True)) is not bool:
        raise UsageError("prices_with_vat is true or false")
    if not isinstance(given.get("token", "x"), str) or not given.get("token", "x"):
        raise UsageError("token is a text")
    if not isinstance(given.get("baskets", ""), str | None):
        raise UsageError("baskets is a folder")
    for name, words in (("reserved", "a list of product numbers"), ("basket_days", "a list of days")):
        if name in given:
            if not isinstance(given[name], list) or not all(isinstance(one, str) for one in given[name]):
                raise UsageError(f"{name} is {words}")
            given[name] = tuple(given[name])
    if "now" in given:
        at = parse_time(str(given["now"]))
        if at is None:
            raise UsageError("now is a time, such as 2026-01-12T08:00:00+01:00")
        given["now"] = at
    return SeedOptions(**given)
