"""The batch protocol of the three change queues (reference 7)."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

from shop_sandbox.core.switches import SwitchBoard
from shop_sandbox.specter import refusals
from shop_sandbox.specter.books import Books
from shop_sandbox.specter.records import Article, Batch, Order, Queue
from shop_sandbox.specter.refusals import Refusal


def snapshot(books: Books, queue: Queue, record: int) -> dict[str, str] | None:
    """A record as the queue reports it, with numbers as plain text; ``None`` if it no longer exists."""
    source: dict[int, Any] = books.data.orders if queue is Queue.ORDERS else books.data.articles
    found = source.get(record)
    return None if found is None else _SNAPSHOTS[queue](found)


def _stock(article: Article) -> dict[str, str]:
    """Sites as ``site:<id>``; an article that is not a stock article has none and no ``available``."""
    row = {"id": str(article.id), "number": article.number}
    if article.available is not None:
        row["available"] = str(article.available)
    row.update({f"site:{site}": str(stock.available) for site, stock in article.stock.items()})
    return row


def _article_info(article: Article) -> dict[str, str]:
    return {
        "id": str(article.id),
        "number": article.number,
        "name": article.name,
        "buyPrice": str(article.buy_price),
        "priceExclVat": str(article.price),
        "barCode": article.bar_code,
        "productWeight": str(article.weight),
        "vatPercent": str(article.vat_percent),
        "standardOldPrice": str(article.old_price),
        "showStandardOldPrice": "1" if article.show_old_price else "0",
        "articleType": article.article_type,
        "commodityCode": article.commodity_code,
        "description": escape(article.description),
    }


def _order(order: Order) -> dict[str, str]:
    """Tracking numbers joined by line ends, one per delivery."""
    return {
        "number": str(order.number),
        "statusId": str(order.status_id),
        "deliveryStatus": order.delivery_status,
        "updated": "1" if order.deliveries_updated else "0",
        "deliveries": str(len(order.deliveries)),
        "tracking": "\n".join(delivery.tracking_number for delivery in order.deliveries),
    }


_SNAPSHOTS: dict[Queue, Callable[[Any], dict[str, str]]] = {
    Queue.STOCK: _stock,
    Queue.ARTICLE_INFO: _article_info,
    Queue.ORDERS: _order,
}


class BatchKeeper:
    """Opens, reads and closes the batches of one account."""

    def __init__(self, books: Books, switches: SwitchBoard, now: float) -> None:
        self._books = books
        self._switches = switches
        self._now = now
        self._expire()

    def _expire(self) -> None:
        minutes = self._switches["batch_expiry_minutes"]
        if minutes:
            data = self._books.data
            data.batches = [one for one in data.batches if self._now - one.opened_at < minutes * 60]

    def open_batch(self, queue: Queue, api_user: int) -> Batch | None:
        """The batch that blocks this user's read of this queue, if any (Q16)."""
        scope = self._switches["batch_scope"]
        for batch in self._books.data.batches:
            same_queue = batch.queue is queue
            if scope == "account" or (
                same_queue and (scope != "user_function" or batch.api_user == api_user)
            ):
                return batch
        return None

    def read(self, queue: Queue, number: str, api_user: int) -> list[dict[str, str]]:
        """The rows of batch ``number``, opened now or earlier; none if there is nothing to report.

        Another open batch raises ``Refusal`` 99 that quotes it.
        """
        batch = self.open_batch(queue, api_user)
        if batch is None:
            batch = self.take(queue, number, api_user)
            return [] if batch is None else batch.rows
        if batch.number != number or batch.queue is not queue:
            raise batch_open(batch.number)
        if self._switches["batch_reread"] == "grown":
            self._fill(batch)
        return batch.rows

    def take(self, queue: Queue, number: str, api_user: int) -> Batch | None:
        """Open a batch with what waits; an empty queue opens none (it would block, reference 7)."""
        batch = Batch(number, queue, api_user, self._now, {}, [])
        self._fill(batch)
        if not batch.taken:
            return None
        self._books.data.batches.append(batch)
        return batch

    def limit(self, queue: Queue) -> int:
        """Most records in one answer of this queue, 0 for no limit (Q20)."""
        limited = queue is Queue.ARTICLE_INFO or self._switches["limit_scope"] == "all"
        return int(self._switches["response_limit"]) if limited else 0

    def _fill(self, batch: Batch) -> None:
        changes = self._books.data.changes[batch.queue]
        limit = self.limit(batch.queue)
        rows: dict[int, dict[str, str]] = {}
        for record in [*batch.taken, *(one for one in changes if one not in batch.taken)]:
            if limit and len(rows) >= limit:
                break
            row = snapshot(self._books, batch.queue, record)
            if row is not None:
                rows[record] = row
        batch.taken = {record: changes.get(record, 0) for record in rows}
        batch.rows = list(rows.values())

    def acknowledge(self, queue: Queue, number: str, api_user: int) -> None:
        """Close the batch and drop its changes; what changed again since stays on the queue."""
        scope = self._switches["batch_scope"]
        for batch in self._books.data.batches:
            same_user = scope != "user_function" or batch.api_user == api_user
            if batch.number == number and batch.queue is queue and same_user:
                break
        else:
            if self._switches["ack_unknown"] == "error":
                raise Refusal(refusals.UNKNOWN_BATCH, f"Batchen '{number}' finns inte")
            return
        self._books.data.batches.remove(batch)
        changes = self._books.data.changes[queue]
        for record, change in batch.taken.items():
            if changes.get(record) == change:
                del changes[record]
                if queue is Queue.ORDERS:
                    self._books.data.orders[record].deliveries_updated = False


def batch_open(number: str) -> Refusal:
    """The one refusal that is publicly known: 99, with the open batch's id between apostrophes."""
    return Refusal(refusals.BATCH_OPEN, f"Batchen '{number}' är inte avslutad")
