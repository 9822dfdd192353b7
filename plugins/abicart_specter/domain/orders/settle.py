"""Fitting the rows to the shop's total under the account's way of rounding VAT (rules 18–21).

The shop rounds VAT per row; Specter adds the rows up and rounds VAT per rate, or per row again. So the same rows can
come to another total. First the shop's own figures are tried. Where they miss, single rows move by an öre without
VAT, those first whose exact figure lies nearest to the next öre. What no figures can give (at 25 %, every fifth
total with VAT belongs to no whole öre without) is left for the rounding row.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from abicart_specter.domain.orders.ore import ex_of, to_ore, total, vat_of
from abicart_specter.domain.orders.pieces import Piece
from abicart_specter.domain.orders.planned import Planned

Model = Literal["rate", "row"]
Cut = tuple[Piece, ...]


def settle(rows: Sequence[Planned], model: Model, decimals: int, wanted: int) -> list[Cut]:
    """The pieces of every row; what they miss the wanted total by is for the rounding row.

    :param wanted: öre that all rows together should come to with VAT.
    """
    cuts = [_cut(row, row.ex, decimals) for row in rows]
    if _sum(rows, cuts, model) == wanted:
        return cuts
    cuts = [_cut(row, _sound(row), decimals) for row in rows]
    if _sum(rows, cuts, model) == wanted:
        return cuts
    return (_settle_rates if model == "rate" else _settle_rows)(rows, cuts, decimals, wanted)


def sent_total(rows: Sequence[Planned], cuts: Sequence[Cut], model: Model) -> int:
    """What the rows come to with VAT under the model, in öre."""
    return _sum(rows, cuts, model)


def _cut(row: Planned, amount: int, decimals: int) -> Cut:
    found = row.cut(amount, decimals)
    if found is None:  # a discount in percent was chosen for the shop's own figure, which it therefore gives
        found = row.cut(row.ex, decimals)
        assert found is not None
    return found


def _sound(row: Planned) -> int:
    """The shop's figure without VAT, or the exact one where the shop multiplied a rounded unit price."""
    exact = to_ore(ex_of(row.inc, row.rate))
    return row.ex if abs(row.ex - exact) <= 1 else exact


def _ex(row: Planned, cut: Cut) -> int:
    return sum(piece.amount(row.percent) for piece in cut)


def _inc_by_row(row: Planned, cut: Cut) -> int:
    amounts = [piece.amount(row.percent) for piece in cut]
    return sum(amount + vat_of(amount, row.rate) for amount in amounts)


def _sum(rows: Sequence[Planned], cuts: Sequence[Cut], model: Model) -> int:
    if model == "row":
        return sum(_inc_by_row(row, cut) for row, cut in zip(rows, cuts, strict=True))
    per_rate: dict[Decimal, int] = {}
    for row, cut in zip(rows, cuts, strict=True):
        per_rate[row.rate] = per_rate.get(row.rate, 0) + _ex(row, cut)
    return sum(ex + vat_of(ex, rate) for rate, ex in per_rate.items())


def _settle_rates(rows: Sequence[Planned], cuts: list[Cut], decimals: int, wanted: int) -> list[Cut]:
    """Per rate the sum without VAT that gives the shop's sum with VAT; a miss up here may pay for a miss down there."""
    places: dict[Decimal, list[int]] = {}
    for n, row in enumerate(rows):
        places.setdefault(row.rate, []).append(n)
    sums = {rate: sum(_ex(rows[n], cuts[n]) for n in here) for rate, here in places.items()}
    goals = {rate: to_ore(total(rows[n].inc for n in here)) for rate, here in places.items()}
    missing = wanted - sum(goals.values())
    for rate, here in places.items():
        move, gap = _best_move(sums[rate], goals[rate], rate, missing)
        missing -= gap
        if move:
            _move(rows, cuts, here, move, decimals)
    return cuts


def _best_move(ex: int, goal: int, rate: Decimal, missing: int) -> tuple[int, int]:
    """How far the sum without VAT moves, and by how much the sum with VAT then misses its goal, all in öre."""
    near = to_ore(ex_of(Decimal(goal).scaleb(-2), rate))
    options = [(one - ex, one + vat_of(one, rate) - goal) for one in (near - 1, near, near + 1, ex)]
    return min(options, key=lambda option: (abs(option[1]), abs(missing - option[1]), abs(option[0])))


def _move(rows: Sequence[Planned], cuts: list[Cut], places: list[int], move: int, decimals: int) -> None:
    """Move single rows by an öre each, ``move`` öre in all or as many as there are rows that can."""
    step = 1 if move > 0 else -1
    left = abs(move)
    later: list[tuple[int, Cut]] = []

    def distance(n: int) -> Decimal:
        exact = ex_of(rows[n].inc, rows[n].rate).scaleb(2)
        return -step * (exact - _ex(rows[n], cuts[n]))

    for n in sorted((n for n in places if rows[n].inc), key=distance):
        if not left:
            return
        moved = rows[n].cut(_ex(rows[n], cuts[n]) + step, decimals)
        if moved is None:
            continue
        if len(moved) > len(cuts[n]):
            later.append((n, moved))
            continue
        cuts[n] = moved
        left -= 1
    for n, moved in later[:left]:
        cuts[n] = moved


def _settle_rows(rows: Sequence[Planned], cuts: list[Cut], decimals: int, wanted: int) -> list[Cut]:
    """Per row an amount whose VAT gives the row's sum with VAT; where none does, one above and one below in turn."""
    missing = wanted - sum(to_ore(row.inc) for row in rows)
    for rate in {row.rate: None for row in rows}:
        for n, row in enumerate(rows):
            if row.rate != rate or not row.inc:
                continue
            missing -= _settle_row(row, n, cuts, decimals, missing)
    return cuts


def _settle_row(row: Planned, n: int, cuts: list[Cut], decimals: int, missing: int) -> int:
    goal, ex = to_ore(row.inc), _ex(row, cuts[n])
    gap = _inc_by_row(row, cuts[n]) - goal
    if not gap:
        return 0
    best = (abs(gap), abs(missing - gap), 0)
    for move in (1, -1):
        moved = row.cut(ex + move, decimals)
        if moved is None:
            continue
        now = _inc_by_row(row, moved) - goal
        rank = (abs(now), abs(missing - now), len(moved) - len(cuts[n]) + 1)
        if rank < best:
            best, gap, cuts[n] = rank, now, moved
    return gap
