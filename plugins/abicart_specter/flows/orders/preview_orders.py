"""Dry run of orders: exactly the rows, the customer's fields (masked) and the proof; nothing is sent or stored."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from abicart_specter.clients.abicart import AbicartClient
from abicart_specter.clients.order_documents import OrderDocument
from abicart_specter.domain.mapping import ArticleMapping, article_mapping
from abicart_specter.domain.orders.masking import masked
from abicart_specter.domain.orders.order_mapping import OrderMapping
from abicart_specter.domain.orders.ripeness import not_ripe
from abicart_specter.errors import RecordError
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.orders.articles_first import why_articles_cannot_go
from abicart_specter.flows.orders.choose_orders import lacks_article
from abicart_specter.flows.orders.prepare_order import (
    OrderTools,
    PreparedOrder,
    external_number,
    prepare,
    read,
)
from abicart_specter.flows.orders.show_proof import show_proof
from abicart_specter.flows.reports import log_table, printable
from abicart_specter.flows.requests_made import counted_abicart
from abicart_specter.flows.send_products import mapping_context
from abicart_specter.ledger.order_records import CustomerState, OrderRecord
from abicart_specter.ledger.order_rules import SETTLED

log = logging.getLogger(__name__)

OPEN_ORDER_FIELDS = frozenset(
    {
        "externalOrderNo",
        "orderDate",
        "currency",
        "language",
        "stocksiteid",
        "payTypeIdentifier",
        "isPrepayment",
        "externalDeliveryMethod",
        "sendOrderMail",
        "sendOrderMailToUser",
        "userSource",
        "customerOrderReference",
    }
)
"""Fields of an order's head that hold nothing a buyer wrote."""


def preview_orders(ctx: FlowContext, uids: Sequence[int], mapping: OrderMapping) -> dict[str, int]:
    """Print what a run would send of these orders.

    :returns: counts of what would be sent, what is in Specter already, what would be held and what is left out.
    """
    counts: Counter[str] = Counter({"would be sent": 0})
    with counted_abicart(ctx, "preview") as abicart:
        methods = {one["uid"]: one["type"] for one in abicart.orders.payment_methods()}
        tools = OrderTools(ctx.settings, mapping, methods, ctx.customer_secret)
        articles = _Articles(ctx, abicart, article_mapping(ctx.settings))
        for start in range(0, len(uids), 100):
            part = uids[start : start + 100]
            documents = abicart.orders.get_orders(part)
            records = ctx.ledger.orders.states(ctx.shop, part)
            for uid in part:
                counts[_preview(ctx, uid, documents.get(uid), records.get(uid), tools, articles)] += 1
    log_table(
        log, f"Dry run of shop {ctx.shop}: nothing was written", ("what", "count"), sorted(counts.items())
    )
    return dict(counts)


@dataclass(frozen=True, slots=True)
class _Articles:
    """Tells whether the products of an order can be in Specter."""

    ctx: FlowContext
    abicart: AbicartClient
    mapping: ArticleMapping

    def check(self, prepared: PreparedOrder) -> None:
        """:raises RecordError: one cannot, as far as that shows without asking Specter."""
        problems = why_articles_cannot_go(
            self.ctx, self.abicart, prepared.articles(), self.mapping, mapping_context(self.ctx)
        )
        if error := lacks_article(prepared, problems):
            raise error


def _preview(
    ctx: FlowContext,
    uid: int,
    document: OrderDocument | None,
    record: OrderRecord | None,
    tools: OrderTools,
    articles: _Articles,
) -> str:
    """One order; returns the heading under which it is counted."""
    if document is None:
        log.warning("Shop %s: the shop has no order with uid %s any more.", ctx.shop, uid)
        return "gone"
    if record is not None and record.state in SETTLED:
        log.info("Order %s: in Specter already, %s.", record.number, record.words())
        _show_kept_proof(ctx, record)
        return "in Specter already"
    try:
        order = read(document, tools)
        if order.discarded:
            log.info("Order %s: cancelled in the shop; it would be left out.", order.number)
            return "left out"
        why = not_ripe(order, ctx.settings)
        prepared = prepare(
            order, tools, external_no=external_number(ctx.settings, order.number, record), now=ctx.clock()
        )
        known = ctx.ledger.orders.customers(ctx.shop, [prepared.customer_key])[prepared.customer_key]
        _show(prepared, tools, known)
        articles.check(prepared)
    except RecordError as error:
        log.warning("%s (rule %s)", error.message, error.rule)
        if error.remedy:
            log.warning("Remedy: %s", error.remedy)
        return "would be held"
    if why:
        log.warning("Order %s: %s. It would be held until then.", order.number, why)
        return "would be held"
    return "would be sent"


def _show(prepared: PreparedOrder, tools: OrderTools, known: CustomerState) -> None:
    written = prepared.write(tools, address_in_comment=False)
    number = known.specter_customer_no
    log.info(
        "Order %s as %s. Customer: %s; Specter finds it by %s. Fields: %s",
        prepared.order.number,
        prepared.external_no,
        f"number {number} in Specter" if number else "not known yet",
        prepared.customer.match_rule,
        _fields(masked(prepared.customer.fields)),
    )
    log.info("Order %s, head: %s", prepared.order.number, _fields(_open(written.fields)))
    log_table(
        log,
        f"Order {prepared.order.number}: rows to Specter",
        ("row", "what", "articleNo", "articleName", "noOfItems", "priceExclVAT", "vatPercent", "discount"),
        [
            (
                place,
                row.role.value,
                wire.get("articleNo", ""),
                wire.get("articleName", ""),
                wire.get("noOfItems", ""),
                wire.get("priceExclVAT", ""),
                wire.get("vatPercent", ""),
                wire.get("discount", ""),
            )
            for place, (row, wire) in enumerate(zip(prepared.rows.rows, written.rows, strict=True), 1)
        ],
    )
    show_proof(prepared.order.number, prepared.proof())
    for flag in prepared.flags(written):
        log.warning("Order %s, %s: %s %s", prepared.order.number, flag.rule, flag.message, flag.remedy)


def _show_kept_proof(ctx: FlowContext, record: OrderRecord) -> None:
    """What went, as it was proved then: the shop may have changed the order since."""
    if (proof := ctx.ledger.orders.proof(ctx.shop, record.uid)) is None:
        log.info(
            "Order %s: no proof is kept: it was linked, or its detail is older than retention keeps it.",
            record.number,
        )
    else:
        show_proof(record.number, proof)


def _open(fields: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value if name in OPEN_ORDER_FIELDS else f"‹{len(value)} characters›"
        for name, value in fields.items()
    }


def _fields(fields: dict[str, str]) -> str:
    return " ".join(f"{name}={printable(value)!r}" for name, value in fields.items() if value)
