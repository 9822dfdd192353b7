"""Order status back from Specter (rule 35): the queue emptied, orders matched, the shop written, all accounted for.

Payments are never touched: the only writes are "sent" and, by opt-in, "cancelled". A status that cannot be acted on is
kept and listed. Killed at any line, the next run goes on with what the ledger holds.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence

from abicart_specter.clients.specter_batches import Queue
from abicart_specter.domain.orders.order_mapping import OrderMapping
from abicart_specter.errors import RetriableError
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.drain_queue import drain_queue, queue_account
from abicart_specter.flows.imports.status.apply_status import StatusWriter
from abicart_specter.flows.imports.status.report_status import StatusSummary, report_status
from abicart_specter.flows.journal import Journal
from abicart_specter.flows.leases import LeaseTerms, hold_leases
from abicart_specter.flows.requests_made import counted_abicart
from abicart_specter.settings.imports import StatusSettings

log = logging.getLogger(__name__)


def import_order_status(
    ctx: FlowContext, journal: Journal, mapping: OrderMapping, terms: LeaseTerms
) -> StatusSummary:
    """Everything about order status in one task. A dry run reads no queue and shows what the ledger holds.

    :param terms: by the longer of the times that a write to Specter and one to the shop may take.
    :raises LeaseHeldError: another run is at it, or reads the queue; try again later.
    :raises RetriableError: the shop was not reached for some orders; they are tried again.
    """
    settings = ctx.settings.status
    if not settings.read_orders:
        log.info("Shop %s: status.read_orders is off: nothing is read of Specter's order queue.", ctx.shop)
        return StatusSummary()
    ctx.begin()
    if ctx.dry_run:
        return _preview(ctx, mapping)
    with ctx.open_specter() as specter:  # for the account's name only; nothing is asked
        account, sbm_id = queue_account(specter), specter.connection.sbm_id
    drained = drain_queue(ctx, journal, terms, Queue.ORDERS)
    with hold_leases(ctx.ledger, [f"{ctx.shop}/order_status"], ctx.owner, terms) as keeper:
        told = ctx.ledger.status.take_in(ctx.shop, account)
        ctx.ledger.status.reconsider(ctx.shop, account, settings_key(settings))
        matched = ctx.ledger.status.match(ctx.shop, _sharing(ctx, sbm_id))
        with counted_abicart(ctx, "order_status") as abicart:
            writer = StatusWriter(ctx, abicart, mapping, keeper.before_write)
            writer.work()
    summary = report_status(ctx, writer.acted, reported=drained.reported, told=told, matched=matched)
    if writer.unreached:
        raise RetriableError(
            f"Shop {ctx.shop}: the shop was not reached for the status of {writer.unreached} orders.",
            remedy="Nothing: they are kept and tried again, by the next try and by every run.",
        )
    return summary


def settings_key(settings: StatusSettings) -> str:
    """Tells one set of status settings from another: with other codes, what was listed is looked at anew."""
    text = json.dumps(settings.model_dump(mode="json"), sort_keys=True)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _sharing(ctx: FlowContext, sbm_id: int) -> Sequence[str]:
    """Other shops of this ledger on the same Specter account, whose orders come on the same queue (rule 29)."""
    return [one.shop for one in ctx.ledger.bindings() if one.sbm_id == sbm_id and one.shop != ctx.shop]


def _preview(ctx: FlowContext, mapping: OrderMapping) -> StatusSummary:
    """What would be done about what the ledger holds; nothing is read of the queue and nothing is written."""
    with counted_abicart(ctx, "order_status") as abicart:
        writer = StatusWriter(ctx, abicart, mapping, lambda: None)
        writer.work()
    return report_status(ctx, writer.acted, reported=0, told=0, matched=0)
