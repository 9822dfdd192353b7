"""Brings what was said to people: each channel on its own, at least once, with waits when it takes nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from abicart_specter.errors import ConfigurationError
from abicart_specter.flows.alerts.causes import CHANNEL, is_wanted
from abicart_specter.flows.alerts.digest import Digest, digest
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.orders.alarms import close_alarm, raise_alarm
from abicart_specter.ledger.alerts.records import Channel, ChannelState

log = logging.getLogger(__name__)

FIRST_WAIT = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=1)
TOLD_AFTER = timedelta(minutes=30)
"""So long a channel may take nothing before the other one is told of it."""
RED_AFTER = timedelta(hours=6)
"""So long before the alerts' own run is red each time it has tried."""


class ChannelError(Exception):
    """A channel did not take a message. ``words`` name neither an address nor a secret.

    :param permanent: no later try can succeed before a person has changed something.
    """

    def __init__(self, words: str, *, permanent: bool) -> None:
        super().__init__(words)
        self.words, self.permanent = words, permanent


@dataclass(frozen=True, slots=True)
class Way:
    """A channel that the shop has set up. ``send`` raises ``ChannelError``; ``connection`` is the id in Airflow."""

    channel: Channel
    connection: str
    send: Callable[[Digest], None]


def deliver(ctx: FlowContext, ways: Mapping[Channel, Way]) -> list[ConfigurationError]:
    """Offers every channel what it has not taken yet. Returns what must make the run red."""
    ctx.ledger.alerts.set_up_channels(ctx.shop, list(ways), ctx.clock())
    errors = [_deliver(ctx, way) for way in ways.values()]
    _forget_others(ctx, ways)
    return [error for error in errors if error is not None]


def _deliver(ctx: FlowContext, way: Way) -> ConfigurationError | None:
    alerts, settings, now = ctx.ledger.alerts, ctx.settings.alerts, ctx.clock()
    waiting = alerts.undelivered(ctx.shop, way.channel)
    own = f"{CHANNEL}:{way.channel.value}"
    wanted = [one for one in waiting if is_wanted(one.cause, settings) and one.cause != own]
    state = alerts.channel_state(ctx.shop, way.channel)
    if not wanted:
        if waiting:
            alerts.delivered(ctx.shop, way.channel, waiting, now)
        return None
    if state.next_try_at is not None and state.next_try_at > now:
        return None
    try:
        way.send(digest(wanted, ctx.shop, settings.language))
    except ChannelError as error:
        return _failed(ctx, way, state, error)
    # From here on it has arrived; if this is cut off before the mark, it arrives once more.
    alerts.delivered(ctx.shop, way.channel, waiting, now)
    log.info("Shop %s: %s messages delivered by %s.", ctx.shop, len(wanted), way.channel.value)
    close_alarm(ctx, own, "it takes messages again")
    return None


def _failed(
    ctx: FlowContext, way: Way, state: ChannelState, error: ChannelError
) -> ConfigurationError | None:
    now = ctx.clock()
    wait = LONGEST_WAIT if error.permanent else min(FIRST_WAIT * 2**state.attempts, LONGEST_WAIT)
    # A little less, so that a run that begins on time is not a moment too early.
    state = ctx.ledger.alerts.channel_failed(
        ctx.shop, way.channel, error.words, now, now + wait - timedelta(seconds=30)
    )
    since = state.failing_since or now
    log.error(
        "Shop %s: %s took no message (try %s): %s", ctx.shop, way.channel.value, state.attempts, error.words
    )
    if error.permanent or now - since >= TOLD_AFTER:
        facts = {
            "channel": way.channel.value,
            "connection": way.connection,
            "failing_since": since.isoformat(),
        }
        raise_alarm(ctx, f"{CHANNEL}:{way.channel.value}", error.words, facts)
    if not error.permanent and now - since < RED_AFTER:
        return None
    return ConfigurationError(
        f"Shop {ctx.shop}: alerts by {way.channel.value} are not taken since {since:%Y-%m-%d %H:%M} UTC: {error.words}",
        remedy=f"Check the connection {way.connection} and the shop's alerts.{way.channel.value}. What waits is "
        "kept and sent as soon as it works; trigger this DAG with “Test message” to try.",
    )


def _forget_others(ctx: FlowContext, ways: Mapping[Channel, Way]) -> None:
    """A channel that was taken out of the settings cannot fail any more."""
    for channel in Channel:
        if channel not in ways:
            close_alarm(ctx, f"{CHANNEL}:{channel.value}", "it is not set up any more")
