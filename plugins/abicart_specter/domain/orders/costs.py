"""Delivery and fees keep the VAT that the shop charged; a mix is split over the goods' rates (rule 20)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from abicart_specter.domain.orders.lines import Case, Charged
from abicart_specter.domain.orders.ore import inc_of, percent_text, shown, to_kronor, to_ore, total
from abicart_specter.domain.orders.rates import explains, is_real
from abicart_specter.domain.orders.records import Cost
from abicart_specter.domain.orders.splits import largest_remainder

_PER_RATE = Decimal("0.01")
_PER_ROW = Decimal("0.005")
_MOST = Decimal("0.05")
_RATE_SLACK = Decimal("0.0005")

Parts = list[tuple[Decimal, Decimal, Decimal]]
"""Rate, kronor with VAT, kronor without."""


def charged_parts(case: Case, what: str, cost: Cost, taxable: Mapping[Decimal, int]) -> Parts:
    """The cost at the rates that the shop charged.

    :param what: "delivery" or "payment fee", for messages.
    :param taxable: rate → öre without VAT of the goods after discounts, without gift cards sold.
    :raises RecordError: neither one rate nor the goods' mix gives the cost's VAT, or both do.
    """
    usual = case.settings.prices.usual_rates()
    known = [*taxable, *(rate for rate in usual if rate not in taxable)]
    mix = _mix(cost, taxable, len(case.order.items))
    if cost.rate in known and explains(cost.rate, cost.inc, cost.ex):
        if cost.rate not in taxable and mix is not None and _looks_like(cost.rate, taxable):
            raise _ambiguous(case, what, cost, [cost.rate])
        return [(cost.rate, cost.inc, cost.ex)]
    if mix is not None:
        return mix
    fitting = [rate for rate in known if explains(rate, cost.inc, cost.ex)]
    mixed = (
        sum(weight > 0 for weight in taxable.values()) > 1
    )  # then an odd rate may be worked out from a mix
    if not mixed and is_real(cost.rate) and explains(cost.rate, cost.inc, cost.ex):
        fitting = [cost.rate]
    if len(fitting) == 1:
        return [(fitting[0], cost.inc, cost.ex)]
    if fitting:
        raise _ambiguous(case, what, cost, fitting)
    raise case.held(
        "vat_split_impossible",
        f"the {what} of {shown(cost.inc)} has VAT {shown(cost.inc - cost.ex)}, which neither one rate nor the goods' "
        "mix of rates explains.",
        "Correct the VAT of the delivery or payment method in the shop, or enter the order in Specter by hand.",
    )


def proportional_parts(cost: Cost, taxable: Mapping[Decimal, int]) -> Parts | None:
    """The cost by Skatteverket's rule: what the buyer pays, split in proportion to each rate's taxable amount."""
    rates = [rate for rate, weight in taxable.items() if weight > 0]
    whole = sum(taxable[rate] for rate in rates)
    if not whole:
        return None
    weights = [taxable[rate] for rate in rates]
    with_vat = total(inc_of(Decimal(taxable[rate]), rate) for rate in rates)
    ex = largest_remainder(to_ore(cost.inc * whole / with_vat), weights)
    return _with_vat(cost, rates, ex)


def vat_in(parts: Parts) -> Decimal:
    """The VAT of parts."""
    return total(inc - ex for _, inc, ex in parts)


def as_charged(parts: Parts) -> list[Charged]:
    """The parts as the shop's side of the proof."""
    return [Charged(rate, ex, inc - ex) for rate, inc, ex in parts]


def rounding_slack(rates: int, rows: int) -> Decimal:
    """How far a cost's VAT may lie from its parts' without being another split: an öre per rate, and what a shop that
    makes the whole order's VAT right per rate puts here of the rounding of its rows.
    """
    return min(_MOST, _PER_RATE * rates + _PER_ROW * rows)


def _looks_like(rate: Decimal, taxable: Mapping[Decimal, int]) -> bool:
    """Whether a shop that works out the rate of the goods' mix may have come to this one."""
    weights = [(one, weight) for one, weight in taxable.items() if weight > 0]
    mixed = total(one * weight for one, weight in weights) / sum(weight for _, weight in weights)
    return abs(mixed - rate) <= _RATE_SLACK


def _mix(cost: Cost, taxable: Mapping[Decimal, int], rows: int) -> Parts | None:
    """The cost in the goods' proportions; ``None`` if its VAT misses theirs by more than rounding."""
    rates = [rate for rate, weight in taxable.items() if weight > 0]
    if not rates:
        return None
    ex = largest_remainder(to_ore(cost.ex), [taxable[rate] for rate in rates])
    vat = total(to_kronor(part) * rate for part, rate in zip(ex, rates, strict=True))
    miss = abs(vat - (cost.inc - cost.ex))
    return _with_vat(cost, rates, ex) if miss <= rounding_slack(len(rates), rows) else None


def _with_vat(cost: Cost, rates: list[Decimal], ex: list[int]) -> Parts:
    gross = [abs(int(inc_of(Decimal(part), rate).scaleb(6))) for part, rate in zip(ex, rates, strict=True)]
    incs = largest_remainder(to_ore(cost.inc), gross) if sum(gross) else [0] * len(gross)
    return [
        (rate, to_kronor(inc), to_kronor(part))
        for rate, inc, part in zip(rates, incs, ex, strict=True)
        if inc or part
    ]


def _ambiguous(case: Case, what: str, cost: Cost, rates: list[Decimal]) -> Exception:
    return case.held(
        "amounts_ambiguous",
        f"the VAT {shown(cost.inc - cost.ex)} on the {what} of {shown(cost.inc)} fits more than one reading "
        f"({', '.join(percent_text(rate) for rate in rates)}, or the goods' mix of rates).",
        "Enter the order in Specter by hand.",
    )
