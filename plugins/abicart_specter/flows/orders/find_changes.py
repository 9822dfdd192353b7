"""Orders that were edited, cancelled or refunded after they went to Specter: found and listed, never sent again."""

from __future__ import annotations

import hashlib
import json
import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from abicart_specter.clients.abicart import AbicartClient
from abicart_specter.clients.order_documents import OrderDocument
from abicart_specter.domain.orders.content import content_hash
from abicart_specter.domain.orders.differences import ChangeKind, Difference, differences
from abicart_specter.domain.orders.order_mapping import OrderMapping
from abicart_specter.domain.orders.read_order import read_order
from abicart_specter.domain.orders.records import ShopOrder
from abicart_specter.domain.records import Flag, ItemKey, Kind, Severity
from abicart_specter.errors import RecordError
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.imports.status.cancelled import cancelled_in_specter
from abicart_specter.flows.orders.alarms import ABICART, watched
from abicart_specter.flows.reports import log_table
from abicart_specter.flows.requests_made import counted_abicart
from abicart_specter.ledger.order_records import SentOrder
from abicart_specter.ledger.order_rules import SETTLED

log = logging.getLogger(__name__)

SOURCE = "order_changes"
_ByKind = dict[ChangeKind, list[Difference]]
CANCELLED_WORDS = "Cancel the order in Specter. If it is invoiced already, credit it instead."


@dataclass(frozen=True, slots=True)
class ChangesSummary:
    """``compared``: orders in Specter that the shop has touched since. The others count what is news."""

    compared: int
    edited: int
    cancelled: int
    refunded: int


def changes_waiting(ctx: FlowContext, abicart: AbicartClient) -> bool:
    """Whether the shop has touched orders that are in Specter, so that ``find_changes`` has something to compare.

    If not, the ledger remembers that it was asked up to now.
    """
    if not ctx.settings.orders.report_edited:
        return False
    asked = ctx.clock()
    for page in abicart.orders.iter_order_pages(_since(ctx), changed=True):
        if ctx.ledger.orders.sent_orders(ctx.shop, [head["uid"] for head in page]):
            return True
    ctx.ledger.orders.set_changes_checked(ctx.shop, asked)
    return False


def find_changes(ctx: FlowContext, mapping: OrderMapping) -> ChangesSummary:
    """Compare every order in Specter that the shop has touched with what was sent, and record the differences."""
    ctx.begin()
    asked, compared, news = ctx.clock(), 0, Counter[ChangeKind]()
    with watched(ctx, ABICART), counted_abicart(ctx, "find_changes") as abicart:
        for page in abicart.orders.iter_order_pages(_since(ctx), changed=True):
            sent = ctx.ledger.orders.sent_orders(ctx.shop, [head["uid"] for head in page])
            documents = abicart.orders.get_orders(sorted(sent)) if sent else {}
            compared += len(documents)
            news.update(compare(ctx, mapping, [(sent[uid], documents[uid]) for uid in sorted(documents)]))
    ctx.ledger.orders.set_changes_checked(ctx.shop, asked)
    log.info("Shop %s: %s orders that are in Specter were compared with what was sent.", ctx.shop, compared)
    return ChangesSummary(
        compared, news[ChangeKind.EDITED], news[ChangeKind.CANCELLED], news[ChangeKind.REFUNDED]
    )


def _since(ctx: FlowContext) -> datetime:
    """Back over the overlap: the shop's clock is not ours, and what it commits late carries an earlier time."""
    checked_to = ctx.ledger.orders.scan_state(ctx.shop).changes_checked_to
    if checked_to is None:
        counts = ctx.ledger.orders.state_counts(ctx.shop)
        anything_sent = any(counts[state] for state in SETTLED)
        checked_to = ctx.settings.orders.orders_from if anything_sent else ctx.clock()
    return checked_to - timedelta(minutes=ctx.settings.orders.overlap_minutes)


