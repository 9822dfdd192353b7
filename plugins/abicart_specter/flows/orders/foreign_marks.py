"""Marks in ``externalOrderNumber`` that we did not write: somebody else may be exporting this shop (rule 7)."""

from __future__ import annotations

import logging
import re

from abicart_specter.errors import FatalError
from abicart_specter.flows.context import FlowContext

log = logging.getLogger(__name__)

TOO_MANY = 3


class OtherSystemError(FatalError):
    """Another system exports this shop's orders."""


def looks_like_specters(ctx: FlowContext, mark: str) -> bool:
    """Whether a mark is by its form an order number of Specter."""
    return re.fullmatch(ctx.settings.orders.specter_number_pattern, mark) is not None


def shown(ctx: FlowContext, mark: str) -> str:
    """A mark as it may be shown: somebody may have typed anything there, a name too."""
    return mark if looks_like_specters(ctx, mark) else f"(a text of {len(mark)} characters)"


def refuse_other_system(ctx: FlowContext) -> None:
    """List the marks of others, and stop the export when there are too many of them.

    :raises OtherSystemError: three orders placed since ``orders_from`` carry one.
    """
    marks = ctx.ledger.orders.foreign_marks(ctx.shop, ctx.settings.orders.orders_from)
    for mark in marks:
        log.warning(
            "Shop %s: order %s carries the number %s, which we did not write.",
            ctx.shop,
            mark.number,
            shown(ctx, mark.mark),
        )
    if len(marks) >= TOO_MANY:
        raise OtherSystemError(
            f"Shop {ctx.shop}: another system exports this shop: orders "
            f"{', '.join(mark.number for mark in marks[:TOO_MANY])} carry a number that we did not write, in "
            "externalOrderNumber. Nothing was sent.",
            remedy="Switch the other system off (Abicart's own Specter link: Settings → Integrations). Then set "
            "orders.orders_from to a time after its last order.",
        )
