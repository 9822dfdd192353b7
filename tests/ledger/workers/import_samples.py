"""Planned changes and batches for the tests of the ledger of imports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ledger_samples import article_key

from abicart_specter.domain.imports.records import FieldChange, ImportPart, PlannedChange, Settles
from abicart_specter.domain.masters import Master
from abicart_specter.domain.records import ItemKey
from abicart_specter.ledger import (
    ChangeRecord,
    ChangeState,
    InboxValue,
    Ledger,
    PairValues,
    RunKey,
    pair_values,
)

ACCOUNT, INFO = "200/7", "article_info"
NIGHT = RunKey("demo", "nightly_import", "night-1")
NEXT_NIGHT = RunKey("demo", "nightly_import", "night-2")


def change(
    uid: int,
    after: str = "250",
    *,
    specters: str = "200",
    part: ImportPart = ImportPart.PRICE,
    keys: Sequence[ItemKey] | None = None,
    row: int = 1,
) -> PlannedChange:
    """A new price of an article (or of the items that ``keys`` name)."""
    owners = (article_key(uid),) if keys is None else tuple(keys)
    return PlannedChange(
        article_uid=uid,
        part=part,
        keys=tuple((key, f"A-{key.uid}") for key in owners),
        name="Tröja",
        fields=(FieldChange(Master.PRICE, "249", after),),
        settles=tuple(Settles(key, Master.PRICE, after, specters) for key in owners),
        row_ids={f"A-{uid}/price": row},
    )


def plan(ledger: Ledger, changes: Iterable[PlannedChange], run: RunKey = NIGHT) -> None:
    """A planned run."""
    ledger.start_run(run, {})
    ledger.imports.clear_plan(run)
    ledger.imports.plan_changes(run, list(changes))


def records(ledger: Ledger, run: RunKey = NIGHT, *states: ChangeState) -> list[ChangeRecord]:
    return [one for batch in ledger.imports.iter_changes(run, states=states) for one in batch]


def writes(changes: Iterable[ChangeRecord]) -> list[tuple[int, list[PairValues]]]:
    return [(one.id, pair_values(one.change.settles)) for one in changes]


def states(ledger: Ledger, run: RunKey = NIGHT) -> dict[int, ChangeState]:
    return {one.change.article_uid: one.state for one in records(ledger, run)}


def told(ledger: Ledger, batch_no: str, *rows: tuple[str, str, str | None], function: str = INFO) -> None:
    """A batch all the way to its end."""
    ledger.set_in_flight(ACCOUNT, function, batch_no)
    ledger.store_batch(ACCOUNT, function, batch_no, [InboxValue(*row) for row in rows], f"journal/{batch_no}")
    ledger.acknowledged(ACCOUNT, function, batch_no)
