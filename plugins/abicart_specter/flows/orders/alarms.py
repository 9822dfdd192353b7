"""One message per cause, however many orders it hits: opened, a reminder every four hours, closed (rule 12)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from abicart_specter.errors import RetriableError
from abicart_specter.flows.context import FlowContext
from abicart_specter.ledger.errors import LedgerUnavailableError
from abicart_specter.ledger.order_rules import OrderState

log = logging.getLogger(__name__)

ABICART = "abicart does not answer"
SPECTER = "specter does not answer"
TWICE = "an order is in specter twice:"
"""Followed by its first number there: each such order is a cause of its own (rule 4)."""


def raise_alarm(
    ctx: FlowContext,
    cause: str,
    words: str,
    facts: Mapping[str, Any] | None = None,
    *,
    reminds: bool = True,
) -> None:
    """Say that something is wrong; what was said already is repeated only as a reminder.

    :param words: for the log, in English.
    :param facts: what the text that people get is filled with, see ``flows.alerts.texts``.
    """
    hours = ctx.settings.alerts.reminder_hours if reminds else None
    said = ctx.ledger.orders.raise_alarm(ctx.shop, cause, words, ctx.clock(), hours, facts)
    if said is not None:
        log.error("Shop %s: alarm %s: %s: %s", ctx.shop, said, cause, words)


def close_alarm(ctx: FlowContext, cause: str, words: str, facts: Mapping[str, Any] | None = None) -> None:
    """Say that it is over, if it was said that it had begun.

    :param facts: what is known of its end, for the text that people get.
    """
    if ctx.ledger.orders.close_alarm(ctx.shop, cause, words, ctx.clock(), facts):
        log.warning("Shop %s: alarm closed: %s: %s", ctx.shop, cause, words)


def watch_at_the_start(ctx: FlowContext) -> Callable[[str], AbstractContextManager[None]]:
    """For a run's first look at both systems (``check_shop``): without it a run that gets no further would be silent.

    That Specter answers a question does not prove that it takes orders: while some wait that could not be sent, only
    sending them closes its alarm.
    """

    @contextmanager
    def watch(system: str) -> Iterator[None]:
        cause = {"abicart": ABICART, "specter": SPECTER}[system]
        try:
            yield
        except LedgerUnavailableError:
            raise
        except RetriableError as error:
            if not ctx.dry_run:
                raise_alarm(ctx, cause, error.message)
            raise
        waiting = ctx.ledger.orders.state_counts(ctx.shop)[OrderState.FAILED]
        if not ctx.dry_run and (cause == ABICART or not waiting):
            close_alarm(ctx, cause, "it answers again")

    return watch


@contextmanager
def watched(ctx: FlowContext, cause: str) -> Iterator[None]:
    """Opens the alarm when the block ends with an error that trying again may mend, closes it when it ends well."""
    try:
        yield
    except LedgerUnavailableError:
        raise  # the ledger cannot take a message about itself
    except RetriableError as error:
        raise_alarm(ctx, cause, error.message)
        raise
    close_alarm(ctx, cause, "it answers again")