def compare(
    ctx: FlowContext, mapping: OrderMapping, pairs: Iterable[tuple[SentOrder, OrderDocument]]
) -> list[ChangeKind]:
    """Record what differs between orders as sent and as they are now; returns the kinds that are news."""
    as_sent: list[int] = []
    keys: list[ItemKey] = []
    flags: list[Flag] = []
    differing: list[tuple[SentOrder, _ByKind]] = []
    for sent, document in pairs:
        try:
            order = read_order(document, mapping.names)
        except RecordError as error:
            log.warning(
                "Shop %s: order %s cannot be compared with what was sent: %s", ctx.shop, sent.number, error
            )
            continue
        key, by_kind = ItemKey(Kind.ORDER, sent.uid), _by_kind(_differences(ctx, sent, order))
        if ChangeKind.CANCELLED in by_kind and cancelled_in_specter(ctx, sent.uid):
            del by_kind[ChangeKind.CANCELLED]  # on both sides: nothing is left to do
        keys.append(key)
        if by_kind:
            flags += [_flag(key, sent, kind, found) for kind, found in by_kind.items()]
            differing.append((sent, by_kind))
        else:
            as_sent.append(sent.uid)
    # Nearly all are as they were sent, touched only by our own mark: they are dealt with together.
    ctx.ledger.orders.changes_undone(ctx.shop, as_sent, [kind.value for kind in ChangeKind])
    ctx.ledger.record_flags(ctx.run, flags, checked=keys, source=SOURCE)
    return [kind for sent, by_kind in differing for kind in _record(ctx, sent, by_kind)]


def _by_kind(found: Iterable[Difference]) -> _ByKind:
    by_kind: _ByKind = {}
    for one in found:
        by_kind.setdefault(one.kind, []).append(one)
    return by_kind


def _record(ctx: FlowContext, sent: SentOrder, by_kind: _ByKind) -> Iterator[ChangeKind]:
    """Into the ledger and the log; the kinds that are news."""
    ledger = ctx.ledger.orders
    ledger.changes_undone(ctx.shop, [sent.uid], [kind.value for kind in ChangeKind if kind not in by_kind])
    for kind, differing in by_kind.items():
        documents = [one.as_document() for one in differing]
        if ledger.record_change(ctx.shop, sent.uid, _hash(documents), kind.value, documents):
            yield kind
            _log(ctx, sent, kind, differing)


def _differences(ctx: FlowContext, sent: SentOrder, order: ShopOrder) -> list[Difference]:
    if sent.snapshot:
        return differences(sent.snapshot, order, ctx.customer_secret)
    # Linked by a person or a mark, or so old that its detail was pruned: only the plain facts can be compared.
    if order.discarded:
        return [Difference(ChangeKind.CANCELLED, "order", "placed", "cancelled", CANCELLED_WORDS)]
    if sent.content_hash and content_hash(order) != sent.content_hash:
        return differences({}, order, ctx.customer_secret)
    return []


def _flag(key: ItemKey, sent: SentOrder, kind: ChangeKind, differing: Sequence[Difference]) -> Flag:
    what = "; ".join(f"{one.what}: {one.before} → {one.after}" for one in differing[:5])
    more = f"; and {len(differing) - 5} more" if len(differing) > 5 else ""
    return Flag(
        key,
        f"order_{kind.value}",
        Severity.WARNING,
        f"Order {sent.number} (Specter {_in_specter(sent)}) was {kind.value} in the shop after it was sent: "
        f"{what}{more}.",
        differing[0].remedy,
    )


def _log(ctx: FlowContext, sent: SentOrder, kind: ChangeKind, differing: Sequence[Difference]) -> None:
    log.warning(
        "Shop %s: order %s (Specter %s) was %s in the shop after it was sent. Nothing was sent; what to do is below.",
        ctx.shop,
        sent.number,
        _in_specter(sent),
        kind.value,
    )
    log_table(
        log,
        f"Order {sent.number}",
        ("what", "was sent", "is now", "to do in Specter"),
        [(one.what, one.before, one.after, one.remedy) for one in differing],
    )


def _in_specter(sent: SentOrder) -> str:
    return sent.specter_order_no or "number unknown"


def _hash(documents: Sequence[Mapping[str, object]]) -> str:
    return hashlib.sha256(json.dumps(documents, sort_keys=True).encode("utf-8")).hexdigest()
