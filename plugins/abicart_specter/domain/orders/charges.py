"""The rows of delivery, payment fee and cash on delivery, zero rows by their settings (settings 8–10, 16–18)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from abicart_specter.domain.orders.costs import Parts, as_charged, charged_parts, proportional_parts
from abicart_specter.domain.orders.gift_cards import DEAD_PAYMENTS
from abicart_specter.domain.orders.lines import Case, Charged
from abicart_specter.domain.orders.ore import ZERO, to_ore
from abicart_specter.domain.orders.planned import Planned
from abicart_specter.domain.orders.records import Cost, PaymentMethodFacts, PaymentRole, RowRole
from abicart_specter.domain.orders.vat_flags import flag_freight
from abicart_specter.settings.special_numbers import ROLES

ONE = Decimal(1)
_ROLES = {
    "delivery": RowRole.DELIVERY,
    "payment_fee": RowRole.PAYMENT_FEE,
    "cash_on_delivery": RowRole.CASH_ON_DELIVERY,
}


def plan_charges(
    case: Case, payments: Mapping[int, PaymentMethodFacts], taxable: dict[Decimal, int]
) -> tuple[list[Planned], list[Charged]]:
    """The rows, and what the shop charged per rate."""
    order, zero = case.order, case.settings.orders.include_zero
    by_cod = any(
        payments[one.method_uid].role is PaymentRole.CASH_ON_DELIVERY
        for one in order.payments
        if one.method_uid in payments and one.status not in DEAD_PAYMENTS
    )
    shop_has_cod = any(facts.role is PaymentRole.CASH_ON_DELIVERY for facts in payments.values())
    nothing = Cost(ZERO, ZERO, ZERO, order.fee.rate)
    wanted = (
        ("delivery", order.shipment, zero.delivery),
        ("payment_fee", nothing if by_cod else order.fee, zero.payment_fee),
        ("cash_on_delivery", order.fee if by_cod else nothing, zero.cash_on_delivery and shop_has_cod),
    )
    planned: list[Planned] = []
    charged: list[Charged] = []
    for key, cost, as_zero in wanted:
        if not cost.inc and not cost.ex:
            if as_zero:
                planned.append(_row(case, key, _zero_rate(case, cost, taxable), ZERO, ZERO))
            continue
        parts = charged_parts(case, key.replace("_", " "), cost, taxable)
        charged += as_charged(parts)
        planned += [_row(case, key, *part) for part in _sent_parts(case, key, cost, parts, taxable)]
    return planned, charged


def _sent_parts(case: Case, key: str, cost: Cost, parts: Parts, taxable: dict[Decimal, int]) -> Parts:
    """As the shop charged, or by the setting in proportion to the goods where that differs."""
    if not flag_freight(case, key.replace("_", " "), cost, parts, taxable):
        return parts
    split = proportional_parts(cost, taxable) if case.settings.orders.freight_vat == "split" else None
    return parts if split is None else split


def _zero_rate(case: Case, cost: Cost, taxable: dict[Decimal, int]) -> Decimal:
    usual = case.settings.prices.usual_rates()
    if cost.rate in usual or cost.rate in taxable:
        return cost.rate
    return next(iter(taxable), ZERO)


def _row(case: Case, key: str, rate: Decimal, inc: Decimal, ex: Decimal) -> Planned:
    return Planned(
        role=_ROLES[key],
        product_number=case.special_number(key),
        name=ROLES[key][1],
        quantity=ONE,
        rate=rate,
        inc=inc,
        ex=to_ore(ex),
    )
