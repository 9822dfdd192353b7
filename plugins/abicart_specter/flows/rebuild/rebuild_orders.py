"""Every order of the shop that may have gone, page by page: linked, asked about, or left to the exports."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from abicart_specter.clients.abicart import AbicartClient
from abicart_specter.clients.order_documents import OrderHead
from abicart_specter.domain.orders.info_names import InfoNames
from abicart_specter.errors import OrdersMissedError
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.orders.alarms import ABICART, watched
from abicart_specter.flows.orders.found import found_orders
from abicart_specter.flows.rebuild.times import RebuildTimes
from abicart_specter.flows.reports import log_table, write_csv
from abicart_specter.flows.requests_made import counted_abicart
from abicart_specter.ledger.keys import slices
from abicart_specter.ledger.order_rules import numbered
from abicart_specter.ledger.rebuild.records import RebuildRules, Rebuilt, Verdict
from abicart_specter.settings.types import STOCKHOLM

log = logging.getLogger(__name__)

READ_AT_MOST = 3
AT_ONCE = 250
SHOWN = 50
PROGRESS_EVERY = 5_000
QUESTIONS = (Verdict.ASKED, Verdict.PERSON, Verdict.CANCELLED)
WORDS = {
    Verdict.KEPT: "known to the ledger",
    Verdict.LINKED: "linked: the shop shows Specter's number",
    Verdict.ASKED: "in question: without a number",
    Verdict.PERSON: "in question: with a number that cannot be right",
    Verdict.CANCELLED: "cancelled in the shop, without a number",
    Verdict.LEFT: "placed later, left to the next export",
}


@dataclass(slots=True)
class OrdersRebuilt:
    """What became of the orders: each uid has one verdict. ``listed`` of them the shop listed, as many as it counts."""

    verdicts: dict[int, Verdict] = field(default_factory=dict)
    questions: list[Rebuilt] = field(default_factory=list)
    odd: list[Rebuilt] = field(default_factory=list)
    listed: int = 0
    counted: int = 0

    def take(self, page: Sequence[Rebuilt]) -> None:
        for one in page:
            if one.uid in self.verdicts:
                continue
            self.verdicts[one.uid] = one.verdict
            if one.verdict in QUESTIONS:
                self.questions.append(one)
            elif one.words:
                self.odd.append(one)

    def counts(self) -> dict[str, int]:
        """How many orders of each verdict; together all of them."""
        found = Counter(self.verdicts.values())
        return {verdict.value: found[verdict] for verdict in Verdict}

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON for Airflow."""
        return self.counts() | {"listed": self.listed, "counted": self.counted}


def rebuild_orders(ctx: FlowContext, times: RebuildTimes, names: InfoNames) -> OrdersRebuilt:
    """Read and judge every order that may have gone; the ledger is written to page by page, in a dry run not at all.

    :param names: where the shop keeps what it knows of a buyer.
    :raises OrdersMissedError: the shop counts more orders than it lists; retriable.
    """
    ctx.begin()
    orders = ctx.settings.orders
    rules = RebuildRules(
        times.since,
        times.cut,
        orders.number_prefix,
        orders.specter_number_pattern,
        repeatable=not ctx.settings.customers.always_new,
    )
    if not ctx.dry_run:
        ctx.ledger.orders.reset_found(ctx.run)
    rebuilt = OrdersRebuilt()
    watch = nullcontext() if ctx.dry_run else watched(ctx, ABICART)
    with watch, counted_abicart(ctx, "orders") as abicart:
        _read_listed(ctx, abicart, times, rules, names, rebuilt)
        _read_open(ctx, abicart, rules, names, rebuilt)
    if not ctx.dry_run:
        ctx.ledger.orders.move_scanned_to(ctx.shop, times.cut)
        ctx.ledger.rebuild.step_done(ctx.shop, "orders_done_at")
    _report(ctx, times, rebuilt)
    return rebuilt


