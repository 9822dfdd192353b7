"""What Specter told of the shop's orders, order by order: looked at in the shop, written if it is clear, recorded."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from abicart_specter.clients.abicart import AbicartClient
from abicart_specter.clients.order_documents import OrderDocument
from abicart_specter.clients.order_marks import MarkResult
from abicart_specter.clients.order_states import SendStrategy, SentOrder
from abicart_specter.domain.imports.status import (
    Do,
    ShopOrderNow,
    Step,
    Wish,
    WishFor,
    step_for,
    tracking_url,
    wish_of,
)
from abicart_specter.domain.orders.order_mapping import OrderMapping
from abicart_specter.domain.records import Flag, ItemKey, Kind, Severity
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.orders.find_changes import compare
from abicart_specter.ledger.status_records import StatusRecord, StatusResult, StatusState

log = logging.getLogger(__name__)

SOURCE = "order_status"
LOOK_AGAIN = timedelta(hours=20)
"""What is listed is looked at in the shop so often: somebody may have dealt with it."""

GONE = Step(
    Do.LIST,
    "order_gone",
    "the shop no longer has the order",
    "Nothing can be written any more; compare with Specter by hand if it matters.",
)
REFUSED_REMEDY = "Set the order's status in the shop by hand, and see why the shop refuses it."


@dataclass(frozen=True, slots=True)
class Acted:
    """An order whose status in the shop was written by this run, or would be in a dry run."""

    record: StatusRecord
    what: str
    words: str


@dataclass(frozen=True, slots=True)
class _Todo:
    """An order with what is to be done. ``url``: the address of its parcel, if it is to be written."""

    record: StatusRecord
    uid: int
    wish: WishFor
    step: Step
    url: str = ""
    note: str = ""


@dataclass(slots=True)
class StatusWriter:
    """Works through all that is due. ``acted`` and ``unreached`` say what came of it."""

    ctx: FlowContext
    abicart: AbicartClient
    mapping: OrderMapping
    before_try: Callable[[], None]
    acted: list[Acted] = field(default_factory=list)
    unreached: int = 0

    def work(self) -> None:
        """Page by page, until the shop cannot be reached.

        :raises RetriableError: the shop's orders cannot be read.
        """
        look_again = timedelta(0) if self.ctx.dry_run else LOOK_AGAIN
        for page in self.ctx.ledger.status.due(self.ctx.shop, look_again=look_again):
            self._page(page)
            if self.unreached:
                return

    def _page(self, page: Sequence[StatusRecord]) -> None:
        judged = [(record, wish_of(record.told, self.ctx.settings.status)) for record in page]
        idle = [(record, wish) for record, wish in judged if wish.wish in (Wish.UNKNOWN, Wish.NOTHING)]
        self._store([_idle(record, wish) for record, wish in idle])
        busy = _one_per_order([(record, wish) for record, wish in judged if (record, wish) not in idle])
        documents = self.abicart.orders.get_orders([uid for uid, _, _ in busy]) if busy else {}
        todo = [self._todo(record, uid, wish, documents.get(uid)) for uid, record, wish in busy]
        results = [_settled(one) for one in todo if one.step.do in (Do.DONE, Do.LIST) and not one.url]
        self._store(results)
        if self.ctx.dry_run:
            self._would(todo)
            return
        self._write(todo)
        self._flag([*idle, *((one.record, one.wish) for one in todo)])
        self._both_cancelled(todo, documents)

    def _todo(self, record: StatusRecord, uid: int, wish: WishFor, document: OrderDocument | None) -> _Todo:
        if document is None:
            return _Todo(record, uid, wish, GONE)
        now = order_now(document)
        step = step_for(wish, now)
        if wish.wish is not Wish.SENT or step.do not in (Do.MARK_SENT, Do.DONE):
            return _Todo(record, uid, wish, step)
        url, note = self._address(record, now)
        return _Todo(record, uid, wish, step, url, note)

    def _address(self, record: StatusRecord, now: ShopOrderNow) -> tuple[str, str]:
        """The address to be written, or in words why a tracking number has none."""
        settings, number = self.ctx.settings.status, record.told.tracking_number
        if not number or number == record.tracking_written:
            return "", ""
        if settings.write_strategy == "order-set":
            return "", "its tracking number is not written: status.write_strategy is “order-set”"
        url = tracking_url(settings.tracking_urls, now.delivery_method, number)
        if url is None:
            method = now.delivery_method or "none"
            return "", f"status.tracking_urls has no address for delivery method {method}"
        return url, ""

    def _write(self, todo: Sequence[_Todo]) -> None:
        orders, settings = self.abicart.orders, self.ctx.settings.status
        sends = [one for one in todo if one.step.do is Do.MARK_SENT or one.url]
        if sends:
            self.ctx.ledger.status.begin_writes(self.ctx.shop, [one.record for one in sends])
            marks = orders.mark_sent(
                [SentOrder(one.uid, tracking_url=one.url) for one in sends],
                SendStrategy(settings.write_strategy),
                before_try=self.before_try,
            )
            self._record(sends, marks)
        # Asked for once more, right where it is written: nothing is cancelled but by opt-in (rule 35).
        cancels = [one for one in todo if one.step.do is Do.CANCEL and settings.write_cancelled]
        if cancels:
            self.ctx.ledger.status.begin_writes(self.ctx.shop, [one.record for one in cancels])
            marks = orders.cancel_orders([one.uid for one in cancels], before_try=self.before_try)
            self._record(cancels, marks)

    def _record(self, written: Sequence[_Todo], marks: Mapping[int, MarkResult]) -> None:
        results = []
        for one in written:
            mark = marks[one.uid]
            results.append(_result(one, mark))
            if mark.ok:
                self.acted.append(Acted(one.record, _what(one), mark.words or one.note))
            elif mark.refused:
                log.warning(
                    "Shop %s: order %s (Specter %s): %s.",
                    self.ctx.shop,
                    one.record.number,
                    one.record.order_no,
                    mark.words,
                )
            else:
                self.unreached += 1
        self._store(results)

    def _would(self, todo: Sequence[_Todo]) -> None:
        for one in todo:
            if one.url or one.step.do in (Do.MARK_SENT, Do.CANCEL):
                self.acted.append(Acted(one.record, _what(one), one.note))

    def _store(self, results: Sequence[StatusResult]) -> None:
        if not self.ctx.dry_run:
            self.ctx.ledger.status.record_results(self.ctx.shop, results)

    def _flag(self, looked_at: Sequence[tuple[StatusRecord, WishFor]]) -> None:
        """A flag per order that a person should look at; it goes when the order is dealt with."""
        uids = [record.uid for record, _ in looked_at if record.uid is not None]
        now = self.ctx.ledger.status.by_uid(self.ctx.shop, uids)
        found = [status_flag(record) for uid in now for record in now[uid] if record.state in FLAGGED]
        self.ctx.ledger.record_flags(
            self.ctx.run,
            [flag for flag in found if flag is not None],
            checked=[ItemKey(Kind.ORDER, uid) for uid in uids],
            source=SOURCE,
        )

    def _both_cancelled(self, todo: Sequence[_Todo], documents: Mapping[int, OrderDocument]) -> None:
        """An order that is cancelled on both sides is no news any more for those who watch the shop's changes."""
        uids = [one.uid for one in todo if one.wish.rule.startswith("cancelled") and one.uid in documents]
        discarded = [uid for uid in uids if documents[uid].get("discarded") in (True, 1)]
        fresh = [uid for uid in uids if any(one.record.uid == uid for one in self.acted)]
        if not discarded and not fresh:
            return
        now = {uid: documents[uid] for uid in discarded} | self.abicart.orders.get_orders(fresh)
        sent = self.ctx.ledger.orders.sent_orders(self.ctx.shop, sorted(now))
        compare(self.ctx, self.mapping, [(sent[uid], now[uid]) for uid in sorted(sent)])


