"""How differences of an order are put into words. Nothing personal goes in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from abicart_specter.domain.money import shortest


def row_name(row: Mapping[str, Any]) -> str:
    """A row by its uid and its product's number."""
    number = f"product {row['number']!r}" if row["number"] else "without product"
    return f"row {row['uid']}, {number}"


def amount_words(cost: Mapping[str, Any], currency: str) -> str:
    """A cost with and without VAT, its rate and its discount."""
    rate = shortest(Decimal(cost["rate"]) * 100)
    off = cost.get("discount")
    less = f", discount {discount_words(off, currency)}" if off else ""
    return f"{money(Decimal(cost['inc']))} {currency} with VAT ({money(Decimal(cost['ex']))} without, {rate} %{less})"


def money(value: Decimal) -> str:
    """Two decimals at least, more where there are more."""
    text = shortest(value)
    decimals = len(text.partition(".")[2])
    return text if decimals >= 2 else format(value, ".2f")


def discount_words(discount: Mapping[str, Any] | None, currency: str) -> str:
    """What a discount takes off."""
    if discount is None:
        return "none"
    if discount["inc"] is not None:
        return f"{money(Decimal(discount['inc']))} {currency} with VAT"
    if discount["ex"] is not None:
        return f"{money(Decimal(discount['ex']))} {currency} without VAT"
    return f"{shortest(Decimal(discount['rate'] or 0) * 100)} %"


def payment_words(payments: Sequence[tuple[int, Decimal]], currency: str) -> str:
    """Payments by method and amount."""
    words = (f"{money(amount)} {currency} by payment method {method}" for method, amount in payments)
    return ", ".join(words) or "none"


def apart(delta: Decimal) -> str:
    """By how much a stock is off."""
    return f"{shortest(abs(delta))} too {'high' if delta > 0 else 'low'}"
