"""Which orders the shop has: every one is in the ledger before any is sent, then ``scanned_to`` moves (rule 6)."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from abicart_specter.clients.abicart import AbicartClient
from abicart_specter.domain.orders.info_names import InfoNames
from abicart_specter.errors import OrdersMissedError
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.leases import LeaseTerms
from abicart_specter.flows.orders.alarms import ABICART, watched
from abicart_specter.flows.orders.due import due_orders
from abicart_specter.flows.orders.find_changes import changes_waiting
from abicart_specter.flows.orders.foreign_marks import refuse_other_system
from abicart_specter.flows.orders.found import found_orders
from abicart_specter.flows.orders.settle import Settled, settle
from abicart_specter.flows.orders.switched_off import only_listed
from abicart_specter.flows.orders.window import Interval, RunKind, ScanWindow, window_of
from abicart_specter.flows.requests_made import counted_abicart

log = logging.getLogger(__name__)

READ_AT_MOST = 3
"""How often a window is read when the shop counts more orders than it listed: some came in while it was read."""


@dataclass(frozen=True, slots=True)
class ScanSummary:
    """What a scan came to.

    ``found``: orders placed in the window; ``new`` of them the ledger did not know. ``settled`` of them have their
    outcome already. ``due``: older orders taken up again. ``to_send``: orders of the run without an outcome.
    ``changed``: whether orders that went before were changed since they were last looked at.
    """

    found: int
    new: int
    settled: int
    due: int
    to_send: int
    changed: bool


def window_for(ctx: FlowContext, kind: RunKind, interval: Interval | None) -> ScanWindow:
    """The time that a run reads, after what the ledger says was read before."""
    orders = ctx.settings.orders
    return window_of(
        kind,
        interval,
        scanned_to=ctx.ledger.orders.scan_state(ctx.shop).scanned_to,
        orders_from=orders.orders_from,
        overlap=timedelta(minutes=orders.overlap_minutes),
        now=ctx.clock(),
    )


def scan_orders(
    ctx: FlowContext, window: ScanWindow, names: InfoNames, terms: LeaseTerms, *, send_manual: bool = False
) -> ScanSummary:
    """Record every order placed in the window, then what is due again, and decide what needs no reading of the order.

    :param names: where the shop keeps what it knows of a buyer.
    :param terms: after how long a sender that is gone is given up; what it had begun is then unconfirmed.
    :param send_manual: orders go although the shop's setting says that a person sends them.
    :raises OrdersMissedError: the shop counts more orders than it lists; retriable.
    :raises FatalError: another system exports this shop (rule 7).
    """
    ctx.begin()
    ledger, listed_only = ctx.ledger.orders, only_listed(ctx.settings, send_manual=send_manual)
    ledger.reset_found(ctx.run)
    with watched(ctx, ABICART), counted_abicart(ctx, "scan_orders") as abicart:
        new = record_orders(ctx, abicart, window.since, window.until, names)
        changed = window.follows_on and changes_waiting(ctx, abicart)
    if window.follows_on:
        ledger.move_scanned_to(ctx.shop, window.until)
    refuse_other_system(ctx)
    found = ledger.found(ctx.run)
    due = due_orders(ctx, terms, waiting_for_a_person=not listed_only) if window.follows_on else []
    ledger.add_to_run(ctx.run, due)
    settled = settle(ctx, listed_only=listed_only)
    summary = ScanSummary(
        found=len(found),
        new=new,
        settled=settled.total,
        due=len(set(due) - found),
        to_send=sum(ledger.open_partition_counts(ctx.run).values()),
        changed=changed,
    )
    _log(ctx, window, summary, settled)
    return summary


def orders_to_preview(ctx: FlowContext, window: ScanWindow, terms: LeaseTerms, most: int) -> list[int]:
    """The uids of the orders that a run over this window would read for sending; the ledger is only read."""
    heads: dict[int, str] = {}
    with counted_abicart(ctx, "preview") as abicart:
        for page in abicart.orders.iter_order_pages(window.since, window.until):
            heads.update((head["uid"], head["orderNumber"]) for head in page)
    uids = list(heads)
    if window.follows_on:
        uids += [uid for uid in due_orders(ctx, terms, waiting_for_a_person=True) if uid not in heads]
    if len(uids) > most:
        log.info(
            "Shop %s: %s more orders are not shown; raise “orders in the log”.", ctx.shop, len(uids) - most
        )
    return uids[:most]


def record_orders(
    ctx: FlowContext, abicart: AbicartClient, since: datetime, until: datetime | None, names: InfoNames
) -> int:
    """Every order placed from ``since`` on and before ``until`` into the ledger; returns how many it did not know.

    :raises OrdersMissedError: the shop counts more orders than it lists; retriable.
    """
    seen: set[int] = set()
    new: set[int] = set()
    counted = 0
    for _ in range(READ_AT_MOST):
        for page in abicart.orders.iter_order_pages(since, until):
            new |= ctx.ledger.orders.record_found(ctx.run, found_orders(ctx, page, names))
            seen.update(head["uid"] for head in page)
        counted = abicart.orders.count_orders(since, until)
        if counted <= len(seen):
            return len(new)
    end = "" if until is None else f" and before {until.isoformat()}"
    raise OrdersMissedError(
        f"Shop {ctx.shop}: the shop counts {counted} orders placed from {since.isoformat()} on{end}, but lists "
        f"{len(seen)}.",
        remedy="Nothing: it is tried again. If it stays so, Abicart must say why its list leaves orders out.",
    )


def _log(ctx: FlowContext, window: ScanWindow, summary: ScanSummary, settled: Settled) -> None:
    log.info(
        "Shop %s: %s orders placed from %s up to %s, %s of them new to the ledger; %s older ones are due again; "
        "%s to send.",
        ctx.shop,
        summary.found,
        window.since.isoformat(timespec="seconds"),
        window.until.isoformat(timespec="seconds"),
        summary.new,
        summary.due,
        summary.to_send,
    )
    for words, count in sorted(settled.counts.items()):
        log.info("Shop %s: %s of those found: %s.", ctx.shop, count, words)
