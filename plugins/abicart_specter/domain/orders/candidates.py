"""The ways in which an order's amounts can be read (rule 18): before or after the rows' discounts, with the order's
discount apart or in the rows, with or without VAT as the leading figure.

Not known is which of them the shop means (Abicart reference 10, questions 13 to 15); ``readings`` finds out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from abicart_specter.domain.money import round_half_up
from abicart_specter.domain.orders.lines import Case, Deduction, Line
from abicart_specter.domain.orders.negative_rows import NegativeRow, negative_row
from abicart_specter.domain.orders.ore import ZERO, ex_of, inc_of, total
from abicart_specter.domain.orders.rates import is_consistent
from abicart_specter.domain.orders.records import OrderItem, RowRole, ShopDiscount


@dataclass(frozen=True, slots=True)
class Reading:
    """The order's amounts as understood.

    ``whole`` is the order's discount where the shop shows it as a property and the rows do not hold it.
    ``total_is_reduced``: the shop's total is what is left after the gift cards among the payments.
    ``by_ex``: the amounts without VAT lead, those with VAT follow from them and are not rounded.
    """

    lines: tuple[Line, ...]
    negative: tuple[NegativeRow, ...]
    whole: Deduction | None
    total_is_reduced: bool
    by_ex: bool
    words: str

    @property
    def deductions(self) -> tuple[Deduction, ...]:
        """Discounts on the whole order."""
        rows = (
            Deduction(one.name, -one.inc, -one.ex, one.rate) for one in self.negative if not one.is_gift_card
        )
        return (*rows, *(() if self.whole is None else (self.whole,)))

    @property
    def cards_as_rows(self) -> tuple[Decimal, ...]:
        """Kronor of each gift card used that the shop shows as a row."""
        return tuple(-one.inc for one in self.negative if one.is_gift_card)

    def sum_inc(self, case: Case) -> Decimal:
        """What all of it comes to with VAT before gift cards used."""
        rows = total(line.inc for line in self.lines) - total(one.inc for one in self.deductions)
        return rows + case.order.shipment.inc + case.order.fee.inc


def candidates(
    case: Case, cards_paid: bool, names: tuple[Collection[str], Collection[str]]
) -> Iterator[Reading]:
    """Every reading that the order's shape allows.

    :param cards_paid: whether there are gift cards among the payments.
    :param names: exact names of negative rows that are gift cards used, and of those that are discounts.
    """
    discount = case.order.discount
    for after in (True, False):
        lines, negative = _lines(case, after, names)
        for apart in (True, False) if discount is not None else (False,):
            words = "row costs after discount" if after else "row costs before discount"
            if discount is not None:
                words += ", order discount apart" if apart else ", order discount in the rows"
            for reduced in (False, True) if cards_paid else (False,):
                yield Reading(
                    lines,
                    negative,
                    _whole(discount, lines) if discount is not None and apart else None,
                    reduced,
                    False,
                    f"{words}, total after gift cards" if reduced else words,
                )


def leading_without_vat(readings: Iterable[Reading]) -> list[Reading]:
    """The same readings with the amounts without VAT leading, where no row contradicts itself."""
    return [
        _by_ex(reading)
        for reading in readings
        if all(is_consistent(line, line.rate) for line in reading.lines)
    ]


def _by_ex(reading: Reading) -> Reading:
    return replace(
        reading,
        lines=tuple(
            replace(line, inc=inc_of(line.ex, line.rate), off_inc=inc_of(line.off_ex, line.rate))
            for line in reading.lines
        ),
        by_ex=True,
        words=f"{reading.words}, amounts without VAT",
    )


def _lines(
    case: Case, after: bool, names: tuple[Collection[str], Collection[str]]
) -> tuple[tuple[Line, ...], tuple[NegativeRow, ...]]:
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
    return tuple(lines), tuple(negative)


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


def _whole(discount: ShopDiscount, lines: tuple[Line, ...]) -> Deduction:
    goods = total(line.inc for line in lines)
    if discount.inc is not None:
        return Deduction(discount.name, discount.inc, discount.ex, None)
    if discount.ex is not None and goods:
        goods_ex = total(line.ex for line in lines)
        inc = round_half_up(discount.ex * goods / goods_ex, 2) if goods_ex else ZERO
        return Deduction(discount.name, inc, discount.ex, None)
    return Deduction(discount.name, round_half_up(goods * (discount.rate or ZERO), 2), None, None)
