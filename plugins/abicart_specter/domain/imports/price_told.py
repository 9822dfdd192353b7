"""An item's price in Specter as last known, and whether it is a sale (rule 23).

A sale is ``showStandardOldPrice`` = 1 with a former price above the price. Specter tells price and former price in
one answer; where they come from different times, nobody can say whether they belong together.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from abicart_specter.domain.imports import held as rules
from abicart_specter.domain.imports.held import Problem
from abicart_specter.domain.imports.records import ItemTold, Told
from abicart_specter.domain.imports.told_values import Known, is_newer, known, number, same, told_value
from abicart_specter.domain.masters import Master


@dataclass(frozen=True, slots=True)
class PriceTold:
    """Specter's prices of one item, kronor without VAT.

    :param price_text: as told; a pair is settled with it.
    :param former: the former price where there is a sale, else ``None``.
    :param problem: set where the price or the sale cannot be told.
    """

    one: ItemTold
    price_text: str | None
    price: Decimal | None
    former_text: str | None
    former: Decimal | None
    pending: bool
    problem: Problem | None = None

    @property
    def regular(self) -> Decimal | None:
        """What the regular price is to be."""
        return self.price if self.former is None else self.former

    @property
    def campaign(self) -> Decimal | None:
        """What the campaign price is to be, where there is a sale."""
        return None if self.former is None else self.price


def price_told(one: ItemTold) -> PriceTold:
    """An item's price in Specter."""
    price = known(one, "price", Master.PRICE)
    amount = None if price is None else number(price.text)
    if price is not None and amount is None:
        return PriceTold(one, price.text, None, None, None, price.pending, _unreadable("price", price.text))
    sale = _sale(one, price, amount)
    pending = sale.pending or (price is not None and price.pending)
    return PriceTold(
        one,
        None if price is None else price.text,
        amount,
        sale.former_text,
        number(sale.former_text),
        pending,
        sale.problem,
    )


@dataclass(frozen=True, slots=True)
class _Sale:
    former_text: str | None
    pending: bool
    problem: Problem | None = None


def _sale(one: ItemTold, price: Known | None, amount: Decimal | None) -> _Sale:
    pair = one.pairs.get(Master.EXTRA_PRICE.value)
    settled = None if pair is None or pair.settled_at is None else pair.specter_value
    # An empty mark, unlike an empty price, says something: that no former price is shown.
    show = one.told.get("show_former_price")
    if show is None or not is_newer(show, pair):
        former = number(settled)
        if former is None or amount is None or former <= amount:
            return _Sale(None, False)
        if price is not None and price.pending and _later_price(one, show):
            return _Sale(None, False, _unclear(settled or "", price.text))
        return _Sale(settled, False)
    shown = number(show.value) if show.value.strip() else Decimal(0)
    if shown not in (Decimal(0), Decimal(1)):
        return _Sale(None, True, _unreadable("mark whether the former price is shown", show.value))
    told = told_value(one, "former_price")
    if shown == 0 or told is None:
        return _Sale(None, settled is not None)
    former = number(told.value)
    if former is None:
        return _Sale(None, True, _unreadable("former price", told.value))
    if amount is None or price is None or former <= amount:
        return _Sale(None, settled is not None)
    pending = not same(Master.EXTRA_PRICE, told.value, settled)
    if not _belongs(one, amount, min(show.seen_at, told.seen_at)):
        return _Sale(None, pending, _unclear(told.value, price.text))
    return _Sale(told.value, pending)


def _later_price(one: ItemTold, show: Told | None) -> bool:
    price = told_value(one, "price")
    return price is not None and (show is None or show.seen_at < price.seen_at)


def _belongs(one: ItemTold, amount: Decimal, sale_seen_at: datetime) -> bool:
    """Whether a former price was told with the price that counts, or after it."""
    price = told_value(one, "price")
    return price is None or (price.seen_at <= sale_seen_at and number(price.value) == amount)


def _unreadable(what: str, text: str) -> Problem:
    return Problem(
        rules.NUMBER_UNREADABLE,
        f"Specter's {what} is “{text[:40]}”, which is no number that can be used.",
        "Save the article once more in Specter, so that it is told again; if it stays so, report it.",
    )


def _unclear(former: str, price: str) -> Problem:
    return Problem(
        rules.SALE_UNCLEAR,
        f"Specter told the former price {former} and the price {price} at different times, so it cannot be said "
        "whether the product is on sale.",
        "Save the article once more in Specter, so that both are told together.",
    )