def _read_listed(
    ctx: FlowContext,
    abicart: AbicartClient,
    times: RebuildTimes,
    rules: RebuildRules,
    names: InfoNames,
    rebuilt: OrdersRebuilt,
) -> None:
    since = times.listed_from(ctx.settings.orders.sweep_days)
    for _ in range(READ_AT_MOST):
        for page in abicart.orders.iter_order_pages(since, times.cut):
            _take(ctx, page, rules, names, rebuilt)
            if len(rebuilt.verdicts) % PROGRESS_EVERY < len(page):
                log.info("Shop %s: %s orders read.", ctx.shop, len(rebuilt.verdicts))
        rebuilt.listed = len(rebuilt.verdicts)
        rebuilt.counted = abicart.orders.count_orders(since, times.cut)
        if rebuilt.counted <= rebuilt.listed:
            return
    raise OrdersMissedError(
        f"Shop {ctx.shop}: the shop counts {rebuilt.counted} orders placed from {since.isoformat()} on and before "
        f"{times.cut.isoformat()}, but lists {rebuilt.listed}.",
        remedy="Nothing: it is tried again. If it stays so, Abicart must say why its list leaves orders out.",
    )


def _read_open(
    ctx: FlowContext, abicart: AbicartClient, rules: RebuildRules, names: InfoNames, rebuilt: OrdersRebuilt
) -> None:
    """Orders placed before those, of which a backup says that they did not go: they may have gone after it."""
    left = [uid for uid in ctx.ledger.rebuild.open_orders(ctx.shop) if uid not in rebuilt.verdicts]
    for some in slices(left, AT_ONCE):
        heads = abicart.orders.get_heads(some)
        _take(ctx, [heads[uid] for uid in some if uid in heads], rules, names, rebuilt)


def _take(
    ctx: FlowContext,
    page: Sequence[OrderHead],
    rules: RebuildRules,
    names: InfoNames,
    rebuilt: OrdersRebuilt,
) -> None:
    found = found_orders(ctx, page, names)
    if ctx.dry_run:
        rebuilt.take(ctx.ledger.rebuild.preview_orders(ctx.shop, found, rules))
        return
    changed: Mapping[int, datetime | None] = {head["uid"]: head["changed"] for head in page}
    rebuilt.take(ctx.ledger.rebuild.take_in_orders(ctx.run, found, rules, changed))


def _report(ctx: FlowContext, times: RebuildTimes, rebuilt: OrdersRebuilt) -> None:
    log_table(
        log,
        f"Orders of shop {ctx.shop} placed before {_local(times.cut)}: {len(rebuilt.verdicts)}; "
        f"{rebuilt.listed} were listed, the shop counts {rebuilt.counted}",
        ("what", "orders"),
        [(WORDS[verdict], rebuilt.counts()[verdict.value]) for verdict in Verdict],
    )
    for one in rebuilt.odd[:SHOWN]:
        log.warning("Shop %s: order %s: %s.", ctx.shop, one.number, one.words)
    prefix = ctx.settings.orders.number_prefix
    # A dry run's questions are what it was asked for, so that its file is written too.
    path = write_csv(
        replace(ctx, dry_run=False),
        "questions.csv",
        ("order", "uid", "placed", "number to look for in Specter", "the shop shows", "question"),
        (
            (
                one.number,
                one.uid,
                _local(one.ordered_at),
                numbered(prefix, one.number, 1),
                one.mark
                if one.mark.isdecimal()
                else f"(a text of {len(one.mark)} characters)"
                if one.mark
                else "",
                one.words,
            )
            for one in sorted([*rebuilt.questions, *rebuilt.odd], key=lambda one: (one.ordered_at, one.uid))
        ),
    )
    asked = sum(one.verdict is not Verdict.CANCELLED for one in rebuilt.questions)
    if asked:
        way = (
            "they are repeated under their own numbers, and a refusal as orders.duplicate_answer says links them"
            if ctx.settings.orders.duplicate_control == "trusted" and not ctx.settings.customers.always_new
            else "each waits for a person's answer in order_export_single"
        )
        log.warning("Shop %s: %s orders are in question: %s. All of them: %s", ctx.shop, asked, way, path)


def _local(moment: datetime) -> str:
    return f"{moment.astimezone(STOCKHOLM):%Y-%m-%d %H:%M} Swedish time"
