"""How many of an item the shop may sell: Specter's figure less the orders that Specter's figure cannot know (rule 33).

Everything in doubt counts against selling: an order whose confirmation is missing or late, an opening that nobody
knows, a part of a piece. A figure that Specter does not tell is never taken for zero (rule 31).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, Decimal

from abicart_specter.domain.money import EXACT, parse_amount, round_down
from abicart_specter.domain.records import ItemKey, Kind

AVAILABLE = "available"
"""Field of an inbox row that names no stock site; with one it is ``available:<site id>``."""

STOCK_ARTICLE = "createArticleStock"
"""The field of ``newArticleSubmit`` by which an article takes part in stock (Specter reference 5.2)."""

DOUBT = timedelta(minutes=5)
"""An order that was confirmed less than so long before a batch was opened may be missing in the batch (rule 33)."""

FIGURE_UNKNOWN = "stock_figure_unknown"
SITE_UNKNOWN = "stock_site_unknown"


@dataclass(frozen=True, slots=True)
class ToldStock:
    """The newest row of one field. ``value``: decimal text, ``None`` when Specter has no number for it.

    :param opened_after: the batch that told it was opened at that time or later; ``None``: nobody knows.
    """

    value: str | None
    row_id: int
    opened_after: datetime | None


@dataclass(frozen=True, slots=True)
class Figure:
    """Specter's available quantity of a product number at the sites that count.

    :param opened_after: orders confirmed before it, less ``DOUBT``, are surely in it; ``None``: no order surely is.
    :param row_id: the newest row that it rests on.
    """

    quantity: Decimal
    opened_after: datetime | None
    row_id: int


@dataclass(frozen=True, slots=True)
class NoFigure:
    """Why there is none."""

    rule: str
    message: str
    remedy: str
    row_id: int


def sent_as_stock_article(row: Mapping[str, str]) -> bool | None:
    """Whether a row that was sent made its article a stock article; ``None``: it does not say."""
    return {"1": True, "0": False}.get(row.get(STOCK_ARTICLE, ""))


def read_figure(
    told: Mapping[str, ToldStock], sites: Sequence[str] = (), orders_site: str | None = None
) -> Figure | NoFigure:
    """The figure out of the newest rows of a product number.

    Without ``sites`` all sites that were told count; where the newest row names no site, it is over all of them.
    With ``sites`` only those count, and one that was never told adds nothing.

    :param told: by field; what is no stock is passed over.
    :param orders_site: the site that our orders draw from, if the shop names one. Only a row of that site can hold
        them, so it alone says which orders are in the figure; else the row that was opened first does.
    """
    by_site = {field.partition(":")[2]: row for field, row in told.items() if field.startswith(AVAILABLE)}
    newest = max((row.row_id for row in by_site.values()), default=0)
    if sites:
        used = {site: by_site[site] for site in sites if site in by_site}
        if not used:
            return NoFigure(
                SITE_UNKNOWN,
                f"Specter told no stock of the sites {', '.join(sites)}.",
                "Check stock.sites in the shop file against the sites' ids in Specter.",
                newest,
            )
    else:
        used = {site: row for site, row in by_site.items() if site}
        whole = by_site.get("")
        if whole is not None and all(row.row_id <= whole.row_id for row in used.values()):
            used = {"": whole}
    quantities = [_number(row.value) for row in used.values()]
    known = [one for one in quantities if one is not None]
    if len(known) < len(quantities) or not known:
        return NoFigure(
            FIGURE_UNKNOWN,
            "Specter tells no number for its stock.",
            "If it shall be sold from stock, make it a stock article in Specter; the shop keeps its figure.",
            newest,
        )
    draws = used.get(orders_site or "")
    rows = [draws] if draws is not None else list(used.values())
    openings = [row.opened_after for row in rows]
    return Figure(
        sum(known, Decimal(0)),
        None if None in openings else min(one for one in openings if one is not None),
        newest,
    )


def _number(text: str | None) -> Decimal | None:
    try:
        return None if text is None else parse_amount(text)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class OrderLine:
    """What a row of a live order takes. ``quantity`` is ``None`` where the row cannot be read.

    ``variant_uid`` is ``None`` for an article without variants, or where nobody knows which variant is meant.
    A line without article and number may be of any item.
    """

    order_uid: int
    article_uid: int | None
    variant_uid: int | None
    product_number: str | None
    quantity: Decimal | None


@dataclass(frozen=True, slots=True)
class OrderStanding:
    """Where an order stands towards Specter.

    :param confirmed_at: when the ledger heard that Specter has it; ``None``: it never did.
    :param counts: false for orders that a rule excludes: cancelled, or placed before the shop's orders count.
    :param in_question: a lost ledger knew whether Specter has it, and nobody has said since.
    """

    uid: int
    number: str
    confirmed_at: datetime | None
    counts: bool
    in_question: bool = False


@dataclass(frozen=True, slots=True)
class SoldItem:
    """An item as an order may name it."""

    key: ItemKey
    article_uid: int
    product_number: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What live orders take of an item beside Specter's figure.

    :param orders: their uids.
    :param unreadable: numbers of orders of which nobody knows how many they take besides the figure: their rows cannot
        be read, or whether the figure has them already is in question.
    """

    quantity: Decimal = Decimal(0)
    orders: tuple[int, ...] = ()
    unreadable: tuple[str, ...] = ()


def may_be_missing(order: OrderStanding, opened_after: datetime | None) -> bool:
    """Whether Specter's figure may lack the order: it is live, and its confirmation is missing or too late."""
    if not order.counts:
        return False
    if order.confirmed_at is None or opened_after is None:
        return True
    return order.confirmed_at > opened_after - DOUBT


def is_of(line: OrderLine, item: SoldItem) -> bool:
    """Whether an order's row takes the item, or may take it."""
    if line.article_uid is None:
        return line.product_number is None or line.product_number == item.product_number
    if line.article_uid != item.article_uid:
        return False
    return item.key.kind is Kind.ARTICLE or line.variant_uid is None or line.variant_uid == item.key.uid


def taken(
    item: SoldItem,
    lines: Iterable[OrderLine],
    standings: Mapping[int, OrderStanding],
    opened_after: datetime | None,
    beyond: Iterable[OrderLine] = (),
) -> Taken:
    """What live orders take of the item that Specter's figure may not know.

    :param lines: may be of any item.
    :param standings: of every order that has a line.
    :param beyond: what orders take beyond what went to Specter, since somebody edited them in the shop afterwards.
        It counts for orders that the figure surely holds; of the others all lines count anyway.
    """
    quantity, orders, unreadable = Decimal(0), set[int](), set[str]()
    for line, edited in [*((one, False) for one in lines), *((one, True) for one in beyond)]:
        standing = standings[line.order_uid]
        missing = may_be_missing(standing, opened_after)
        if not is_of(line, item) or not standing.counts or missing is edited:
            continue
        if line.quantity is None or standing.in_question:
            unreadable.add(standing.number)
        elif line.quantity > 0:
            quantity = EXACT.add(quantity, line.quantity)
            orders.add(line.order_uid)
    return Taken(quantity, tuple(sorted(orders)), tuple(sorted(unreadable)))


def sellable(figure: Figure, takes: Taken) -> int:
    """The shop's new stock: whole pieces, never below zero, rounded against selling."""
    whole = round_down(figure.quantity) - int(takes.quantity.to_integral_value(ROUND_CEILING, EXACT))
    return max(0, whole)
