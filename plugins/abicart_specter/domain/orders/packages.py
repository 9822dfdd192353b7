"""Packages in an order: held, or exploded into parts whose prices add up to the package's exactly (F35)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from abicart_specter.domain.orders.lines import Case, Line
from abicart_specter.domain.orders.ore import (
    ZERO,
    ex_of,
    inc_of,
    percent_text,
    shown,
    to_kronor,
    to_ore,
    total,
)
from abicart_specter.domain.orders.rates import is_real
from abicart_specter.domain.orders.records import PackagePart, RowRole
from abicart_specter.domain.orders.splits import largest_remainder, split_kronor

_WEIGHT_DECIMALS = 6
_BY_HAND = "Enter the order in Specter by hand."


def without_packages(case: Case, lines: Iterable[Line], usual: Iterable[Decimal]) -> list[Line]:
    """The lines with each package in its parts.

    :raises RecordError: packages are to be held, or this one cannot be split exactly.
    """
    found: list[Line] = []
    for line in lines:
        if not line.parts:
            found.append(line)
        elif case.settings.orders.packages == "hold":
            raise case.held(
                "package_held",
                f"row {line.place} (product number {line.product_number or 'none'}) is a product package.",
                "Set orders.packages to explode, so that packages go as their parts, or enter the order by hand.",
            )
        else:
            found.extend(_exploded(case, line, tuple(usual)))
    return found


def _exploded(case: Case, line: Line, usual: tuple[Decimal, ...]) -> list[Line]:
    weights = [_weight(case, line, part) for part in line.parts]
    if not sum(weights) and (to_ore(line.inc) or to_ore(line.off_inc)):
        raise case.held(
            "package_held",
            f"row {line.place} is a product package of which no part has a price, so its price cannot be split.",
            f"Give the parts prices in the shop. {_BY_HAND}",
        )
    quantities = _quantities(case, line)
    rates, incs, exs = _amounts(case, line, weights, usual)
    off_incs = split_kronor(line.off_inc, weights)
    if len(set(rates)) == 1:
        off_exs = split_kronor(line.off_ex, weights)
    else:
        off_exs = [to_kronor(to_ore(ex_of(off, rate))) for off, rate in zip(off_incs, rates, strict=True)]
    return [
        replace(
            line,
            role=RowRole.PART,
            product_number=part.product_number or "",
            name=part.name,
            quantity=quantities[n],
            rate=rates[n],
            inc=incs[n],
            ex=exs[n],
            off_inc=off_incs[n],
            off_ex=off_exs[n],
            comment=line.comment if n == 0 else "",
            article_uid=part.article_uid,
            variant_uid=None,
            parts=(),
        )
        for n, part in enumerate(line.parts)
    ]


def _weight(case: Case, line: Line, part: PackagePart) -> int:
    if part.price is None or part.price < 0 or part.quantity <= 0:
        raise case.held(
            "package_held",
            f"row {line.place} is a product package; its part with uid {part.article_uid} has no price in kronor "
            "or no quantity, so the package's price cannot be split.",
            f"Correct the package in the shop. {_BY_HAND}",
        )
    return int((part.price * part.quantity).scaleb(_WEIGHT_DECIMALS))


def _quantities(case: Case, line: Line) -> list[Decimal]:
    """How many of each part. Rows that show the parts, where the shop has them, know it better than the package."""
    found: list[Decimal] = []
    for part in line.parts:
        by_content = part.quantity * line.quantity
        told = [
            item.quantity
            for item in case.order.items
            if item.part_of == line.item_uid and item.article_uid == part.article_uid
        ]
        quantity = total(told) if told else by_content
        if quantity != by_content:
            case.warn(
                "package_quantity",
                f"row {line.place}: the order shows {quantity.normalize():f} of the part with uid {part.article_uid}, "
                f"the package's page means {by_content.normalize():f}; the order's number was sent.",
                "Look whether the package was changed after the order was placed.",
            )
        found.append(quantity)
    return found


def _amounts(
    case: Case, line: Line, weights: list[int], usual: tuple[Decimal, ...]
) -> tuple[list[Decimal], list[Decimal], list[Decimal]]:
    own = [line.rate if part.vat_rate is None else part.vat_rate for part in line.parts]
    if line.rate in usual or (is_real(line.rate) and line.rate in own) or len(set(own)) == 1:
        rate = line.rate if line.rate in usual or line.rate in own else own[0]
        if set(own) != {rate}:
            case.warn(
                "package_vat",
                f"row {line.place}: the shop charged {percent_text(rate)} VAT on the whole package, while its parts "
                f"have {', '.join(sorted({percent_text(one) for one in own}))}; sent as charged.",
                "Decide with the accountant which VAT the package should have, and correct it in the shop.",
            )
        return [rate] * len(own), split_kronor(line.inc, weights), split_kronor(line.ex, weights)
    slack = Decimal("0.01") * len(own)
    incs = split_kronor(line.inc, weights)
    exs = [to_kronor(to_ore(ex_of(inc, rate))) for inc, rate in zip(incs, own, strict=True)]
    if abs(total(exs) - line.ex) > slack:
        exs = split_kronor(line.ex, weights)
        gross = [to_ore(inc_of(ex, rate)) for ex, rate in zip(exs, own, strict=True)]
        if abs(to_kronor(sum(gross)) - line.inc) > slack:
            raise case.held(
                "vat_split_impossible",
                f"row {line.place}: the VAT of the product package ({shown(line.inc - line.ex)}) is not that of its "
                "parts.",
                _BY_HAND,
            )
        incs = (
            [to_kronor(part) for part in largest_remainder(to_ore(line.inc), gross)]
            if sum(gross)
            else [ZERO for _ in gross]
        )
    return own, incs, exs
