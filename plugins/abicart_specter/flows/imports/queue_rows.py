"""What the inbox keeps of an answer of one of Specter's change queues, row by row (rules 27, 28, 31)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal

from abicart_specter.clients.specter_batches import (
    AnyAnswer,
    ArticleInfoAnswer,
    ArticleInfoRow,
    OrderRow,
    OrdersAnswer,
    StockAnswer,
    StockRow,
)
from abicart_specter.domain.imports.import_mapping import import_mapping
from abicart_specter.domain.money import shortest
from abicart_specter.ledger import InboxValue
from abicart_specter.settings import ShopSettings

AVAILABLE = "available"
"""Inbox field of a stock over all sites; of one site it is ``available:<site id>``."""

SPECTER_ID = "specterid"
"""Inbox field of Specter's own article id, which only a plain stock answer tells (rule 36)."""

STATUS_ID, DELIVERY_STATUS, UPDATED, TRACKING = "statusid", "deliverystatus", "updated", "tracking"
"""Inbox fields of an order."""

ARTICLE_FIELDS = frozenset({"name", "priceexclvat", "vatpercent", "standardoldprice", "showstandardoldprice"})
"""Wire names, in lower case, that are kept of an article whatever the mapping says."""


class _Every(frozenset[str]):
    """Holds every name."""

    def __contains__(self, name: object) -> bool:
        return True


EVERY_FIELD: frozenset[str] = _Every()
"""Where nobody knows which fields are looked for."""


def article_fields(settings: ShopSettings) -> frozenset[str]:
    """The wire names that the shop's import mapping looks for, and those that are kept in any case.

    All of them, whichever imports are on: what was told while one was off must be known when it is switched on.
    """
    return ARTICLE_FIELDS | import_mapping(settings).wire_names()


def inbox_rows(answer: AnyAnswer, article_fields: Collection[str] = ARTICLE_FIELDS) -> list[InboxValue]:
    """The rows of one answer, oldest first: where a record comes twice, the later row is the newer.

    :param article_fields: wire names, in lower case, that are kept of an article. The whole answer is in the journal.
    """
    if isinstance(answer, StockAnswer):
        return list(_stock(answer.rows))
    if isinstance(answer, ArticleInfoAnswer):
        return [value for row in answer.rows for value in _article(row, article_fields)]
    if isinstance(answer, OrdersAnswer):
        return [value for row in answer.rows for value in _order(row)]
    raise TypeError(f"a queue answered with {type(answer).__name__}")


def records_told(answer: AnyAnswer) -> int:
    """How many different articles or orders an answer speaks of."""
    if isinstance(answer, OrdersAnswer):
        return len({row.order_no for row in answer.rows})
    if isinstance(answer, StockAnswer | ArticleInfoAnswer):
        return len({row.article_no for row in answer.rows})
    raise TypeError(f"a queue answered with {type(answer).__name__}")


def _article(row: ArticleInfoRow, wanted: Collection[str]) -> Iterator[InboxValue]:
    """Fields as they came: what a text means is the import's business."""
    for name, value in sorted(row.fields.items()):
        if name in wanted:
            yield InboxValue(row.article_no, name, value)


def _order(row: OrderRow) -> Iterator[InboxValue]:
    """The status is a state. That deliveries changed, and a parcel's number, are news: they are told once, and a later
    row that does not repeat them must not hide them. So there is a row ``updated`` only where it is 1, and a row
    ``tracking`` only where there is a number (the last one, as public clients take it)."""
    number = str(row.order_no)
    yield InboxValue(number, STATUS_ID, row.status_id)
    yield InboxValue(number, DELIVERY_STATUS, row.delivery_status)
    if row.deliveries_updated:
        yield InboxValue(number, UPDATED, "1")
    if row.tracking_numbers:
        yield InboxValue(number, TRACKING, row.tracking_numbers[-1])


def _stock(rows: Iterable[StockRow]) -> Iterator[InboxValue]:
    """One row for each article and site. Sites that are not told apart are added up, as public clients do."""
    untold: dict[str, list[StockRow]] = {}
    for row in rows:
        if row.site is None:
            untold.setdefault(row.article_no, []).append(row)
        else:
            yield InboxValue(row.article_no, f"{AVAILABLE}:{row.site}", quantity_text(row.quantity))
    for number, several in untold.items():
        yield InboxValue(number, AVAILABLE, quantity_text(_sum(several)))
        ids = {row.specter_id for row in several if row.specter_id}
        if len(ids) == 1:
            yield InboxValue(number, SPECTER_ID, ids.pop())


def _sum(rows: list[StockRow]) -> Decimal | None:
    """Unknown only if it is unknown everywhere: what some sites hold can be sold whatever the others hold.

    The plain form names no site at all. Whether two rows of an article are then two sites or one told twice is not
    known, so the smaller figure is taken: a shop must never sell what is not there.
    """
    known = [row.quantity for row in rows if row.quantity is not None]
    if not known:
        return None
    if any(row.specter_id is not None for row in rows):
        return min(known)
    return sum(known, Decimal(0))


def quantity_text(quantity: Decimal | None) -> str | None:
    """A quantity as the inbox keeps it: decimal point, no exponent; ``None`` for unknown."""
    return None if quantity is None else shortest(quantity)
