"""What Specter told of stock, made into the shop's new figures: what may be written, what waits, what is held."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from abicart_specter.clients.specter_batches import Queue
from abicart_specter.domain.imports.documents import plan_hash
from abicart_specter.domain.imports.stock import Figure, SoldItem, sellable
from abicart_specter.domain.imports.stock_guard import (
    StockChange,
    StockVerdict,
    stock_change_hash,
    stock_guard,
    stock_question,
    worst_stock_changes,
)
from abicart_specter.domain.orders.info_names import InfoNames
from abicart_specter.domain.records import CatalogueItem, ItemKey
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.imports.stock.chunks import StockChunk, stock_chunks
from abicart_specter.flows.imports.stock.figures import (
    Candidate,
    account_of,
    candidates,
    figures_of,
    settled_stock,
    unreadable,
)
from abicart_specter.flows.imports.stock.order_book import OrderBook
from abicart_specter.flows.imports.stock.shop_stock import ShopStock, why_not
from abicart_specter.flows.requests_made import counted_abicart
from abicart_specter.ledger.keys import slices
from abicart_specter.ledger.stock_records import GIVEN_BACK, HeldStock, SettledStock, StockPlan

log = logging.getLogger(__name__)

NUMBERS_AT_ONCE = 500
FOR_GOOD = frozenset({"stock_off_at_first", "stock_of_package", "stock_item_gone"})
"""Rules that no later look changes by itself: such a number is looked at again when Specter tells it again."""
PLANNED, TAKEN = "planned", "orders take of it that Specter may not have"


@dataclass(frozen=True, slots=True)
class StockPlanned:
    """What a plan came to. ``question`` is set when a person must approve."""

    numbers: int
    changes: int
    equal: int
    held: int
    emptied: int
    chunks: tuple[StockChunk, ...] = ()
    question: dict[str, str] | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON for Airflow."""
        return {name: getattr(self, name) for name in ("numbers", "changes", "equal", "held", "emptied")} | {
            "asks": self.question is not None
        }


@dataclass(slots=True)
class _Plan:
    """The plan while it grows; holds no more of a change than its hash.

    :param given_back: product numbers of which orders gave pieces back in the shop.
    """

    given_back: set[str] = field(default_factory=set)
    numbers: int = 0
    changes: int = 0
    equal: int = 0
    held: Counter[str] = field(default_factory=Counter)
    emptied: set[ItemKey] = field(default_factory=set)
    hashes: list[str] = field(default_factory=list)
    worst: list[StockChange] = field(default_factory=list)
    open: dict[str, str] = field(default_factory=dict)


def plan_stock(ctx: FlowContext, names: InfoNames) -> StockPlanned:
    """Plan a write for every item whose stock in the shop is not what it should be.

    Looked at are the numbers that Specter told of since the last time, those left open, and those of orders that
    changed. Nothing is written to the shop.

    :raises OrdersMissedError: the shop counts more orders than it lists; retriable.
    """
    ctx.begin()
    account = account_of(ctx)
    look = ctx.ledger.imports.numbers_to_look_at(ctx.shop, account, Queue.STOCK.value)
    ctx.ledger.stock.clear_plan(ctx.run)
    plan = _Plan()
    with counted_abicart(ctx, "plan_stock") as abicart:
        book, shop = OrderBook(ctx, abicart, names), ShopStock(ctx, abicart, abicart.webshop())
        numbers = _with_orders(ctx, account, look.numbers, book)
        still_open = ctx.ledger.imports.iter_open(ctx.shop, Queue.STOCK.value)
        plan.given_back = {one.product_number for one in still_open if one.why == GIVEN_BACK}
        for some in slices(numbers, NUMBERS_AT_ONCE):
            _plan_some(ctx, account, some, book, shop, plan)
    ctx.ledger.imports.record_looked(ctx.shop, Queue.STOCK.value, look.to_row_id, plan.open)
    verdict = _judge(ctx, plan)
    question = _question(ctx, verdict, plan) if verdict.ask else None
    planned = StockPlanned(
        numbers=plan.numbers,
        changes=plan.changes,
        equal=plan.equal,
        held=plan.held.total(),
        emptied=len(plan.emptied),
        chunks=tuple(stock_chunks(ctx)),
        question=question,
    )
    _log(ctx, planned, plan, verdict)
    return planned


def _with_orders(ctx: FlowContext, account: str, told: Sequence[str], book: OrderBook) -> list[str]:
    """The numbers to plan: those told, and those of orders that came, changed or were cancelled since."""
    openings = _openings(ctx, account, told)
    changed = book.take_in(openings)
    numbers = set(told)
    articles = {line.article_uid for line in changed if line.article_uid is not None}
    more = ctx.ledger.stock.numbers_of_articles(ctx.shop, articles) - numbers
    if more:
        book.take_in(_openings(ctx, account, sorted(more)))
    return sorted(numbers | more)


def _openings(ctx: FlowContext, account: str, numbers: Iterable[str]) -> set[datetime | None]:
    found: set[datetime | None] = set()
    for some in slices(numbers, NUMBERS_AT_ONCE):
        figures = figures_of(ctx, account, some).values()
        found.update(one.opened_after for one in figures if isinstance(one, Figure))
    return found


