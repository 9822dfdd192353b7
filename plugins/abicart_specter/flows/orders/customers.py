"""The Specter customer of an order: matched or made, never twice for one buyer (rules 14 to 17)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from abicart_specter.clients.specter import SpecterClient
from abicart_specter.clients.specter_writes import customer_is_matched
from abicart_specter.domain.orders.records import CustomerWrite
from abicart_specter.domain.records import Flag, Severity
from abicart_specter.errors import RecordError
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.orders.prepare_order import PreparedOrder
from abicart_specter.ledger.order_records import CustomerState

log = logging.getLogger(__name__)

CUSTOMER_SHARED = "customer_shared"
CUSTOMER_NAME_DIFFERS = "customer_name_differs"
CUSTOMER_UNCONFIRMED = "customer_unconfirmed"
CUSTOMER_NUMBER_UNKNOWN = "customer_number_unknown"
MAY_BE_THERE = frozenset({CUSTOMER_UNCONFIRMED, CUSTOMER_NUMBER_UNKNOWN})
"""Rules under which Specter may have made the customer."""


@dataclass(frozen=True, slots=True)
class Customer:
    """The answer: Specter's number, whether its record is what the order says, and what was found.

    ``fields_hash`` is that of the fields which Specter has now; ``None`` when its record was left alone.
    """

    number: int
    fields_hash: str | None
    flags: tuple[Flag, ...] = ()


def must_write(ctx: FlowContext, state: CustomerState, prepared: PreparedOrder) -> bool:
    """Whether the customer is to be written before the order.

    One whose number is known is written again only when its fields changed and its record may be overwritten.
    """
    number, wanted = state.specter_customer_no, prepared.customer
    if number is None:
        return True
    if wanted.hash == fields_in_specter(state) or not _may_overwrite(ctx, wanted):
        return False
    return not ctx.ledger.orders.other_keys_of(ctx.shop, number, prepared.customer_key)


def remembered(fields_hash: str | None, name_hash: str) -> str:
    """What the ledger keeps of a buyer besides the number: which fields Specter has, if we know, and under which name
    the buyer came; both hashed.
    """
    return f"{fields_hash or ''}/{name_hash}"


def fields_in_specter(state: CustomerState) -> str | None:
    """The hash of the fields that Specter has of a buyer, if we wrote them last."""
    return (state.fields_hash or "").partition("/")[0] or None


def other_name(state: CustomerState, prepared: PreparedOrder, name_hash: str) -> Flag | None:
    """A warning where a buyer of the same e-mail address or number came under another name before (fault F26)."""
    before = (state.fields_hash or "").partition("/")[2]
    if not before or before == name_hash:
        return None
    return Flag(
        prepared.key,
        CUSTOMER_NAME_DIFFERS,
        Severity.WARNING,
        f"Order {prepared.order.number}: its buyer, found by {prepared.customer.match_rule}, came under another name "
        f"before and is customer {state.specter_customer_no} in Specter.",
        "Look whether both are the same customer. If several people share one e-mail address, give the order its own "
        "customer in Specter.",
    )


def write_customer(
    ctx: FlowContext,
    specter: SpecterClient,
    prepared: PreparedOrder,
    state: CustomerState,
    ignore_email: bool,
    before_try: Callable[[], None],
) -> Customer:
    """Write the customer; the intent is stored already.

    The first contact goes unforced: Specter may find somebody whom another buyer of the shop is linked to. Only
    where it did not, a second call brings the record up to date, since the order itself carries no address.

    :param ignore_email: see :func:`ignore_email_check`.
    :raises RecordError: rule in ``MAY_BE_THERE``: an answer came, but the order must be held.
    """
    wanted = prepared.customer
    if state.specter_customer_no is not None:
        number = _submit(specter, prepared, before_try, force=True, ignore_email=ignore_email)
        return Customer(number, wanted.hash, _moved(prepared, state, number))
    number = _submit(specter, prepared, before_try, force=False, ignore_email=ignore_email)
    others = ctx.ledger.orders.other_keys_of(ctx.shop, str(number), prepared.customer_key)
    if others:
        return Customer(number, None, (_shared(prepared, number),))
    if not _may_overwrite(ctx, wanted):
        # A new customer of an order that matches nobody has just these fields; a matched one keeps its own.
        return Customer(number, None if matched(wanted) else wanted.hash)
    again = _submit(specter, prepared, before_try, force=True, ignore_email=ignore_email)
    if again != number:
        raise RecordError(
            f"Order {prepared.order.number}: Specter named customer {number}, and when asked to bring it up to date "
            f"customer {again}.",
            rule=CUSTOMER_UNCONFIRMED,
            remedy="Look at both customers in Specter: two records share this e-mail address or number. Merge them "
            "there; then the order goes by itself.",
        )
    return Customer(number, wanted.hash)


def _may_overwrite(ctx: FlowContext, wanted: CustomerWrite) -> bool:
    """Whether a customer that Specter found gets the order's data: the settings say so, a forced call finds the same
    one again, and no placeholder would replace a real e-mail address."""
    return ctx.settings.customers.update_matched and matched(wanted) and not wanted.placeholder_email


def matched(wanted: CustomerWrite) -> bool:
    """Whether Specter finds the customer again that this write makes."""
    return customer_is_matched(
        wanted.fields,
        ignore_email=wanted.ignore_email,
        ignore_organisation_number=wanted.ignore_organisation_number,
    )


def ignore_email_check(prepared: PreparedOrder, state: CustomerState) -> bool:
    """``ignoreControlEmail``: as the settings say; but when an answer was lost, the customer may be there and must be
    found (rule 16).

    :raises RecordError: there is nothing to find it by: the order is held.
    """
    wanted = prepared.customer
    if not state.open_intents or matched(wanted):
        return wanted.ignore_email
    if wanted.fields.get("emailAddress"):
        return False
    raise RecordError(
        f"Order {prepared.order.number}: the answer to its customer was lost, and by the settings Specter would make "
        "another one.",
        rule=CUSTOMER_UNCONFIRMED,
        remedy="Look in Specter for the customer of this order. Then enter an e-mail address on the order in the "
        "shop, so that Specter finds it, and the order goes by itself.",
    )


def _submit(
    specter: SpecterClient,
    prepared: PreparedOrder,
    before_try: Callable[[], None],
    *,
    force: bool,
    ignore_email: bool,
) -> int:
    answer = specter.submit_customer(
        prepared.customer.fields,
        force=force,
        ignore_email=ignore_email,
        ignore_organisation_number=prepared.customer.ignore_organisation_number,
        personal=prepared.personal(),
        before_try=before_try,
    )
    if answer.number is None:
        raise RecordError(
            f"Order {prepared.order.number}: Specter accepted its customer, but told no number that we can read.",
            rule=CUSTOMER_NUMBER_UNKNOWN,
            remedy="Nothing yet: the next run asks again. If it stays so, report it: Specter's answer has a new form.",
        )
    return answer.number


def _shared(prepared: PreparedOrder, number: int) -> Flag:
    return Flag(
        prepared.key,
        CUSTOMER_SHARED,
        Severity.WARNING,
        f"Order {prepared.order.number}: Specter matched its buyer ({prepared.customer.match_rule}) to customer "
        f"{number}, which other buyers of the shop are linked to. The record was left as it is.",
        "Compare the customer in Specter with the order in the shop; the order's delivery address is in its comment.",
    )


def _moved(prepared: PreparedOrder, state: CustomerState, number: int) -> tuple[Flag, ...]:
    if str(number) == state.specter_customer_no:
        return ()
    return (
        Flag(
            prepared.key,
            "customer_moved",
            Severity.WARNING,
            f"Order {prepared.order.number}: its buyer was customer {state.specter_customer_no} in Specter and is now "
            f"{number}.",
            "Nothing if the customers were merged in Specter; else two records share the e-mail address or number.",
        ),
    )
