"""VAT rates of rows: what the shop says, checked against what it charged."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from abicart_specter.domain.orders.lines import Case, Line
from abicart_specter.domain.orders.ore import ex_of, inc_of, percent_text, shown, to_ore

_FLAT = Decimal("0.02")
_PER_PIECE = Decimal("0.0075")
_ROW = "Look at the row in the shop and correct it there, or enter the order in Specter by hand."


def explains(rate: Decimal, inc: Decimal, ex: Decimal) -> bool:
    """Whether one of the two amounts, rounded to öre, follows from the other at that rate."""
    return to_ore(inc_of(ex, rate)) == to_ore(inc) or to_ore(ex_of(inc, rate)) == to_ore(ex)


def is_real(rate: Decimal) -> bool:
    """Whether it can be a rate of law (25 %, 5.5 %), and not one worked out from amounts (24.98 %)."""
    return (rate * 1000) % 5 == 0


def is_consistent(line: Line, rate: Decimal) -> bool:
    """Whether the line's amounts can be the same with and without VAT, a rounded unit price multiplied or not."""
    allowed = _FLAT + _PER_PIECE * abs(line.quantity)
    before = (line.inc + line.off_inc, line.ex + line.off_ex)
    return all(abs(inc_of(ex, rate) - inc) <= allowed for inc, ex in ((line.inc, line.ex), before))


def own_rate(case: Case, line: Line, usual: Iterable[Decimal]) -> Decimal:
    """The rate of a row. One that the shop worked out from rounded amounts is replaced by the usual one behind it.

    :raises RecordError: amounts with and without VAT and the rate contradict each other.
    """
    if not is_real(line.rate):
        behind = [rate for rate in usual if explains(rate, line.inc, line.ex)]
        if len(behind) == 1:
            return behind[0]
    if line.parts:
        return line.rate
    if not is_consistent(line, line.rate):
        raise case.held(
            "amounts_do_not_add_up",
            f"row {line.place} is {shown(line.inc)} with VAT and {shown(line.ex)} without, which is not "
            f"{percent_text(line.rate)} VAT.",
            _ROW,
        )
    return line.rate
