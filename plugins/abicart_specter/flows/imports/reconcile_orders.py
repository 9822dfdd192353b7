"""The shop's orders of the last days, each with where it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from abicart_specter.clients.abicart import AbicartClient
from abicart_specter.clients.order_documents import OrderHead
from abicart_specter.domain.reconcile.orders import OrderDays, OrderSeen, Scanned, explain_order
from abicart_specter.domain.reconcile.standing import Line, Reason, Standing
from abicart_specter.errors import OrdersMissedError
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.orders.switched_off import only_listed, why_off
from abicart_specter.ledger import OrderRecord

_IN_SPECTER = ("sent", "linked", "unconfirmed")


@dataclass(slots=True)
class OrderAccount:
    """What came of it: a table of days, how often each reason, and orders that the shop does not have any more."""

    days: OrderDays = field(default_factory=OrderDays)
    reasons: Counter[tuple[Standing, str]] = field(default_factory=Counter)
    gone: int = 0


def order_lines(ctx: FlowContext, abicart: AbicartClient, account: OrderAccount) -> Iterator[Line]:
    """Count the orders of the last ``orders.sweep_days`` days; yield a line for each that is not simply in Specter.

    :raises OrdersMissedError: the shop counts more orders than it lists; retriable.
    """
    now = ctx.clock()
    orders = ctx.settings.orders
    since = max(now - timedelta(days=orders.sweep_days), orders.orders_from)
    scanned = Scanned(
        to=ctx.ledger.orders.scan_state(ctx.shop).scanned_to,
        overlap=timedelta(minutes=orders.overlap_minutes),
        off=why_off(ctx.settings),
        by_hand=only_listed(ctx.settings, send_manual=False),
    )
    seen: set[int] = set()
    if since < now:
        for page in abicart.orders.iter_order_pages(since, now):
            fresh = [head for head in page if head["uid"] not in seen]
            seen.update(head["uid"] for head in fresh)
            yield from _page(ctx, fresh, scanned, now, account)
        counted = abicart.orders.count_orders(since, now)
        if counted > len(seen):
            raise OrdersMissedError(
                f"Shop {ctx.shop}: the shop counts {counted} orders since {since.isoformat()}, "
                f"but lists {len(seen)}.",
                remedy="The task tries again; if it stays so, report it.",
            )
    yield from _gone(ctx, abicart, since, now, seen, account)


def _page(
    ctx: FlowContext, heads: Sequence[OrderHead], scanned: Scanned, now: datetime, account: OrderAccount
) -> Iterator[Line]:
    records = ctx.ledger.orders.states(ctx.shop, [head["uid"] for head in heads])
    for head in heads:
        reason = explain_order(_seen(head, records.get(head["uid"])), scanned, now)
        day = account.days.add(head["ordered"], reason.standing)
        account.reasons[reason.standing, reason.rule] += 1
        if reason.rule:
            yield Line("order", "order", head["uid"], head["orderNumber"], reason, day=day)


def _seen(head: OrderHead, record: OrderRecord | None) -> OrderSeen:
    if record is None:
        return OrderSeen(head["orderNumber"], head["ordered"])
    return OrderSeen(
        number=head["orderNumber"],
        ordered_at=head["ordered"],
        state=record.state.value,
        state_since=record.state_since,
        rule=record.rule,
        reason=record.reason,
        remedy=record.remedy,
    )


def _gone(
    ctx: FlowContext,
    abicart: AbicartClient,
    since: datetime,
    until: datetime,
    seen: set[int],
    account: OrderAccount,
) -> Iterator[Line]:
    """Orders that the ledger knows and the shop does not list: asked for once more by uid, then said to be deleted."""
    missing = sorted(ctx.ledger.orders.known_between(ctx.shop, since, until) - seen)
    if not missing:
        return
    # An answer with another uid is an order that has this uid for its number: it hides ours, so nothing is said of it.
    found = abicart.orders.find_orders([str(uid) for uid in missing])
    records = ctx.ledger.orders.states(ctx.shop, [uid for uid in missing if str(uid) not in found])
    for uid, record in sorted(records.items()):
        account.gone += 1
        in_specter = record.state.value in _IN_SPECTER
        number = record.specter_order_no
        reason = Reason(
            Standing.SENT if in_specter else Standing.EXCLUDED,
            "deleted_in_shop",
            f"The shop has deleted the order; its state was {record.state.value}"
            + (f", Specter's number is {number}." if number else "."),
            "Cancel it in Specter if it was cancelled." if in_specter else "",
        )
        yield Line("order", "order", uid, record.number, reason)
