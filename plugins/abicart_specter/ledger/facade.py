"""The ledger as the flows see it: one object, thin over the rooms beside it, which say what each call does.

Every call is one or a few short transactions; an iterator opens one per batch and none while its user works. A call
raises ``LedgerUnavailableError`` when the database cannot serve now (try again) and ``LedgerError`` when a person must
act. Every write may be repeated with the same effect.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from abicart_specter.domain.records import CatalogueItem, Flag, ItemKey, Outcome
from abicart_specter.ledger import (
    flag_lists,
    flags,
    identity,
    items,
    leases,
    open_items,
    outcomes,
    pairs,
    run_requests,
    runs,
    sent_in_run,
    special_numbers,
    staged_articles,
    staged_reads,
    staging,
)
from abicart_specter.ledger import records as r
from abicart_specter.ledger import sync_records as s
from abicart_specter.ledger.alerts import AlertLedger
from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.imports import ImportLedger
from abicart_specter.ledger.keeping import Keep, KeepingLedger
from abicart_specter.ledger.orders import OrderLedger
from abicart_specter.ledger.pairs import PairKey
from abicart_specter.ledger.product_changes import ChangeLedger
from abicart_specter.ledger.queue_facade import QueueCalls
from abicart_specter.ledger.rebuild.facade import RebuildLedger
from abicart_specter.ledger.status import StatusLedger
from abicart_specter.ledger.stock import StockLedger


class Ledger(QueueCalls):
    """The ledger of one installation. ``id`` is its own; ``backend`` is ``sqlite`` or ``postgresql``.

    ``orders`` is its part about orders, customers and alarms, ``alerts`` that about telling people of alarms,
    ``imports`` that about what comes back from Specter,
    ``status`` that about what became of orders there, ``product_changes`` that about the export on change,
    ``stock`` that about stock figures, ``rebuild`` that about a ledger that was lost, ``keeping`` that about retention
    and the ledger's own health.
    """

    def __init__(self, database: Database, ledger_id: str) -> None:
        """Use ``Ledger.open``."""
        super().__init__(database)
        self.id = ledger_id
        self.backend = database.backend
        self.alerts = AlertLedger(database)
        self.orders = OrderLedger(database)
        self.product_changes = ChangeLedger(database)
        self.status = StatusLedger(database)
        self.imports = ImportLedger(database)
        self.stock = StockLedger(database)
        self.rebuild = RebuildLedger(database)
        self.keeping = KeepingLedger(database)

    @classmethod
    def open(cls, url: str, *, clock: Callable[[], datetime] | None = None) -> Self:
        """Opens a ledger that exists and is at this code's revision. Never creates or migrates one (rule 1).

        :param url: ``sqlite:////absolute/path/ledger.db`` or ``postgresql://user:password@host:port/database``.
        :param clock: an aware time source for tests; without it the database's clock decides.
        :raises LedgerError: missing, not migrated, older or newer than the code, or refused.
        :raises LedgerUnavailableError: PostgreSQL cannot be reached now, or SQLite is busy. Retriable.
        """
        database = Database(url, clock=clock)
        try:
            return cls(database, identity.require_current(database))
        except BaseException:
            database.close()
            raise

    def close(self) -> None:
        """Closes the connections."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # identity (rule 1)
    def check_identity(self, known_id: str | None) -> None:
        identity.check_identity(self._db, self.id, known_id)

    def bind(self, binding: r.ShopBinding) -> None:
        identity.bind(self._db, binding)

    def check_binding(self, binding: r.ShopBinding) -> None:
        identity.check_binding(self._db, binding)

    def bindings(self) -> list[r.ShopBinding]:
        return identity.bindings(self._db)

    # runs
    def start_run(self, run: r.RunKey, params: Mapping[str, Any]) -> None:
        runs.start_run(self._db, run, params)

    def finish_run(self, run: r.RunKey, summary: Mapping[str, Any]) -> None:
        runs.finish_run(self._db, run, summary)

    def get_run(self, run: r.RunKey) -> r.RunRecord | None:
        return runs.get_run(self._db, run)

    def last_runs(self, shop: str, flow: str, limit: int = 10) -> list[r.RunRecord]:
        return runs.last_runs(self._db, shop, flow, limit)

    def add_requests(self, run: r.RunKey, system: str, task: str, counts: Mapping[str, int]) -> None:
        run_requests.add_requests(self._db, run, system, task, counts)

    def request_counts(self, run: r.RunKey) -> dict[str, dict[str, int]]:
        return run_requests.request_counts(self._db, run)

    # staging of the catalogue
    def reset_staging(self, run: r.RunKey) -> None:
        staging.reset_staging(self._db, run)

    def stage_articles(self, run: r.RunKey, articles: Sequence[r.StagedArticle]) -> None:
        staging.stage_articles(self._db, run, articles)

    def staged_article_uids(self, run: r.RunKey) -> set[int]:
        return staging.staged_article_uids(self._db, run)

    def unstage_articles(self, run: r.RunKey, uids: Collection[int]) -> None:
        staging.unstage_articles(self._db, run, uids)

    def set_counts(self, run: r.RunKey, articles: int, items: int) -> None:
        staging.set_counts(self._db, run, articles, items)

    def staged_counts(self, run: r.RunKey) -> r.StagedCounts:
        return staging.staged_counts(self._db, run)

    def partition_counts(self, run: r.RunKey) -> dict[int, int]:
        return staging.partition_counts(self._db, run)

    def open_partition_counts(self, run: r.RunKey) -> dict[int, int]:
        return open_items.open_partition_counts(self._db, run)

    def open_items(self, run: r.RunKey) -> Iterator[tuple[ItemKey, str | None]]:
        return open_items.open_items(self._db, run)

    def numbers_taken_over(self, run: r.RunKey, numbers: Mapping[ItemKey, str]) -> dict[ItemKey, ItemKey]:
        return open_items.numbers_taken_over(self._db, run, numbers)

    def validation_columns(self, run: r.RunKey) -> dict[str, Sequence[Any]]:
        return staged_reads.validation_columns(self._db, run)

    def iter_chunk(
        self, run: r.RunKey, partitions: Sequence[int], batch: int = 100
    ) -> Iterator[list[r.StagedItem]]:
        return staged_reads.iter_chunk(self._db, run, partitions, batch)

    def staged_groups(self, run: r.RunKey, article_uids: Sequence[int]) -> Iterator[list[CatalogueItem]]:
        return staged_articles.staged_groups(self._db, run, article_uids)

    def number_owners(self, run: r.RunKey) -> staged_articles.NumberOwners:
        return staged_articles.number_owners(self._db, run)

    # items over all runs (rule 3)
    def item_states(self, shop: str, keys: Iterable[ItemKey]) -> dict[ItemKey, r.ItemState]:
        return items.item_states(self._db, shop, keys)

    def created_numbers(self, shop: str, numbers: Iterable[str]) -> set[str]:
        return items.created_numbers(self._db, shop, numbers)

    def record_intent(self, shop: str, intents: Sequence[r.Intent]) -> None:
        items.record_intent(self._db, shop, intents)

    def record_created(self, shop: str, created: Sequence[r.Created]) -> None:
        items.record_created(self._db, shop, created)

    def record_sent(self, shop: str, sent: Sequence[r.Sent]) -> None:
        items.record_sent(self._db, shop, sent)

    def record_sent_in_run(self, run: r.RunKey, sent: Sequence[r.Sent]) -> None:
        sent_in_run.record_sent_in_run(self._db, run, sent)

    # outcomes of a run (rule 5)
    def record_outcomes(self, run: r.RunKey, records: Sequence[r.OutcomeRecord]) -> None:
        outcomes.record_outcomes(self._db, run, records)

    def outcome_counts(self, run: r.RunKey) -> dict[Outcome, int]:
        return outcomes.outcome_counts(self._db, run)

    def outcome_gaps(self, run: r.RunKey) -> r.OutcomeGaps:
        return outcomes.outcome_gaps(self._db, run)

    def missing_outcomes(self, run: r.RunKey, limit: int = 100) -> list[r.GapRecord]:
        return outcomes.missing_outcomes(self._db, run, limit)

    def unexpected_outcomes(self, run: r.RunKey, limit: int = 100) -> list[r.GapRecord]:
        return outcomes.unexpected_outcomes(self._db, run, limit)

    def iter_outcomes(self, run: r.RunKey, outcome: Outcome | None = None) -> Iterator[r.OutcomeRow]:
        return outcomes.iter_outcomes(self._db, run, outcome)

    # flags
    def record_flags(
        self,
        run: r.RunKey,
        found: Iterable[Flag],
        *,
        complete: bool = False,
        checked: Collection[ItemKey] = (),
        source: str = flags.VALIDATION,
    ) -> r.FlagChanges:
        return flags.record_flags(self._db, run, found, complete=complete, checked=checked, source=source)

    def flag_changes(self, run: r.RunKey, source: str = flags.VALIDATION) -> r.FlagChanges:
        return flags.flag_changes(self._db, run, source)

    def flag_counts(self, run: r.RunKey) -> dict[str, int]:
        return flags.flag_counts(self._db, run)

    def iter_flags(self, run: r.RunKey) -> Iterator[r.FlagRow]:
        return flag_lists.iter_flags(self._db, run)

    def iter_open_flags(self, shop: str) -> Iterator[r.FlagRow]:
        return flag_lists.iter_open_flags(self._db, shop)

    # leases (rule 4)
    def acquire_lease(self, name: str, owner: str, seconds: float) -> s.Lease:
        return leases.acquire_lease(self._db, name, owner, seconds)

    def renew_lease(self, lease: s.Lease, seconds: float) -> s.Lease:
        return leases.renew_lease(self._db, lease, seconds)

    def lease_seconds_left(self, lease: s.Lease) -> float:
        return leases.lease_seconds_left(self._db, lease)

    def release_lease(self, lease: s.Lease) -> None:
        leases.release_lease(self._db, lease)

    def hold_lease(self, name: str, owner: str, seconds: float) -> AbstractContextManager[s.Lease]:
        return leases.hold_lease(self._db, name, owner, seconds)

    # special product numbers (rule 26)
    def special_numbers(self, shop: str) -> dict[str, s.SpecialNumber]:
        return special_numbers.special_numbers(self._db, shop)

    def record_special_number(
        self, shop: str, number: str, role: str, state: s.SpecialState, words: str = ""
    ) -> None:
        special_numbers.record_special_number(self._db, shop, number, role, state, words)

    # pairs of values (rules 22, 24)
    def pairs(self, shop: str, keys: Iterable[ItemKey]) -> dict[ItemKey, dict[str, s.Pair]]:
        return pairs.pairs(self._db, shop, keys)

    def intend_pairs(self, shop: str, values: Sequence[s.PairValues]) -> None:
        pairs.intend_pairs(self._db, shop, values)

    def settle_pairs(
        self,
        shop: str,
        values: Sequence[s.PairValues],
        origin: s.PairOrigin,
        no_later: Mapping[PairKey, datetime] | None = None,
    ) -> None:
        pairs.settle_pairs(self._db, shop, values, origin, no_later)

    def now(self) -> datetime:
        """The time by the clock that everything in the ledger is dated by."""
        with self._db.read() as connection:
            return self._db.now(connection)

    # clean-up
    def prune(
        self,
        shop: str,
        *,
        keep_runs: int = 30,
        resolved_flag_days: int = 365,
        keep_days: int = 0,
        order_detail_days: int = 365,
        inbox_days: int = 90,
    ) -> r.Pruned:
        """``keeping.clean_up`` of the shop and all queues, with what went in figures."""
        keep = Keep(keep_runs, keep_days, order_detail_days, resolved_flag_days, inbox_days)
        return r.Pruned.of({one.name: one.gone for one in self.keeping.clean_up(shop, keep)})
