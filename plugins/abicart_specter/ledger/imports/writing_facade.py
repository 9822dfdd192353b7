"""What became of planned changes, and the transactions around each write and each undo. See ``ImportLedger``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from abicart_specter.domain.imports.records import ImportPart, Settles
from abicart_specter.ledger import import_records as i
from abicart_specter.ledger.imports import changes, undo, writes
from abicart_specter.ledger.imports.room import ImportRoom
from abicart_specter.ledger.records import RunKey


class WritingImports(ImportRoom):
    """What became of planned changes, and the transactions around each write and each undo."""

    def set_change_states(self, ids: Iterable[int], state: i.ChangeState, words: str = "") -> int:
        """Moves changes to planned, waiting, refused, voided or failed; those applied or undone stay."""
        return changes.set_change_states(self._db, ids, state, words)

    def move_part(
        self,
        run: RunKey,
        part: ImportPart,
        from_states: Collection[i.ChangeState],
        state: i.ChangeState,
        words: str = "",
    ) -> int:
        """The same for all changes of a part that stand in ``from_states``, in one transaction."""
        return changes.move_part(self._db, run, part, from_states, state, words)

    def begin_changes(self, shop: str, begun: writes.Writes) -> set[int]:
        """Before a write: (id, intended pairs) of each change. Returns those that may be written now."""
        return writes.begin_changes(self._db, shop, begun)

    def confirm_changes(self, shop: str, confirmed: writes.Writes) -> set[int]:
        """After the read-back: (id, pairs) of each change; they are settled and applied in one transaction."""
        return writes.confirm_changes(self._db, shop, confirmed)

    def not_written(
        self,
        shop: str,
        ids: Iterable[int],
        state: i.ChangeState = i.ChangeState.FAILED,
        words: str = "",
    ) -> int:
        """A write surely did not happen: state (failed, voided, waiting, refused); intended pairs are forgotten."""
        return writes.not_written(self._db, shop, ids, state, words)

    def settle_agreed(
        self, shop: str, agreed: Mapping[int, Sequence[Settles]], looked_at: datetime | None = None
    ) -> set[int]:
        """Article uid → fields in which both systems agree: settles them, and finds writes that had arrived.

        :param looked_at: when what Specter told was looked up; what it told after that stays news.
        """
        return writes.settle_agreed(self._db, shop, agreed, looked_at)

    # undo (rule 34)
    def import_runs(self, shop: str, limit: int = 20) -> list[i.ImportRun]:
        """The newest runs that changed anything in the shop, newest first."""
        return undo.import_runs(self._db, shop, limit)

    def undoable(
        self, shop: str, run_id: str, parts: Collection[ImportPart] | None = None, batch: int = 200
    ) -> Iterator[list[i.ChangeRecord]]:
        """The changes of that run that are applied and not undone, newest first."""
        return undo.undoable(self._db, shop, run_id, parts, batch)

    def begin_undo(self, shop: str, begun: writes.Writes) -> set[int]:
        """Before an undo writes: (id, pairs as they will be). Returns the changes that may be undone."""
        return writes.begin_undo(self._db, shop, begun)

    def record_undone(self, shop: str, undone: writes.Writes, words: str = "") -> set[int]:
        """After the read-back: pairs settled with origin undo, state undone, in one transaction."""
        return writes.record_undone(self._db, shop, undone, words)
