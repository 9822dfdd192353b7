"""How the shop's amounts are to be read (rule 18): the one reading under which they add up, or none.

Not known is whether a row's costs are before or after its discount, and whether a discount on the whole order is
in the rows already (Abicart reference 10, questions 13 and 14). Each reading is tried against the shop's own sums.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal

from abicart_specter.domain.money import round_half_up
from abicart_specter.domain.orders.lines import Case, Deduction, Line
from abicart_specter.domain.orders.negative_rows import NegativeRow, negative_row
from abicart_specter.domain.orders.ore import ZERO, ex_of, is_whole, shown, total
from abicart_specter.domain.orders.records import OrderItem, RowRole, ShopDiscount

ORE = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Reading:
    """The order's amounts as understood. ``sum_inc`` is what all of it comes to before gift cards used."""

    lines: tuple[Line, ...]
    deductions: tuple[Deduction, ...]
    cards_as_rows: tuple[Decimal, ...]
    sum_inc: Decimal
    words: str
    total_is_reduced: bool
    """The shop's total is what is left after the gift cards among the payments."""


@dataclass(frozen=True, slots=True)
class _Sums:
    inc: Decimal
    ex: Decimal


def read_amounts(
    case: Case,
    cards_paid: Decimal,
    gift_card_row_names: Collection[str],
    discount_row_names: Collection[str],
) -> Reading:
    """The reading that adds up: exactly, else exactly but for a total rounded to whole kronor, else by an öre a row.

    :param cards_paid: kronor of gift cards among the payments.
    :raises RecordError: no reading adds up, or two do and give different rows.
    """
    names = (gift_card_row_names, discount_row_names)
    readings = [one for one in _candidates(case, cards_paid, names) if one is not None]
    slack = ORE * (len(case.order.items) + 2)
    for tolerance, whole_krona in ((ZERO, False), (ZERO, True), (slack, True)):
        fitting = [one for one in readings if _adds_up(case, one, cards_paid, tolerance, slack, whole_krona)]
        different = {(one.lines, one.deductions, one.total_is_reduced) for one in fitting}
        if len(different) > 1:
            raise case.held(
                "amounts_ambiguous",
                f"the shop's amounts add up in more than one way ({'; '.join(one.words for one in fitting)}).",
                "Compare the order with its receipt and enter it in Specter by hand.",
            )
        if fitting:
            return fitting[0]
    raise _does_not_add_up(case, readings)


def _candidates(
    case: Case, cards_paid: Decimal, names: tuple[Collection[str], Collection[str]]
) -> Iterator[Reading | None]:
    order = case.order
    property_off = order.discount
    for after in (True, False):
        lines, rows = _lines(case, after, names)
        own = [Deduction(row.name, -row.inc, -row.ex, row.rate) for row in rows if not row.is_gift_card]
        cards = tuple(-row.inc for row in rows if row.is_gift_card)
        for apart in (True, False) if property_off is not None else (True,):
            deductions = list(own)
            if property_off is not None and apart:
                deductions.append(_whole(property_off, lines))
            sum_inc = (
                total(line.inc for line in lines)
                - total(one.inc for one in deductions)
                + order.shipment.inc
                + order.fee.inc
            )
            words = "row costs after discount" if after else "row costs before discount"
            if property_off is not None:
                words += ", order discount apart" if apart else ", order discount in the rows"
            for reduced in (False, True) if cards_paid else (False,):
                yield Reading(
                    tuple(lines),
                    tuple(deductions),
                    cards,
                    sum_inc,
                    f"{words}, total after gift cards" if reduced else words,
                    reduced,
                )


def _lines(
    case: Case, after: bool, names: tuple[Collection[str], Collection[str]]
) -> tuple[list[Line], list[NegativeRow]]:
    lines: list[Line] = []
    negative: list[NegativeRow] = []
    for place, item in enumerate(case.order.items, 1):
        if item.part_of is not None:
            continue
        found = negative_row(case, item, *names)
        if found is not None:
            negative.append(found)
        else:
            lines.append(_line(item, place, after))
    return lines, negative


def _line(item: OrderItem, place: int, after: bool) -> Line:
    inc, ex, rate = item.total.inc, item.total.ex, item.total.rate
    off_inc, off_ex = _taken_off(item.discount, inc, ex, rate, after)
    if not after:
        inc, ex = inc - off_inc, ex - off_ex
    return Line(
        role=RowRole.PRODUCT,
        product_number=item.product_number or "",
        name=item.name,
        quantity=item.quantity,
        rate=rate,
        inc=inc,
        ex=ex,
        off_inc=off_inc,
        off_ex=off_ex,
        off_name="" if item.discount is None else item.discount.name,
        percent=None if item.discount is None or item.discount.rate is None else item.discount.rate * 100,
        comment=", ".join(item.texts),
        item_uid=item.uid,
        article_uid=item.article_uid,
        variant_uid=item.variant_uid,
        parts=item.parts,
        place=place,
    )


