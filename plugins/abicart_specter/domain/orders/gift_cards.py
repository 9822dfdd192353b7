"""Gift cards: used, they are a means of payment; sold, a liability or a sale, by the shop's setting (F18)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from abicart_specter.domain.orders.lines import Case, Line
from abicart_specter.domain.orders.ore import ZERO, shown, total
from abicart_specter.domain.orders.records import PaymentMethodFacts, PaymentRole, RowRole

DEAD_PAYMENTS = frozenset({"cancelled", "error"})
"""Statuses of payments that pay nothing (Abicart reference 6.4, official)."""


def cards_among_payments(case: Case, methods: Mapping[int, PaymentMethodFacts]) -> tuple[Decimal, ...]:
    """Kronor of each gift card among the payments, known by the payment method's role in the mapping file."""
    return tuple(
        payment.amount
        for payment in case.order.payments
        if payment.status not in DEAD_PAYMENTS
        and payment.amount > 0
        and payment.method_uid in methods
        and methods[payment.method_uid].role is PaymentRole.GIFT_CARD
    )


def cards_used(
    case: Case, paid: tuple[Decimal, ...], as_rows: tuple[Decimal, ...], before_cards: Decimal
) -> tuple[Decimal, ...]:
    """The gift cards that pay for the order.

    :param before_cards: what the order comes to before them.
    :raises RecordError: the shop shows them twice, or they are worth more than the order.
    """
    if paid and as_rows:
        raise case.held(
            "gift_card_unclear",
            f"the shop shows gift cards both as payments ({shown(total(paid))}) and as rows ({shown(total(as_rows))}).",
            "Look at the order in the shop and enter it in Specter by hand.",
        )
    used = tuple(card for card in (*paid, *as_rows) if card)
    if total(used) > before_cards:
        raise case.held(
            "gift_card_unclear",
            f"gift cards of {shown(total(used))} pay for an order of {shown(before_cards)}.",
            "Look at the order in the shop and enter it in Specter by hand.",
        )
    return used


def cards_sold(case: Case, lines: Iterable[Line]) -> list[Line]:
    """The lines, with those that are gift cards sold marked as such and, by the setting, without VAT."""
    patterns = [re.compile(pattern) for pattern in case.settings.orders.gift_cards_sold]
    return [
        _sold(case, line) if any(pattern.fullmatch(line.product_number) for pattern in patterns) else line
        for line in lines
    ]


def _sold(case: Case, line: Line) -> Line:
    sold = replace(line, role=RowRole.GIFT_CARD_SOLD)
    if case.settings.orders.gift_card_sold_vat == "as_shop" or not line.rate:
        return sold
    if line.inc != line.ex:
        case.warn(
            "gift_card_sold_vat",
            f"row {line.place} is a gift card sold for {shown(line.inc)}; the shop charged VAT "
            f"{shown(line.inc - line.ex)}, it was sent without VAT.",
            "Set the gift card's VAT to 0 % in the shop, or orders.gift_card_sold_vat to as_shop if it can only be "
            "used for goods of one VAT rate.",
        )
    return replace(sold, rate=ZERO, ex=line.inc, off_ex=line.off_inc)
