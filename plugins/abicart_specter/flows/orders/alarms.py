"""One message per cause, however many orders it hits: opened, a reminder every four hours, closed (rule 12)."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from abicart_specter.errors import RetriableError
from abicart_specter.flows.context import FlowContext
from abicart_specter.ledger.errors import LedgerUnavailableError

log = logging.getLogger(__name__)

ABICART = "abicart does not answer"
SPECTER = "specter does not answer"
TWICE = "an order is in specter twice:"
"""Followed by its first number there: each such order is a cause of its own (rule 4)."""


def raise_alarm(ctx: FlowContext, cause: str, words: str) -> None:
    """Say that something is wrong; what was said already is repeated only as a reminder."""
    said = ctx.ledger.orders.raise_alarm(ctx.shop, cause, words, ctx.clock())
    if said is not None:
        log.error("Shop %s: alarm %s: %s: %s", ctx.shop, said, cause, words)


def close_alarm(ctx: FlowContext, cause: str, words: str) -> None:
    """Say that it is over, if it was said that it had begun."""
    if ctx.ledger.orders.close_alarm(ctx.shop, cause, words, ctx.clock()):
        log.warning("Shop %s: alarm closed: %s: %s", ctx.shop, cause, words)


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
