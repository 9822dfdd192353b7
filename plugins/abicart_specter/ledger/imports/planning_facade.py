"""What to look at, what is planned, and what people said to it. See ``ImportLedger``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from abicart_specter.domain.imports.records import GuardVerdict, HeldImport, ImportPart, PlannedChange
from abicart_specter.domain.records import ItemKey
from abicart_specter.ledger import import_records as i
from abicart_specter.ledger.imports import changes, looks, parts, told
from abicart_specter.ledger.imports.room import ImportRoom
from abicart_specter.ledger.records import RunKey


class PlanningImports(ImportRoom):
    """What to look at, what is planned, and what people said to it."""

    # what to look at (rule 28)
    def numbers_to_look_at(
        self, shop: str, account: str, function: str, fields: Collection[str] = ()
    ) -> i.LookAt:
        """Product numbers told of since the shop's last look at all of these fields, and those that it left open."""
        return looks.numbers_to_look_at(self._db, shop, account, function, fields)

    def record_looked(
        self,
        shop: str,
        function: str,
        to_row_id: int,
        open_numbers: Mapping[str, str],
        fields: Collection[str] = (),
    ) -> None:
        """Everything up to that row was looked at; these numbers stay open (number → why). One transaction.

        :param fields: which were looked at; of others it is forgotten, so that they begin anew when switched on.
        """
        looks.record_looked(self._db, shop, function, to_row_id, open_numbers, fields)

    def iter_open(self, shop: str, function: str) -> Iterator[i.OpenNumber]:
        """The shop's open numbers with why and since when."""
        return looks.iter_open(self._db, shop, function)

    def iter_told(
        self, account: str, function: str, fields: Collection[str]
    ) -> Iterator[tuple[str, str, int]]:
        """(product number, value, newest row id) of every value that these fields ever had (rule 36)."""
        return told.iter_told(self._db, account, function, fields)

    # queues
    def batch_openings(
        self, account: str, function: str, batch_nos: Iterable[str]
    ) -> dict[str, datetime | None]:
        """Of each batch a time before which it surely was not opened; ``None`` when nothing is known (rule 33)."""
        return looks.batch_openings(self._db, account, function, list(batch_nos))

    def queue_activity(self, account: str, function: str) -> i.QueueActivity:
        """Since when the queue is read, when last, and when it last told anything (rule 31)."""
        return looks.queue_activity(self._db, account, function)

    # the plan
    def clear_plan(self, run: RunKey) -> None:
        """Before planning (again): forgets the run's plan and held values, not what was or may have been written."""
        changes.clear_plan(self._db, run)

    def plan_changes(self, run: RunKey, planned: Sequence[PlannedChange]) -> None:
        """Stores planned changes; one of the same article and part replaces the former, unless it was applied."""
        changes.plan_changes(self._db, run, planned)

    def change_hashes(self, run: RunKey, part: ImportPart) -> list[str]:
        """The hashes of the part's changes that are planned or wait, for ``domain.imports.documents.plan_hash``."""
        return changes.change_hashes(self._db, run, part)

    def iter_changes(
        self,
        run: RunKey,
        part: ImportPart | None = None,
        states: Collection[i.ChangeState] = (),
        *,
        partitions: Collection[int] | None = None,
        batch: int = 200,
    ) -> Iterator[list[i.ChangeRecord]]:
        """Changes of a run by article uid in lists of about ``batch``; no states given means all.

        Between two lists no transaction is open, and moving what was read to another state is safe.
        """
        return changes.iter_changes(self._db, run, part, states, partitions, batch)

    def change_counts(self, run: RunKey) -> dict[ImportPart, dict[i.ChangeState, int]]:
        """How many changes stand in each state, by part; every part and state is named."""
        return changes.change_counts(self._db, run)

    def change_partitions(
        self, run: RunKey, part: ImportPart, states: Collection[i.ChangeState]
    ) -> dict[int, int]:
        """How many changes each partition (0 to 15) has, for dividing them over chunk tasks."""
        return changes.partition_counts(self._db, run, part, states)

    def recent_items(self, shop: str, part: ImportPart, since: datetime) -> set[ItemKey]:
        """The items that changes of this part changed in the shop since then, over all runs (rule 31)."""
        return changes.recent_items(self._db, shop, part, since)

    # parts and approval (rule 30)
    def record_part(self, run: RunKey, verdict: GuardVerdict, plan_hash: str) -> None:
        """Stores the guard's verdict on a part as planned now. An answer counts only for the hash it was given to."""
        parts.record_part(self._db, run, verdict, plan_hash)

    def part(self, run: RunKey, part: ImportPart) -> i.PartRecord | None:
        """The part as it was recorded last; ``None`` when it never was."""
        return parts.parts(self._db, run).get(part)

    def decide_part(
        self,
        run: RunKey,
        part: ImportPart,
        plan_hash: str,
        decision: i.PartDecision,
        by: str,
        at: datetime | None = None,
    ) -> i.PartRecord:
        """Stores an answer. Raises ``LedgerError`` when the plan is not the one that was asked about."""
        return parts.decide_part(self._db, run, part, plan_hash, decision, by, at)

    # held values
    def record_held(self, run: RunKey, held: Sequence[HeldImport]) -> None:
        """Stores values that the run did not write; may be repeated."""
        parts.record_held(self._db, run, held)

    def held_counts(self, run: RunKey) -> dict[str, int]:
        """How many values the run held, by rule."""
        return parts.held_counts(self._db, run)

    def iter_held(self, run: RunKey, rule: str | None = None) -> Iterator[HeldImport]:
        """The values that the run held (those of one rule), read in batches."""
        return parts.iter_held(self._db, run, rule)
