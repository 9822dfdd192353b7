"""An order's outcome in words: one line of the log, one line of ``orders.csv``, some of ``proofs.csv``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from abicart_specter.flows.reports import printable
from abicart_specter.ledger.order_records import OrderOutcome
from abicart_specter.settings.types import STOCKHOLM

ORDER_COLUMNS = (
    "number",
    "uid",
    "placed",
    "outcome",
    "specter_order",
    "number_in_specter",
    "rows",
    "total",
    "vat",
    "difference",
    "rule",
    "reason",
    "remedy",
)
PROOF_COLUMNS = (
    "number",
    "specter_order",
    "vat_percent",
    "shop_ex",
    "shop_vat",
    "sent_ex",
    "sent_vat",
    "shop_total",
    "sent_total",
    "rounding",
    "gift_cards_used",
    "gift_cards_sold",
    "difference",
    "model",
    "reading",
)


def order_line(order: OrderOutcome) -> str:
    """The order in one line: number, outcome, rows, total, VAT per rate, Specter's number or reason and remedy."""
    parts = [f"Order {order.number}: {order.outcome.value}"]
    if order.specter_order_no:
        parts[0] += f" as {order.specter_order_no}"
    if order.proof:
        parts.append(", ".join(filter(None, (rows_of(order.proof), f"total {total_of(order.proof)}"))))
        parts.append(f"VAT {vat_of(order.proof) or 'none'}")
    if order.rule:
        parts.append(order.rule)
    if reason := reason_of(order):
        parts.append(reason)
    line = "; ".join(parts)
    return printable(f"{line} Remedy: {order.remedy}" if order.remedy else line)


def reason_of(order: OrderOutcome) -> str:
    """Why, in words; also that tries of different content may have arrived."""
    version = "nobody knows which version Specter has" if order.version_unknown else ""
    return "; ".join(filter(None, (order.reason, version)))


def rows_of(proof: Mapping[str, Any]) -> str:
    """How many rows were sent, in words; empty where the proof does not say."""
    rows = proof.get("rows")
    return "" if rows is None else f"{rows} row{'s' if rows != 1 else ''}"


def total_of(proof: Mapping[str, Any]) -> str:
    """What the buyer has to pay by the rows sent."""
    return f"{Decimal(proof['sent_total']):.2f}"


def vat_of(proof: Mapping[str, Any]) -> str:
    """The VAT sent per rate, highest rate first."""
    return ", ".join(
        f"{Decimal(rate['percent']).normalize():f} %: {Decimal(rate['sent_vat']):.2f}"
        for rate in sorted(proof["rates"], key=lambda rate: -Decimal(rate["percent"]))
    )


def amount(value: Any) -> str:
    """An amount of money with two decimals, or with more if it has more."""
    number = Decimal(value)
    return f"{number:.2f}" if number == number.quantize(Decimal("0.01")) else f"{number:f}"


def order_cells(order: OrderOutcome) -> tuple[object, ...]:
    """The order as a line of ``orders.csv``."""
    proof = order.proof or {}
    return (
        order.number,
        order.uid,
        "" if order.ordered_at is None else f"{order.ordered_at.astimezone(STOCKHOLM):%Y-%m-%d %H:%M:%S}",
        order.outcome.value,
        order.specter_order_no or "",
        order.external_no or "",
        proof.get("rows", ""),
        total_of(proof) if proof else "",
        vat_of(proof) if proof else "",
        proof.get("difference", ""),
        order.rule,
        reason_of(order),
        order.remedy,
    )


def proof_cells(order: OrderOutcome) -> Iterator[tuple[object, ...]]:
    """The order's proof as lines of ``proofs.csv``, one for each VAT rate; none without a proof."""
    proof = order.proof
    if not proof:
        return
    whole = [
        proof[name] if name in ("model", "reading") else amount(proof[name])
        for name in PROOF_COLUMNS
        if name
        not in ("number", "specter_order", "vat_percent", "shop_ex", "shop_vat", "sent_ex", "sent_vat")
    ]
    for rate in proof["rates"]:
        yield (
            order.number,
            order.specter_order_no or "",
            rate["percent"],
            amount(rate["shop_ex"]),
            amount(rate["shop_vat"]),
            amount(rate["sent_ex"]),
            amount(rate["sent_vat"]),
            *whole,
        )
