"""What an undo restored, what it did not and why: a table in the log and ``undo.csv``."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

from abicart_specter.domain.imports.records import PlannedChange
from abicart_specter.domain.imports.sizes import changed_fields
from abicart_specter.domain.imports.worst import value_in_words
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.imports.undo_request import UndoRequest
from abicart_specter.flows.reports import log_table, write_csv

log = logging.getLogger(__name__)

NAMED_IN_LOG = 100
COLUMNS = ("article_uid", "product_numbers", "name", "part", "field", "from", "to", "result", "why")


@dataclass(frozen=True, slots=True)
class UndoLine:
    """One field of one product: what it is or was, and what it is to be."""

    article_uid: int
    numbers: str
    name: str
    part: str
    field: str
    before: str
    after: str
    result: str
    why: str

    @classmethod
    def of(cls, change: PlannedChange, result: str, why: str) -> list[UndoLine]:
        """The lines of a change."""
        numbers = ", ".join(number for _, number in change.keys if number)
        return [
            cls(
                change.article_uid,
                numbers,
                change.name,
                change.part.value,
                one.field.value,
                value_in_words(one.field, one.before),
                value_in_words(one.field, one.after),
                result,
                why,
            )
            for one in changed_fields(change)
        ]


@dataclass(slots=True)
class UndoTable:
    """Collects the lines; a line is some hundred bytes, and a run changes some thousand products at most."""

    ctx: FlowContext
    lines: list[UndoLine] = field(default_factory=list)

    def add(self, lines: list[UndoLine]) -> None:
        """Add a change's lines."""
        self.lines.extend(lines)

    def show(self, request: UndoRequest, counts: Mapping[str, int]) -> None:
        """Log the table and write the file. What was not restored comes first: that is what people look for."""
        ordered = sorted(self.lines, key=lambda line: line.result in ("restored", "would be restored"))
        log_table(
            log,
            f"Undo of {request.run_id}: {len(ordered)} values",
            ("product number", "field", "from", "to", "result", "why"),
            [
                (one.numbers, one.field, one.before, one.after, one.result, one.why)
                for one in ordered[:NAMED_IN_LOG]
            ],
        )
        if len(ordered) > NAMED_IN_LOG:
            log.info("… and %s more in undo.csv", len(ordered) - NAMED_IN_LOG)
        path = write_csv(
            self.ctx,
            "undo.csv",
            COLUMNS,
            (
                (
                    one.article_uid,
                    one.numbers,
                    one.name,
                    one.part,
                    one.field,
                    one.before,
                    one.after,
                    one.result,
                    one.why,
                )
                for one in ordered
            ),
        )
        words = ", ".join(f"{count} {name}" for name, count in counts.items())
        log.info("Shop %s: undo of %s: %s. %s", self.ctx.shop, request.run_id, words, path)
