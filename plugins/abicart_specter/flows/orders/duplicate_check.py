"""Going live: is a repeated order number refused, and in which words? Asked with a test order (rule 10)."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from typing import Any

from abicart_specter.domain.orders.masking import hide
from abicart_specter.domain.orders.order_mapping import OrderMapping
from abicart_specter.errors import ConfigurationError, IncompleteRunError, RecordError, RefusedError
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.leases import LeaseTerms
from abicart_specter.flows.orders.prepare_order import (
    OrderTools,
    PreparedOrder,
    external_number,
    prepare,
    read,
)
from abicart_specter.flows.orders.single import single_order
from abicart_specter.flows.orders.single_request import SingleRequest
from abicart_specter.flows.requests_made import counted_abicart, counted_specter
from abicart_specter.ledger.order_records import OrderRecord
from abicart_specter.ledger.order_rules import OrderState

log = logging.getLogger(__name__)

TASK = "duplicate_check"


def require_yes(may_send_twice: bool) -> None:
    """Nothing is sent twice unless a person said that it may be.

    :raises ConfigurationError: nobody did; nothing was done.
    """
    if may_send_twice is not True:
        raise ConfigurationError(
            "Nobody confirmed that the order is a test order and may be sent twice.",
            remedy="Trigger again with “It is a test order; send it twice” switched on.",
        )


def duplicate_check(
    ctx: FlowContext,
    number: str,
    mapping: OrderMapping,
    terms: LeaseTerms,
    *,
    who: str = "somebody",
    sleep: Callable[[float], None] = time.sleep,
) -> dict[str, Any]:
    """Send a test order, then once more under the same number, and show what to put into the shop file.

    :returns: ``control``: ``refused``, ``second_order`` or ``old_number``; ``duplicate_answer``: the pattern for the
        refusal's words, if it was refused.
    :raises RecordError: the order could not be sent in the first place.
    :raises IncompleteRunError: Specter made a second order: a person must delete it.
    """
    request = SingleRequest((number,), dry_run=False, although_not_ripe=True)
    single_order(ctx, request, mapping, terms, who=who, sleep=sleep)
    ((uid, record),) = ctx.ledger.orders.states(ctx.shop, ctx.ledger.orders.found(ctx.run)).items()
    if record.state is not OrderState.SENT or record.specter_customer_no is None:
        raise RecordError(
            f"Shop {ctx.shop}: test order {record.number} was not sent: {record.words()}.",
            rule="test_order_not_sent",
            remedy=record.remedy or "Send it with order_export_single first.",
        )
    answer = _ask_again(ctx, uid, record, mapping)
    ctx.ledger.finish_run(ctx.run, answer)
    if answer["control"] == "second_order":
        raise IncompleteRunError(
            f"Shop {ctx.shop}: Specter made a second order {answer['number']} under the same number: it has no "
            "duplicate control.",
            remedy=f"Delete Specter orders {record.specter_order_no} and {answer['number']}, and leave "
            "orders.duplicate_control on untrusted.",
        )
    return answer


def _ask_again(ctx: FlowContext, uid: int, record: OrderRecord, mapping: OrderMapping) -> dict[str, Any]:
    with counted_abicart(ctx, TASK) as abicart:
        document = abicart.orders.get_orders([uid])[uid]
        methods = {one["uid"]: one["type"] for one in abicart.orders.payment_methods()}
    tools = OrderTools(ctx.settings, mapping, methods, ctx.customer_secret)
    order = read(document, tools)
    prepared = prepare(
        order, tools, external_no=external_number(ctx.settings, order.number, record), now=ctx.clock()
    )
    written = prepared.write(tools, address_in_comment=False)
    with counted_specter(ctx, TASK) as specter:
        try:
            answer = specter.submit_order(
                int(record.specter_customer_no or 0),
                written.fields,
                written.rows,
                personal=prepared.personal(),
            )
        except RefusedError as error:
            return _refused(ctx, prepared, error)
    if answer.number is not None and str(answer.number) == record.specter_order_no:
        log.info(
            "Shop %s: Specter answers a repeated number with the order it has, %s. duplicate_control may be "
            "“trusted”; any duplicate_answer will do, it is never needed.",
            ctx.shop,
            answer.number,
        )
        return {"control": "old_number", "number": str(answer.number), "duplicate_answer": "."}
    ctx.ledger.orders.late_answer(
        ctx.shop, uid, record.generation, None if answer.number is None else str(answer.number), TASK
    )
    return {"control": "second_order", "number": str(answer.number), "duplicate_answer": None}


def _refused(ctx: FlowContext, prepared: PreparedOrder, error: RefusedError) -> dict[str, Any]:
    words = hide(error.words, prepared.personal(), prepared.open_texts())
    pattern = pattern_of(words, prepared.external_no)
    log.info("Shop %s: Specter refuses a repeated order number: %s (code %s).", ctx.shop, words, error.code)
    log.info("If these words mean that it has the order already, put into the shop file under orders:")
    for line in ("duplicate_control: trusted", f"duplicate_answer: {_quoted(pattern)}"):
        log.info("  %s", line)
    return {"control": "refused", "number": None, "duplicate_answer": pattern}


def pattern_of(words: str, external_no: str) -> str:
    """A pattern for a refusal's words whatever the order: its own number may be any text, other figures any figures.

    The last figure is taken for Specter's order number, and gets the group ``number``.
    """
    pattern = r"\S+".join(
        re.sub(r"\d+", "\0", re.escape(part)) for part in words.split(external_no) if external_no
    )
    head, zero, tail = pattern.rpartition("\0")
    if not zero:
        return pattern
    return head.replace("\0", r"\d+") + r"(?P<number>\d+)" + tail


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
