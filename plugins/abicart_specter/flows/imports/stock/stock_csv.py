"""``stock.csv``: a line for every planned change of a stock import, with what became of it."""

from __future__ import annotations

from collections.abc import Iterator

from abicart_specter.domain.money import shortest
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.reports import write_csv
from abicart_specter.ledger.stock_records import ChangeRow

CHANGE_COLUMNS = (
    "kind",
    "uid",
    "product_number",
    "name",
    "before",
    "specter",
    "not_in_specter_yet",
    "after",
    "state",
    "words",
)


def write_stock_csv(ctx: FlowContext) -> str:
    """Write the file, also before a question is answered: its table shows only the worst. Returns the path."""
    return write_csv(ctx, "stock.csv", CHANGE_COLUMNS, map(_row, iter_stock_changes(ctx)))


def iter_stock_changes(ctx: FlowContext) -> Iterator[ChangeRow]:
    """Every change of the run."""
    for rows in ctx.ledger.stock.iter_changes(ctx.run):
        yield from rows


def stock_cells(row: ChangeRow) -> tuple[object, ...]:
    """Product number, before, Specter's figure, orders taken off, after, state, words."""
    change = row.change
    before = "" if change.before is None else shortest(change.before)
    return (
        change.product_number,
        before,
        shortest(change.figure),
        shortest(change.subtracted),
        change.after,
        row.state.value,
        row.words,
    )


def _row(row: ChangeRow) -> tuple[object, ...]:
    change = row.change
    _, before, figure, subtracted, after, state, words = stock_cells(row)
    key = change.key
    return (
        key.kind.value,
        key.uid,
        change.product_number,
        change.name,
        before,
        figure,
        subtracted,
        after,
        state,
        words,
    )