def _taken_off(
    discount: ShopDiscount | None, inc: Decimal, ex: Decimal, rate: Decimal, after: bool
) -> tuple[Decimal, Decimal]:
    """What the discount takes off the row, with and without VAT; what the shop leaves out follows from the rest."""
    if discount is None:
        return ZERO, ZERO
    off_inc, off_ex = discount.inc, discount.ex
    if off_inc is None and off_ex is not None:
        off_inc = round_half_up(off_ex * (1 + rate), 2)
    if off_inc is None:
        share = discount.rate or ZERO
        if after:
            off_inc = round_half_up(inc * share / (1 - share), 2) if share < 1 else ZERO
        else:
            off_inc = round_half_up(inc * share, 2)
    if off_ex is None:
        whole = inc + off_inc if after else inc
        off_ex = ex if not after and off_inc == inc else _ex_part(off_inc, whole, rate)
    return off_inc, off_ex


def _ex_part(off_inc: Decimal, whole_inc: Decimal, rate: Decimal) -> Decimal:
    """Without VAT, so that whole and rest are both rounded as the shop rounds them."""
    whole = round_half_up(ex_of(whole_inc, rate), 2)
    return whole - round_half_up(ex_of(whole_inc - off_inc, rate), 2)


def _whole(discount: ShopDiscount, lines: list[Line]) -> Deduction:
    goods = total(line.inc for line in lines)
    if discount.inc is not None:
        return Deduction(discount.name, discount.inc, discount.ex, None)
    if discount.ex is not None and goods:
        goods_ex = total(line.ex for line in lines)
        inc = round_half_up(discount.ex * goods / goods_ex, 2) if goods_ex else ZERO
        return Deduction(discount.name, inc, discount.ex, None)
    return Deduction(discount.name, round_half_up(goods * (discount.rate or ZERO), 2), None, None)


def _adds_up(
    case: Case, reading: Reading, cards_paid: Decimal, tolerance: Decimal, slack: Decimal, whole_krona: bool
) -> bool:
    """Rows against the goods' sum, everything against the total, and the VAT of everything against the total's."""
    order = case.order
    items = [item for item in order.items if item.part_of is None]
    all_rows = _Sums(
        total(line.inc for line in reading.lines)
        + total(i.total.inc for i in items if _is_negative(i, reading)),
        total(line.ex for line in reading.lines)
        + total(i.total.ex for i in items if _is_negative(i, reading)),
    )
    goods = _Sums(total(line.inc for line in reading.lines), total(line.ex for line in reading.lines))
    whole = reading.deductions[-1:] if order.discount is not None else ()
    off = _Sums(total(one.inc for one in whole), total(ex for one in whole if (ex := one.ex) is not None))
    carts = [all_rows, goods]
    if whole:
        carts.append(_Sums(all_rows.inc - off.inc, all_rows.ex - off.ex))
    if not any(
        _near(order.cart.inc, one.inc, tolerance) and _near(order.cart.ex, one.ex, slack) for one in carts
    ):
        return False
    cards = total(reading.cards_as_rows) + (cards_paid if reading.total_is_reduced else ZERO)
    rest = order.total.inc - (reading.sum_inc - cards)
    if abs(rest) > tolerance and not (whole_krona and _is_whole_krona(case, rest, cards)):
        return False
    vat = total(line.inc - line.ex for line in reading.lines)
    vat += order.shipment.inc - order.shipment.ex + order.fee.inc - order.fee.ex
    unsure = any(one.ex is None for one in reading.deductions)
    vat -= total(one.inc - one.ex for one in reading.deductions if one.ex is not None)
    return unsure or _near(order.total.inc - order.total.ex, vat, slack) or _near(order.total.vat, vat, slack)


def _is_negative(item: OrderItem, reading: Reading) -> bool:
    return all(line.item_uid != item.uid for line in reading.lines)


def _near(one: Decimal, other: Decimal, tolerance: Decimal) -> bool:
    return abs(one - other) <= tolerance


def _is_whole_krona(case: Case, rest: Decimal, cards: Decimal) -> bool:
    """The shop rounds totals to whole kronor, before or after gift cards (Abicart reference 10 #36; rule 19)."""
    limit = case.settings.prices.rounding_limit_whole_kronor
    return abs(rest) <= limit and is_whole(case.order.total.inc, cards)


def _does_not_add_up(case: Case, readings: list[Reading]) -> Exception:
    order = case.order
    best = min(readings, key=lambda one: abs(order.total.inc - one.sum_inc))
    cards = total(best.cards_as_rows)
    rows = total(line.inc for line in best.lines)
    return case.held(
        "amounts_do_not_add_up",
        f"the shop's amounts do not add up: rows {shown(rows)} (the shop's sum of goods: {shown(order.cart.inc)}), "
        f"discounts on the order {shown(-total(one.inc for one in best.deductions))}, "
        f"gift cards {shown(-cards)}, delivery {shown(order.shipment.inc)}, fee {shown(order.fee.inc)}; "
        f"together {shown(best.sum_inc - cards)}, but the shop's total is {shown(order.total.inc)} "
        f"(difference {shown(order.total.inc - best.sum_inc + cards)}), or their VAT differs.",
        "Look at the order in the shop: a discount or gift card that no row or payment shows may be in the total. "
        "Enter the order in Specter by hand, or correct it in the shop and export it again.",
    )
