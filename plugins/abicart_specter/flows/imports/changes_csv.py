"""``changes.csv``: a line for every field that a nightly import planned to change, with what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.reports import write_csv
from abicart_specter.ledger import ChangeState

CHANGE_COLUMNS = (
    "product_number",
    "name",
    "article_uid",
    "part",
    "field",
    "before",
    "after",
    "outcome",
    "reason",
)


def write_changes_csv(ctx: FlowContext) -> str:
    """Write the file, also before a question is answered: its table shows only the worst. Returns the path."""
    return write_csv(ctx, "changes.csv", CHANGE_COLUMNS, change_rows(ctx))


def change_rows(ctx: FlowContext, states: Sequence[ChangeState] = ()) -> Iterator[tuple[object, ...]]:
    """A row per changed field."""
    for batch in ctx.ledger.imports.iter_changes(ctx.run, None, states):
        for record in batch:
            change = record.change
            numbers = ", ".join(number for _, number in change.keys)
            for one in (each for each in change.fields if each.before != each.after):
                yield (
                    numbers,
                    change.name,
                    change.article_uid,
                    change.part.value,
                    one.field.value,
                    "" if one.before is None else one.before,
                    "" if one.after is None else one.after,
                    record.state.value,
                    record.words,
                )
