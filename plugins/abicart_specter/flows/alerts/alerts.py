"""The alerts of one shop: look, say what is new, bring it to people. A run that finds nothing costs little."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from abicart_specter.errors import ConfigurationError
from abicart_specter.flows.alerts.airflow_runs import AirflowRuns
from abicart_specter.flows.alerts.answered import ending
from abicart_specter.flows.alerts.causes import CHANNEL, FLAGGED, RUN_RED, cause_of, is_wanted
from abicart_specter.flows.alerts.deliver import ChannelError, Way, deliver
from abicart_specter.flows.alerts.digest import trial_digest
from abicart_specter.flows.alerts.look import decides, look
from abicart_specter.flows.alerts.red_runs import look_at_runs
from abicart_specter.flows.alerts.texts import SHOWN
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.orders.alarms import close_alarm, raise_alarm
from abicart_specter.flows.reports import log_table
from abicart_specter.ledger import OpenAlarm
from abicart_specter.ledger.alerts.records import Channel

log = logging.getLogger(__name__)


def alerts(
    ctx: FlowContext,
    airflow: AirflowRuns,
    ways: Mapping[Channel, Way],
    told_since: datetime | None = None,
) -> dict[str, Any]:
    """One look, and one delivery to each channel.

    :param told_since: why runs are red that ended from then on was told already: the shop's file was broken.
    :raises ConfigurationError: a channel refuses for good, or for hours; everything else was done.
    """
    # First, so that a channel that is new is told what this look finds.
    ctx.ledger.alerts.set_up_channels(ctx.shop, list(ways), ctx.clock())
    before = {one.cause: one for one in ctx.ledger.orders.open_alarms(ctx.shop)}
    look_at_runs(ctx, airflow, before, told_since=told_since)
    _look(ctx, airflow, before)
    _news(ctx, airflow)
    errors = deliver(ctx, ways)
    is_open = [
        one for one in ctx.ledger.orders.open_alarms(ctx.shop) if is_wanted(one.cause, ctx.settings.alerts)
    ]
    _show(ctx, is_open, ways)
    if errors:
        for error in errors[:-1]:
            log.error("%s", error.message)
        raise errors[-1]
    return {"open": len(is_open)}


def send_test(ctx: FlowContext, ways: Mapping[Channel, Way]) -> None:
    """A test message to each channel.

    :raises ConfigurationError: there is none, or one does not take it.
    """
    if not ways:
        raise ConfigurationError(
            f"Shop {ctx.shop}: nobody is told of alerts: neither alerts.email.to nor alerts.slack.connection is set.",
            remedy="Enter one of them in the shop's file; docs/alerts.md says how.",
        )
    failed = []
    for way in ways.values():
        try:
            way.send(trial_digest(ctx.shop, ctx.settings.alerts.language))
            log.info("Shop %s: a test message went by %s.", ctx.shop, way.channel.value)
        except ChannelError as error:
            failed.append(f"{way.channel.value} (connection {way.connection}): {error.words}")
    if failed:
        raise ConfigurationError(
            f"Shop {ctx.shop}: the test message was not taken: {'; '.join(failed)}",
            remedy="Correct the connection in Airflow, or the addresses in the shop's file; then test again.",
        )


def _look(ctx: FlowContext, airflow: AirflowRuns, before: Mapping[str, OpenAlarm]) -> None:
    settings = ctx.settings.alerts
    found = [one for one in look(ctx, airflow, before) if is_wanted(one.cause, settings)]
    for one in found:
        raise_alarm(ctx, one.cause, one.words, one.facts, reminds=cause_of(one.cause).reminds)
    there = {one.cause for one in found}
    for cause, alarm in before.items():
        if cause in there or cause.startswith((f"{RUN_RED}:", f"{CHANNEL}:")):
            continue
        if decides(cause) or not is_wanted(cause, settings):
            close_alarm(ctx, cause, "it is not so any more", ending(ctx, alarm))
        else:  # another flow opens and closes it; reminders come also while that one does not run
            facts = {name: value for name, value in alarm.facts.items() if name != "opened_at"}
            raise_alarm(ctx, cause, alarm.words, facts, reminds=cause_of(cause).reminds)


def _news(ctx: FlowContext, airflow: AirflowRuns) -> None:
    """Products flagged since people were last told: one message, however many."""
    news = ctx.ledger.alerts.new_flags(ctx.shop, SHOWN)
    if news is None:
        return
    if news.products and ctx.settings.alerts.flagged_products:
        facts = {
            "products": news.products,
            "total": news.products,
            "numbers": list(news.numbers),
            "rules": dict(news.rules),
            "flow": news.flow,
            "link": airflow.link(news.flow, news.run_id),
        }
        words = f"{news.products} products were flagged by {news.flow}, run {news.run_id}"
        ctx.ledger.orders.tell_news(ctx.shop, FLAGGED, words, ctx.clock(), facts)
        log.warning("Shop %s: %s", ctx.shop, words)
    ctx.ledger.alerts.flags_told(ctx.shop, news.runs, ctx.clock())


def _show(ctx: FlowContext, is_open: list[OpenAlarm], ways: Mapping[Channel, Way]) -> None:
    if not is_open:
        log.info("Shop %s: no alarm is open.", ctx.shop)
        return
    rows = [(one.cause, f"{one.opened_at:%Y-%m-%d %H:%M} UTC", one.reminders, one.words) for one in is_open]
    log_table(log, f"Open alarms: {len(rows)}", ("cause", "since", "reminders", "what"), rows)
    if not ways:
        log.warning(
            "Shop %s: nobody is told: the shop's file has no alerts.email.to and no alerts.slack.", ctx.shop
        )
