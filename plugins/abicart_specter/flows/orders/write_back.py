"""Specter's order number onto the shop's order, and a second look at what was sent (rule 9, setting 28)."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from abicart_specter.clients.abicart import AbicartClient
from abicart_specter.domain.orders.content import content_hash
from abicart_specter.domain.orders.order_mapping import OrderMapping
from abicart_specter.domain.orders.read_order import read_order
from abicart_specter.errors import RecordError, RetriableError
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.orders.find_changes import compare
from abicart_specter.ledger.order_records import MarkWritten, PendingMark

log = logging.getLogger(__name__)

MOST_TRIES = 20
"""After so many runs the mark is given up: it is best effort, the ledger is the truth (Abicart reference 10 #20)."""


def write_back(
    ctx: FlowContext, abicart: AbicartClient, mapping: OrderMapping, pending: Sequence[PendingMark]
) -> None:
    """Write numbers onto the shop's orders in batches, and compare what the shop answers with what was sent.

    Hashes are compared, not times: our own write moves ``changed``. Never fails: what could not be written is written
    by a later run.
    """
    if not pending:
        return
    by_uid = {mark.uid: mark for mark in pending}
    if ctx.settings.orders.write_number_to_shop:
        results = abicart.orders.mark_orders([(mark.uid, mark.specter_order_no) for mark in pending])
        ctx.ledger.orders.record_written_back(
            ctx.shop,
            [
                MarkWritten(
                    uid,
                    by_uid[uid].generation,
                    result.ok,
                    result.words,
                    final=result.refused or (not result.ok and by_uid[uid].tries + 1 >= MOST_TRIES),
                )
                for uid, result in results.items()
            ],
        )
        refused = [result.words for result in results.values() if result.refused]
        if refused:
            log.warning(
                "Shop %s: the shop does not take Specter's number on %s orders: %s. The ledger knows it all the same.",
                ctx.shop,
                len(refused),
                refused[0],
            )
        documents = {uid: result.document for uid, result in results.items() if result.document is not None}
    else:
        documents = {}
    missing = [uid for uid in by_uid if uid not in documents]
    if missing:
        try:
            documents |= abicart.orders.get_orders(missing)
        except RetriableError as error:
            log.warning("Shop %s: orders could not be read again: %s", ctx.shop, error.message)
    edited = []
    for uid, document in documents.items():
        try:
            changed = content_hash(read_order(document, mapping.names)) != by_uid[uid].content_hash
        except RecordError:
            changed = True
        if changed:
            edited.append((uid, document))
    if edited:
        sent = ctx.ledger.orders.sent_orders(ctx.shop, [uid for uid, _ in edited])
        compare(ctx, mapping, [(sent[uid], document) for uid, document in edited if uid in sent])
