"""Which causes are open: everything but red runs (``red_runs``) and the two ways to people (``deliver``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from abicart_specter.domain.orders.ripeness import AWAITING_PAYMENT
from abicart_specter.flows.alerts import causes
from abicart_specter.flows.alerts.airflow_runs import AirflowRuns
from abicart_specter.flows.alerts.missed_import import missed_import
from abicart_specter.flows.alerts.texts import SHOWN, cut_short
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.drain_queue import account_name
from abicart_specter.flows.imports.silence import silences, wanted_queues
from abicart_specter.flows.orders.alarms import ABICART, SPECTER, TWICE
from abicart_specter.ledger import OpenAlarm
from abicart_specter.ledger.alerts.records import WaitingOrders
from abicart_specter.ledger.order_rules import OrderState
from abicart_specter.settings import all_files

UNSENT_AFTER = timedelta(minutes=30)
LATE_AFTER = timedelta(minutes=60)
LATE_WHILE_RUNNING = timedelta(hours=3)
"""A run that sends thousands of orders keeps the next one from reading for a while."""
QUESTION_GRACE = timedelta(minutes=15)
WAIT_BY_THEMSELVES = frozenset({AWAITING_PAYMENT, "manual_export"})
"""Rules of held orders that need nobody: they go when they are paid, or by the shop's setting somebody sends them."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A cause that is there now. ``words`` are for the log; ``facts`` fill the text that people get."""

    cause: str
    words: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def look(ctx: FlowContext, airflow: AirflowRuns, open_before: Mapping[str, OpenAlarm]) -> Iterator[Finding]:
    """What is there now. A cause that is not among them, and that this decides about (``decides``), is over."""
    for part in (
        _unconfirmed,
        _unsent,
        _late,
        _held,
        _twice,
        _questions,
        missed_import,
        _silent,
        _shop_files,
    ):
        for cause, words, facts in part(ctx, airflow, open_before):
            yield Finding(cause, words, facts)


def decides(cause: str) -> bool:
    """Whether ``look`` says when it is over."""
    return cause.partition(":")[0] in {
        causes.UNCONFIRMED,
        causes.UNSENT,
        causes.LATE,
        causes.HELD,
        TWICE.rstrip(":"),
        causes.QUESTION,
        causes.MISSED,
        causes.SILENT,
        causes.SHOP_FILE,
    }


Found = Iterator[tuple[str, str, dict[str, Any]]]
Open = Mapping[str, OpenAlarm]


def _orders(waiting: WaitingOrders) -> dict[str, Any]:
    return {
        "orders": waiting.total,
        "total": waiting.total,
        "numbers": list(waiting.numbers),
        "rules": dict(waiting.rules),
    }


def _unconfirmed(ctx: FlowContext, airflow: AirflowRuns, open_before: Open) -> Found:
    # An intent is a write under way; one that is so old has lost its writer.
    before = ctx.clock() - timedelta(minutes=ctx.settings.alerts.unconfirmed_after_minutes)
    states = (OrderState.UNCONFIRMED, OrderState.INTENT)
    waiting = ctx.ledger.alerts.waiting_orders(ctx.shop, states, SHOWN, before=before)
    if waiting.total:
        yield causes.UNCONFIRMED, f"{waiting.total} orders are unconfirmed", _orders(waiting)


def _unsent(ctx: FlowContext, airflow: AirflowRuns, open_before: Open) -> Found:
    if causes.UNSENT not in open_before and (SPECTER in open_before or ABICART in open_before):
        return  # that is the cause, and it is told already
    states = [OrderState.FAILED]
    if ctx.settings.orders_leave_by_themselves:
        states.append(OrderState.NEW)
    waiting = ctx.ledger.alerts.waiting_orders(
        ctx.shop, states, SHOWN, found_before=ctx.clock() - UNSENT_AFTER
    )
    if waiting.total:
        minutes = int(UNSENT_AFTER / timedelta(minutes=1))
        facts = {**_orders(waiting), "minutes": minutes, "link": airflow.link("order_export")}
        yield causes.UNSENT, f"{waiting.total} orders do not go", facts