def _plan_some(
    ctx: FlowContext,
    account: str,
    numbers: Sequence[str],
    book: OrderBook,
    shop: ShopStock,
    plan: _Plan,
) -> None:
    plan.numbers += len(numbers)
    held: list[HeldStock] = []
    told = candidates(ctx, account, numbers, held)
    settled = ctx.ledger.stock.figures(ctx.shop, [one.key for one in told])
    still = _without_news(told, settled, book, plan)
    told = [one for one in told if one.key not in still]
    items = shop.read(one.key for one in told)
    owners = shop.number_owners(one.number for one in told)
    fit: list[tuple[Candidate, CatalogueItem]] = []
    for one in told:
        why = why_not(one.key, one.number, items, owners)
        if why is None:
            fit.append((one, items[one.key]))
        else:
            held.append(why)
    changes, equal = _compare(fit, book, held)
    ctx.ledger.stock.add_to_plan(ctx.run, changes, held)
    ctx.ledger.stock.settle(ctx.shop, equal, {})
    _keep(plan, changes, equal, held)


def _without_news(
    found: Sequence[Candidate],
    settled: Mapping[ItemKey, SettledStock],
    book: OrderBook,
    plan: _Plan,
) -> set[ItemKey]:
    """Items of which nothing happened since the shop was brought to this figure: it goes on from there by itself.

    A cancelled order is news, also where the figure holds it: the shop has given its pieces back, and Specter may have
    told them in this very figure already.
    """
    same: dict[ItemKey, tuple[SoldItem, Candidate, SettledStock]] = {}
    for one in found:
        last = None if one.number in plan.given_back else settled.get(one.key)
        if last is not None and (last.row_id, last.product_number) == (one.figure.row_id, one.number):
            same[one.key] = (SoldItem(one.key, last.article_uid, one.number), one, last)
    takes = book.takes({item: one.figure.opened_after for item, one, _ in same.values()})
    still: set[ItemKey] = set()
    for key, (item, one, last) in same.items():
        now = takes[item]
        if not now.unreadable and (now.orders, now.quantity) == (last.orders, last.subtracted):
            still.add(key)
            if now.orders:
                plan.open[one.number] = TAKEN
    return still


def _compare(
    fit: Sequence[tuple[Candidate, CatalogueItem]], book: OrderBook, held: list[HeldStock]
) -> tuple[list[StockChange], list[SettledStock]]:
    """What is to be written, and what is so already."""
    sold = {one.key: SoldItem(one.key, item.article_uid, one.number) for one, item in fit}
    takes = book.takes({sold[one.key]: one.figure.opened_after for one, _ in fit})
    changes: list[StockChange] = []
    equal: list[SettledStock] = []
    for one, item in fit:
        taken = takes[sold[one.key]]
        if taken.unreadable:
            held.append(unreadable(one.key, one.number, taken))
            continue
        after = sellable(one.figure, taken)
        if item.stock == after:
            equal.append(settled_stock(one, item, taken, after))
            continue
        changes.append(
            StockChange(
                key=one.key,
                article_uid=item.article_uid,
                product_number=one.number,
                name=item.name,
                before=item.stock,
                after=after,
                figure=one.figure.quantity,
                subtracted=taken.quantity,
                row_id=one.figure.row_id,
            )
        )
    return changes, equal


def _keep(
    plan: _Plan, changes: Sequence[StockChange], equal: Sequence[SettledStock], held: Sequence[HeldStock]
) -> None:
    plan.changes += len(changes)
    plan.equal += len(equal)
    plan.held.update(one.rule for one in held)
    plan.emptied.update(one.key for one in changes if one.empties)
    plan.hashes.extend(stock_change_hash(one) for one in changes)
    plan.worst = worst_stock_changes([*plan.worst, *changes])
    plan.open.update({one.product_number: PLANNED for one in changes})
    plan.open.update({one.product_number: TAKEN for one in equal if one.orders})
    plan.open.update({one.product_number: one.rule for one in held if one.rule not in FOR_GOOD})


def _judge(ctx: FlowContext, plan: _Plan) -> StockVerdict:
    guard = ctx.settings.import_guard
    since = ctx.clock() - timedelta(hours=guard.look_back_hours)
    verdict = stock_guard(
        plan.changes,
        frozenset(plan.emptied),
        ctx.ledger.stock.managed_items(ctx.shop),
        ctx.ledger.stock.emptied_since(ctx.shop, since),
        guard,
    )
    ctx.ledger.stock.close_plan(
        ctx.run,
        StockPlan(
            plan_hash(plan.hashes),
            verdict.changes,
            verdict.emptied,
            verdict.managed,
            [reason.words for reason in verdict.reasons],
        ),
    )
    return verdict


def _question(ctx: FlowContext, verdict: StockVerdict, plan: _Plan) -> dict[str, str]:
    subject, body = stock_question(ctx.shop, verdict, plan.worst, ctx.settings.import_guard)
    return {"subject": subject, "body": body, "plan_hash": plan_hash(plan.hashes)}


def _log(ctx: FlowContext, planned: StockPlanned, plan: _Plan, verdict: StockVerdict) -> None:
    log.info(
        "Shop %s: %s product numbers looked at: %s to change (%s of them to zero), %s as they should be, %s held, "
        "%s without anything new.",
        ctx.shop,
        planned.numbers,
        planned.changes,
        planned.emptied,
        planned.equal,
        planned.held,
        planned.numbers - planned.changes - planned.equal - planned.held,
    )
    for rule, count in sorted(plan.held.items()):
        log.info("Shop %s: %s held: %s.", ctx.shop, count, rule)
    for reason in verdict.reasons:
        log.warning("Shop %s: a person must approve: %s", ctx.shop, reason.words)
