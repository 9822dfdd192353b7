"""What to look at in an order's VAT: unusual and foreign rates, no VAT, a switch of rates (F23, F28)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from abicart_specter.domain.orders.costs import Parts, proportional_parts, rounding_slack, vat_in
from abicart_specter.domain.orders.lines import Case
from abicart_specter.domain.orders.ore import percent_text, shown
from abicart_specter.domain.orders.records import Cost, RowRole, SpecterRow
from abicart_specter.settings.types import STOCKHOLM

RATE_SWITCHES = (
    (date(2026, 4, 1), Decimal("12"), Decimal("6")),
    (date(2028, 1, 1), Decimal("6"), Decimal("12")),
)
"""First day of the new rate, old and new percent: food, from 2026-04-01 to 2027-12-31."""

_NO_SALE = frozenset({RowRole.GIFT_CARD_USED, RowRole.GIFT_CARD_SOLD, RowRole.ROUNDING})


def flag_vat(case: Case, rows: Iterable[SpecterRow], now: datetime) -> None:
    """Note what deserves a look. Nothing here holds an order: the shop's receipt is the truth."""
    sold = [row for row in rows if row.role not in _NO_SALE and row.price]
    percents = {row.vat_percent for row in sold}
    _unusual(case, percents)
    if sold and percents == {Decimal(0)}:
        case.warn(
            "vat_none",
            "everything was sold without VAT (export, or a business that accounts for the VAT itself).",
            "Check that the buyer's country and VAT number allow it.",
        )
    elif not case.order.has_vat and sold:
        case.warn(
            "vat_none",
            "the shop marks the order as one without VAT, but its rows have VAT; sent as charged.",
            "Look at the order's VAT settings in the shop.",
        )
    _tax_point(case, percents, now)


def _unusual(case: Case, percents: set[Decimal]) -> None:
    usual = set(case.settings.prices.usual_vat_percents)
    odd = sorted(percents - usual)
    if not odd:
        return
    buyer = case.order.buyer
    country = (buyer.delivery or buyer.invoice).country.strip().upper()
    words = ", ".join(percent_text(percent / 100) for percent in odd)
    if country not in ("", "SE"):
        case.warn(
            "vat_foreign",
            f"VAT of another country ({words}); sent as charged.",
            "Check that the sale is reported in the right country (OSS).",
        )
        return
    case.warn(
        "vat_rate_unusual",
        f"a VAT rate that the shop file does not list ({words}); sent as charged.",
        "Check the rate; if it is right, add it to prices.usual_vat_percents.",
    )


def _tax_point(case: Case, percents: set[Decimal], now: datetime) -> None:
    """Placed before a switch of rates and not surely paid before it: liability may arise after the switch."""
    order = case.order
    placed, today = _day(order.ordered), _day(now)
    for first_day, old, new in RATE_SWITCHES:
        if not placed < first_day <= today or old not in percents:
            continue
        if order.payment_status == "paid" and _day(order.changed) < first_day:
            continue
        case.warn(
            "vat_tax_point",
            f"placed before {first_day.isoformat()} with {old} % VAT and not known to be paid by then; food has "
            f"{new} % from that day on. Sent with the shop's {old} %.",
            "If it was neither delivered nor paid before that day, correct the VAT with the accountant.",
        )


def flag_freight(case: Case, what: str, cost: Cost, charged: Parts, taxable: dict[Decimal, int]) -> bool:
    """Note where Skatteverket's proportional rule gives another VAT than the shop charged (rule 20)."""
    parts = proportional_parts(cost, taxable)
    if parts is None:
        return False
    if abs(vat_in(parts) - vat_in(charged)) <= rounding_slack(len(parts), len(case.order.items)):
        return False
    how = "the split" if case.settings.orders.freight_vat == "split" else "the shop's"
    case.warn(
        "freight_vat",
        f"the {what} of {shown(cost.inc)} carries VAT {shown(vat_in(charged))} in the shop; in proportion to the "
        f"goods' rates it would be {shown(vat_in(parts))}. Sent: {how}.",
        "Set the delivery and payment methods' VAT in the shop to follow the goods, or orders.freight_vat to split.",
    )
    return True


def _day(moment: datetime) -> date:
    return moment.astimezone(STOCKHOLM).date()