FLAGGED = frozenset({StatusState.LISTED, StatusState.REFUSED, StatusState.UNCLEAR})


def status_flag(record: StatusRecord) -> Flag | None:
    """The flag of an order that waits for a person; ``None`` while no order of the shop is meant."""
    if record.uid is None:
        return None
    return Flag(
        ItemKey(Kind.ORDER, record.uid),
        record.rule,
        Severity.WARNING,
        f"Order {record.number} (Specter {record.order_no}): {record.words}.",
        record.remedy,
    )


def order_now(document: OrderDocument) -> ShopOrderNow:
    """What a step looks at in the shop's order."""
    delivery, word = document.get("delivery"), document.get("deliveryStatus")
    method = delivery.get("method") if isinstance(delivery, dict) else None
    if isinstance(method, dict):
        method = method.get("uid")
    return ShopOrderNow(
        discarded=document.get("discarded") in (True, 1),
        delivery_status=word.strip() if isinstance(word, str) else "",
        delivery_method=method if isinstance(method, int) and not isinstance(method, bool) else None,
    )


def _one_per_order(
    judged: Sequence[tuple[StatusRecord, WishFor]],
) -> list[tuple[int, StatusRecord, WishFor]]:
    """One Specter order per order of the shop, the newest; another one is looked at by the next run."""
    newest: dict[int, tuple[StatusRecord, WishFor]] = {}
    for record, wish in judged:
        if record.uid is None:
            continue
        known = newest.get(record.uid)
        if known is None or (known[0].generation or 0) < (record.generation or 0):
            newest[record.uid] = (record, wish)
    return [(uid, record, wish) for uid, (record, wish) in newest.items()]


def _idle(record: StatusRecord, wish: WishFor) -> StatusResult:
    state = StatusState.UNKNOWN if wish.wish is Wish.UNKNOWN else StatusState.NOTHING
    return StatusResult(record.order_no, record.told_row, state, wish.rule, wish.words, wish.remedy)


def _settled(one: _Todo) -> StatusResult:
    """Nothing to write."""
    record, step = one.record, one.step
    if step.do is Do.DONE:
        return StatusResult(
            record.order_no, record.told_row, StatusState.DONE, one.wish.rule, one.note, looked=True
        )
    state = StatusState.REFUSED if step is GONE else StatusState.LISTED
    return StatusResult(
        record.order_no, record.told_row, state, step.rule, step.words, step.remedy, looked=True
    )


def _result(one: _Todo, mark: MarkResult) -> StatusResult:
    record = one.record
    if mark.ok:
        kept = record.told.tracking_number if one.url and not mark.words else None
        words = mark.words or one.note
        return StatusResult(
            record.order_no, record.told_row, StatusState.DONE, one.wish.rule, words, tracking_written=kept
        )
    if mark.refused:
        return StatusResult(
            record.order_no,
            record.told_row,
            StatusState.REFUSED,
            "status_not_written",
            f"{_what(one)}: {mark.words}",
            REFUSED_REMEDY,
        )
    return StatusResult(record.order_no, record.told_row, StatusState.WAITING, "", mark.words)


def _what(one: _Todo) -> str:
    if one.step.do is Do.CANCEL:
        return "cancelled"
    if one.step.do is Do.DONE:
        return "address of the parcel written"
    return "marked as sent, with the address of its parcel" if one.url else "marked as sent"
