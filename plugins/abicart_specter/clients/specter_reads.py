"""Specter's change queues, read strictly: XML of every shape the reference holds possible, and the plain stock form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from xml.etree.ElementTree import Element

from abicart_specter.clients.specter_answers import (
    Form,
    Reply,
    children,
    decode,
    form_of,
    local_name,
    parse_xml,
    plain_reply,
    value_of,
    xml_reply,
)
from abicart_specter.clients.specter_batches import (
    AnyAnswer,
    ArticleInfoAnswer,
    ArticleInfoRow,
    OrderRow,
    OrdersAnswer,
    Queue,
    StockAnswer,
    StockRow,
)
from abicart_specter.clients.unreadable import NotReadable
from abicart_specter.domain.money import parse_amount

UNKNOWN_QUANTITY = "noitemsavailable"
"""What Specter writes, in any case, for a quantity that it does not have; never zero (rule 31)."""

_ROW_ENDS = re.compile(r"\r\n|\r|\n")
_STOCK_COLUMNS = 4


def read_answer(queue: Queue, batch_no: str, body: bytes) -> AnyAnswer | Reply:
    """A batch, or Specter's refusal.

    All forms of "nothing to report" are a batch without rows: an empty container, a header row, an envelope
    alone, an empty body (Specter reference, question 5).

    :raises NotReadable: any other form; above all a cut document, refused as a whole.
    """
    form = form_of(body)
    if form is Form.BLANK:
        return _answer(queue, batch_no, body)
    if form is Form.XML:
        root = parse_xml(body)
        reply = xml_reply(root)
        if reply is not None and not reply.accepted:
            return reply
        return _from_xml(queue, batch_no, body, root)
    if form is Form.PLAIN:
        return _from_plain(queue, batch_no, body)
    raise NotReadable("the answer is an HTML page")


def _answer(queue: Queue, batch_no: str, body: bytes) -> AnyAnswer:
    kinds: dict[Queue, type[StockAnswer] | type[ArticleInfoAnswer] | type[OrdersAnswer]] = {
        Queue.STOCK: StockAnswer,
        Queue.ARTICLE_INFO: ArticleInfoAnswer,
        Queue.ORDERS: OrdersAnswer,
    }
    return kinds[queue](queue, batch_no, body)


def _from_xml(queue: Queue, batch_no: str, body: bytes, root: Element) -> AnyAnswer:
    limits = (one.text for one in root.iter() if local_name(one) == "responsemaxlimit")
    found = _whole(next(limits, None))
    if queue is Queue.STOCK:
        stock = list(_stock_rows(root, None))
        rows = tuple(row for row in stock if row.article_no)
        return StockAnswer(queue, batch_no, body, len(stock) - len(rows), found, rows)
    if queue is Queue.ARTICLE_INFO:
        articles = [_article_row(one) for one in root.iter() if local_name(one) == "article"]
        known = tuple(row for row in articles if row.article_no)
        return ArticleInfoAnswer(queue, batch_no, body, len(articles) - len(known), found, known)
    orders = [_order_row(one) for one in root.iter() if local_name(one) == "order"]
    told = tuple(row for row in orders if row is not None)
    return OrdersAnswer(queue, batch_no, body, len(orders) - len(told), found, told)


def _stock_rows(element: Element, site: str | None) -> Iterator[StockRow]:
    """Articles anywhere below, each with the id of the stock site around it, if one is told (question 31)."""
    for child in element:
        name = local_name(child)
        if name == "article":
            number = (value_of(child, "articleNo") or "").strip()
            yield StockRow(number, _quantity(value_of(child, "noItemsAv")), site)
        else:
            yield from _stock_rows(child, _site_id(child) if name == "stock" else site)


def _site_id(stock: Element) -> str | None:
    for attribute, text in stock.attrib.items():
        if "id" in attribute.rpartition("}")[2].lower() and text.strip():
            return text.strip()
    return None


def _article_row(article: Element) -> ArticleInfoRow:
    fields = {local_name(child): "".join(child.itertext()).strip() for child in article}
    fields |= {name.rpartition("}")[2].lower(): text.strip() for name, text in article.attrib.items()}
    unreadable: list[str] = []

    def number(name: str) -> Decimal | None:
        text = fields.get(name.lower(), "")
        if not text:
            return None
        try:
            return parse_amount(text)
        except ValueError:
            unreadable.append(name)
            return None

    def flag(name: str) -> bool | None:
        text = fields.get(name.lower(), "")
        if text not in ("0", "1", ""):
            unreadable.append(name)
        return {"0": False, "1": True}.get(text)

    return ArticleInfoRow(
        article_no=fields.get("articleno", ""),
        name=fields.get("name") or None,
        price_ex_vat=number("priceExclVat"),
        buy_price=number("buyPrice"),
        vat_percent=number("vatPercent"),
        former_price=number("standardOldPrice"),
        show_former_price=flag("showStandardOldPrice"),
        article_type=fields.get("articletype") or None,
        bar_code=fields.get("barcode") or None,
        weight_kg=number("productWeight"),
        unreadable=tuple(unreadable),
        fields=fields,
    )


def _order_row(order: Element) -> OrderRow | None:
    number = _whole(value_of(order, "orderNo"))
    if number is None:
        return None
    status = next(children(order, "orderstatus"), order)
    deliveries = next(children(order, "deliveries"), order)
    tracking = (value_of(one, "trackingNo") for one in children(deliveries, "delivery"))
    return OrderRow(
        order_no=number,
        status_id=(value_of(status, "statusId") or "").strip(),
        delivery_status=(value_of(status, "deliveryStatus") or "").strip(),
        deliveries_updated=(value_of(deliveries, "updated") or "").strip() == "1",
        tracking_numbers=tuple(text.strip() for text in tracking if text and text.strip()),
    )


def _from_plain(queue: Queue, batch_no: str, body: bytes) -> AnyAnswer | Reply:
    """``article id;number;quantity;batch`` per row, after a header row (Specter reference 3.4, seen in client code).

    Only the stock read has a known plain form. A refusal is a triple that stands alone: the sequence ``0;99;``
    inside a row means nothing.
    """
    text = decode(body)
    lines = [line for line in _ROW_ENDS.split(text) if ";" in line]
    if lines and not _is_stock_row(lines[0]):
        reply = plain_reply(text)
        if reply is not None and reply.accepted:
            return _answer(queue, batch_no, body)
        # Failures begin with 0 (seen in client code); anything else here is a row that was cut.
        if reply is not None and text.lstrip().startswith("0;"):
            return reply
    if queue is not Queue.STOCK or not lines:
        raise NotReadable("the answer is neither XML nor a known plain form")
    rows: list[StockRow] = []
    skipped = 0
    for place, line in enumerate(lines):
        columns = [column.strip() for column in line.split(";")]
        if len(columns) < _STOCK_COLUMNS or (columns[3] != batch_no and batch_no.startswith(columns[3])):
            # The last column tells the batch; a row without all of it is a cut one.
            raise NotReadable("a row of the answer is cut")
        if place == 0 and _whole(columns[0]) is None and _number(columns[2]) is None:
            continue  # the header row
        if not columns[1]:
            skipped += 1
            continue
        rows.append(StockRow(columns[1], _number(columns[2]), None, columns[0] or None))
    return StockAnswer(queue, batch_no, body, skipped, None, tuple(rows))


def _is_stock_row(line: str) -> bool:
    columns = [column.strip() for column in line.split(";")]
    return len(columns) == _STOCK_COLUMNS and (
        _number(columns[2]) is not None or columns[2].lower() == UNKNOWN_QUANTITY
    )


def _quantity(text: str | None) -> Decimal | None:
    return None if text is None else _number(text)


def _number(text: str) -> Decimal | None:
    """A quantity; ``None`` for ``noItemsAvailable`` and whatever else is no number."""
    try:
        return parse_amount(text)
    except ValueError:
        return None


def _whole(text: str | None) -> int | None:
    stripped = (text or "").strip()
    return int(stripped) if stripped.isascii() and stripped.isdecimal() and len(stripped) < 19 else None