def _late(ctx: FlowContext, airflow: AirflowRuns, open_before: Open) -> Found:
    event = ctx.settings.events.export_order
    if event.when == "inactive" or event.update == "inactive":
        return
    if causes.LATE not in open_before and ABICART in open_before:
        return
    to, now = ctx.ledger.alerts.scanned_to(ctx.shop), ctx.clock()
    if to is None or now - to <= LATE_AFTER:
        return
    if now - to <= LATE_WHILE_RUNNING and airflow.count("order_export", "running"):
        return
    facts = {
        "scanned_to": to.isoformat(),
        "paused": airflow.paused("order_export"),
        "link": airflow.link("order_export"),
    }
    yield causes.LATE, f"orders were read only to {to:%Y-%m-%d %H:%M} UTC", facts


def _held(ctx: FlowContext, airflow: AirflowRuns, open_before: Open) -> Found:
    states, alerts = (OrderState.HELD,), ctx.ledger.alerts
    waiting = alerts.waiting_orders(ctx.shop, states, SHOWN, not_rules=WAIT_BY_THEMSELVES, newest_first=True)
    if not waiting.total:
        return
    alarm = open_before.get(causes.HELD)
    new = waiting.total
    if alarm is not None:
        said = alarm.opened_at + timedelta(hours=ctx.settings.alerts.reminder_hours * alarm.reminders)
        new = alerts.waiting_orders(ctx.shop, states, SHOWN, after=said, not_rules=WAIT_BY_THEMSELVES).total
    facts = {**_orders(waiting), "new": new, "link": airflow.link("order_export")}
    yield causes.HELD, f"{waiting.total} orders are held, {new} of them new", facts


def _twice(ctx: FlowContext, airflow: AirflowRuns, open_before: Open) -> Found:
    for order in ctx.ledger.orders.double_orders(ctx.shop):
        others = list(order.other_numbers)
        words = f"order {order.number} is there as {' and '.join(others)} too"
        yield f"{TWICE} {order.specter_order_no}", words, {"first": order.specter_order_no, "others": others}


def _questions(ctx: FlowContext, airflow: AirflowRuns, open_before: Open) -> Found:
    guard = ctx.settings.import_guard
    for flow in ("nightly_import", "stock_import"):
        for one in ctx.ledger.alerts.waiting_questions(ctx.shop, flow):
            until = one.asked_at + timedelta(hours=guard.answer_within_hours)
            if ctx.clock() <= until + QUESTION_GRACE:
                facts = {
                    "part": one.part,
                    "products": one.products,
                    "until": until.isoformat(),
                    "without_answer": guard.without_answer,
                    "asked_by": flow,
                    "run_id": one.run_id,
                    "link": airflow.questions_link() or airflow.link(flow, one.run_id),
                }
                words = f"{flow} asks about {one.part} until {until:%Y-%m-%d %H:%M} UTC"
                yield f"{causes.QUESTION}:{one.part}", words, facts


def _silent(ctx: FlowContext, airflow: AirflowRuns, open_before: Open) -> Found:
    for binding in ctx.ledger.bindings():
        if binding.shop == ctx.shop:
            account = account_name(binding.sbm_id, binding.api_user_id)
            for one in silences(ctx, account, wanted_queues(ctx)):
                words = f"Specter's queue {one.queue.value} has told nothing for {one.days} days"
                facts = {"queue": one.queue.value, "days_count": one.days, "since": one.since.isoformat()}
                yield f"{causes.SILENT}:{one.queue.value}", words, facts


def _shop_files(ctx: FlowContext, airflow: AirflowRuns, open_before: Open) -> Found:
    """A shop whose file is broken may be unable to tell anybody: the addresses stand in it. Its neighbours do."""
    for one in all_files():
        if one.problem:
            words = f"the file of shop {one.name} cannot be used"
            facts = {"broken": one.name, "problem": cut_short(one.problem)}
            yield f"{causes.SHOP_FILE}:{one.name}", words, facts
