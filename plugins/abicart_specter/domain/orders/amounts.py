"""From an order's amounts in the shop to the rows that Specter gets, with their proof. Pure and exact.

The way: guards → reading that adds up → packages, gift cards sold → discounts on the whole order per rate → delivery
and fee per rate → rows as meant → fitted to the account's rounding → gift cards used, rounding row → proof.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal, localcontext

from abicart_specter.domain.money import EXACT, round_half_up
from abicart_specter.domain.orders.candidates import Reading
from abicart_specter.domain.orders.charges import plan_charges
from abicart_specter.domain.orders.deductions import RateDeduction, deductions_by_rate
from abicart_specter.domain.orders.discounts import plan_goods
from abicart_specter.domain.orders.gift_cards import cards_among_payments, cards_sold, cards_used
from abicart_specter.domain.orders.guards import check_order
from abicart_specter.domain.orders.lines import Case, Charged, Line
from abicart_specter.domain.orders.ore import ZERO, is_whole, shown, to_kronor, to_ore, total
from abicart_specter.domain.orders.packages import without_packages
from abicart_specter.domain.orders.proof import prove
from abicart_specter.domain.orders.rates import own_rate
from abicart_specter.domain.orders.readings import read_amounts
from abicart_specter.domain.orders.records import (
    OrderRows,
    PaymentMethodFacts,
    RowRole,
    ShopOrder,
    SpecterRow,
)
from abicart_specter.domain.orders.settle import settle
from abicart_specter.domain.orders.vat_flags import flag_vat
from abicart_specter.settings import ShopSettings
from abicart_specter.settings.special_numbers import ROLES

ONE = Decimal(1)


def build_rows(
    order: ShopOrder,
    *,
    settings: ShopSettings,
    payments: Mapping[int, PaymentMethodFacts],
    gift_card_row_names: Collection[str] = (),
    discount_row_names: Collection[str] = (),
    now: datetime,
) -> OrderRows:
    """The rows of an order as Specter gets them, proved to come to the shop's total to the öre.

    Findings of the order and its items that are warnings come back among the flags; an error among them holds it.

    :param payments: the shop's payment methods by uid: which are gift cards, which is cash on delivery.
    :param gift_card_row_names: exact names of negative rows that are gift cards used.
    :param discount_row_names: exact names of negative rows that are discounts.
    :param now: aware; decides the flag on a switch of VAT rates.
    :raises RecordError: the order is held; ``rule`` says why, the message names row and remedy.
    """
    with localcontext(EXACT):
        return _build(Case(order, settings), payments, gift_card_row_names, discount_row_names, now)


def _build(
    case: Case,
    payments: Mapping[int, PaymentMethodFacts],
    gift_card_row_names: Collection[str],
    discount_row_names: Collection[str],
    now: datetime,
) -> OrderRows:
    check_order(case)
    paid = cards_among_payments(case, payments)
    reading = read_amounts(case, total(paid), gift_card_row_names, discount_row_names)
    lines, charged = _goods(case, reading)
    deductions = deductions_by_rate(case, reading.deductions, lines)
    charged += [Charged(one.rate, -one.ex, one.ex - one.inc) for one in deductions]
    planned = plan_goods(case, lines, deductions)
    costs, cost_charged = plan_charges(case, payments, _taxable(lines, deductions))
    planned += costs
    charged += cost_charged

    used_total = total(paid) + total(reading.cards_as_rows)
    reduced = reading.total_is_reduced or bool(reading.cards_as_rows)
    before_cards = round_half_up(case.order.total.inc + (used_total if reduced else ZERO), 2)
    used = cards_used(case, paid, reading.cards_as_rows, before_cards)
    wanted = to_ore(before_cards)
    prices = case.settings.prices
    cuts = settle(planned, prices.vat_rounding, prices.order_decimals, wanted)
    rows = [
        row
        for plan, cut in zip(planned, cuts, strict=True)
        for row in plan.as_rows(cut, prices.order_decimals)
    ]
    rows += _card_rows(case, used)
    rows += _rounding_row(case, rows, to_kronor(wanted), total(used))
    if not rows:
        raise case.held("order_empty", "it has no rows and costs nothing.", "Look at the order in the shop.")
    proof = prove(
        rows,
        charged,
        shop_total=to_kronor(wanted) - total(used),
        cards_used=total(used),
        cards_not_rows=ZERO if case.settings.orders.payments_as_rows else total(used),
        vat_rounding=prices.vat_rounding,
        decimals=prices.order_decimals,
        reading=reading.words,
    )
    if proof.difference:
        raise case.held(
            "amounts_do_not_add_up",
            f"the rows come to {shown(proof.sent_total)}, the shop's total is {shown(proof.shop_total)}.",
            "Enter the order in Specter by hand and report this: the rows should have been made to fit.",
        )
    flag_vat(case, rows, now)
    return OrderRows(tuple(rows), proof, tuple(case.flags))


def _goods(case: Case, reading: Reading) -> tuple[list[Line], list[Charged]]:
    """The lines at their rates, packages in parts, gift cards sold marked; and what the shop charged for them."""
    usual = case.settings.prices.usual_rates()
    lines = [replace(line, rate=own_rate(case, line, usual)) for line in reading.lines]
    lines = without_packages(case, lines, usual)
    for line in lines:
        if not line.product_number.strip():
            what = f"the part with uid {line.article_uid} of row" if line.role is RowRole.PART else "row"
            raise case.held(
                "product_number_missing",
                f"{what} {line.place} has no product number"
                + (f" (product uid {line.article_uid})." if line.article_uid else "."),
                "Give the product a number in the shop, then export the order again.",
            )
    charged = [Charged(line.rate, line.ex, line.inc - line.ex) for line in lines]
    return cards_sold(case, lines), charged


def _taxable(lines: list[Line], deductions: list[RateDeduction]) -> dict[Decimal, int]:
    """Rate → öre without VAT of the goods after discounts, without gift cards sold; before discounts if all is free."""
    goods = [line for line in lines if line.role is not RowRole.GIFT_CARD_SOLD]
    after: dict[Decimal, Decimal] = {}
    before: dict[Decimal, Decimal] = {}
    for line in goods:
        after[line.rate] = after.get(line.rate, ZERO) + line.ex
        before[line.rate] = before.get(line.rate, ZERO) + line.ex + line.off_ex
    for one in deductions:
        if one.rate in after:
            after[one.rate] -= one.ex
    found = after if any(ex > 0 for ex in after.values()) else before
    return {rate: to_ore(found[rate]) for rate in sorted(found, reverse=True)}


def _card_rows(case: Case, used: tuple[Decimal, ...]) -> list[SpecterRow]:
    if not used:
        return []
    if not case.settings.orders.payments_as_rows:
        case.warn(
            "gift_card_not_a_row",
            f"{shown(total(used))} was paid by gift card, and the settings keep gift cards from the rows.",
            "Book the gift card in Specter by hand, or set orders.payments_as_rows to true.",
        )
        return []
    number = case.special_number("gift_card")
    name = ROLES["gift_card"][1]
    decimals = case.settings.prices.order_decimals
    return [
        SpecterRow(RowRole.GIFT_CARD_USED, number, name, ONE, round_half_up(-card, decimals), ZERO)
        for card in used
    ]


def _rounding_row(case: Case, rows: list[SpecterRow], wanted: Decimal, used: Decimal) -> list[SpecterRow]:
    """One row for what is left, if the limit allows it (rule 19)."""
    prices = case.settings.prices
    so_far = prove(
        [row for row in rows if row.role is not RowRole.GIFT_CARD_USED],
        (),
        shop_total=wanted,
        cards_used=used,
        cards_not_rows=ZERO,
        vat_rounding=prices.vat_rounding,
        decimals=prices.order_decimals,
        reading="",
    )
    rest = -so_far.difference
    if not rest:
        return []
    counted = sum(1 for item in case.order.items if item.part_of is None)
    counted += sum(1 for cost in (case.order.shipment, case.order.fee) if cost.inc)
    limit = min(prices.rounding_limit, prices.rounding_limit_per_row * counted)
    if is_whole(case.order.total.inc, wanted - case.order.total.inc):
        limit = max(limit, prices.rounding_limit_whole_kronor)
    if abs(rest) > limit:
        raise case.held(
            "rounding_too_large",
            f"the rows come to {shown(so_far.sent_total)} and the shop's total is {shown(wanted)}; the difference of "
            f"{shown(rest)} is more than rounding may leave ({shown(limit)} for this order).",
            "Compare the order with its receipt and enter it in Specter by hand.",
        )
    number = case.special_number("rounding")
    return [
        SpecterRow(
            RowRole.ROUNDING,
            number,
            ROLES["rounding"][1],
            ONE,
            round_half_up(rest, prices.order_decimals),
            ZERO,
        )
    ]
