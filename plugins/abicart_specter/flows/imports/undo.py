"""Take an import run's values back in the shop, where nobody changed them since (rule 34).

Prices, VAT and texts; stock never, it has moved on. What is restored is settled beside Specter's value, so that it is
neither exported nor imported again until Specter tells a new one. Started again after a kill, what is restored already
is found in the shop and only recorded.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from abicart_specter.clients.abicart import AbicartClient
from abicart_specter.clients.article_writes import ArticleWrite, ArticleWritten
from abicart_specter.clients.articles import Article
from abicart_specter.domain.catalogue import ARTICLE_FIELDS, normalise
from abicart_specter.domain.imports.applied import applied
from abicart_specter.domain.imports.patches import article_patch
from abicart_specter.domain.imports.records import ImportPart, PlannedChange
from abicart_specter.domain.imports.undo import UndoPlan, undo_change
from abicart_specter.domain.imports.undone import already_undone
from abicart_specter.domain.records import ShopFacts
from abicart_specter.errors import ConfigurationError, RecordError, RetriableError, UnconfirmedError
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.imports.apply_changes import lease_name
from abicart_specter.flows.imports.article_fields import DESCRIPTION
from abicart_specter.flows.imports.undo_report import UndoLine, UndoTable
from abicart_specter.flows.imports.undo_request import UndoRequest
from abicart_specter.flows.leases import LeaseKeeper, LeaseTerms, hold_leases
from abicart_specter.flows.requests_made import counted_abicart
from abicart_specter.ledger import PARTITIONS, ChangeRecord, pair_values

log = logging.getLogger(__name__)

ARTICLES_AT_ONCE = 100
GONE = "The product is not in the shop any more."
BACK = "The shop shows the former value already."


@dataclass(frozen=True, slots=True)
class UndoSummary:
    """How many products' changes were (or, in a dry run, would be) restored, were restored already, were left as they
    are with a reason, were refused by the shop, or have no answer yet.
    """

    restored: int = 0
    already: int = 0
    left: int = 0
    failed: int = 0
    unanswered: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)


def undo_import(ctx: FlowContext, request: UndoRequest, terms: LeaseTerms) -> UndoSummary:
    """Restore, or in a dry run show, what can be restored of a run, with a table of what is and what is not.

    :raises ConfigurationError: the ledger knows no such run of this shop, or it changed nothing.
    :raises LeaseHeldError: an import or another undo is at work; try again later.
    :raises RetriableError: the shop did not answer for some products; the rest is done, a retry does them.
    :raises UnconfirmedError: answers were lost; a retry looks in the shop first.
    """
    ctx.begin()
    _require_run(ctx, request.run_id)
    table = UndoTable(ctx)
    with counted_abicart(ctx, "undo") as abicart:
        if request.dry_run:
            worker = _Undo(ctx, abicart, None, abicart.webshop(), table)
            worker.run(request)
        else:
            names = [lease_name(ctx.shop, partition) for partition in range(PARTITIONS)]
            with hold_leases(ctx.ledger, names, ctx.owner, terms) as keeper:
                worker = _Undo(ctx, abicart, keeper, abicart.webshop(), table)
                worker.run(request)
    summary = UndoSummary(**worker.counts)
    table.show(request, summary.as_dict())
    worker.require_all_answered()
    return summary


def _require_run(ctx: FlowContext, run_id: str) -> None:
    runs = ctx.ledger.imports.import_runs(ctx.shop, 1000)
    if any(one.run.run_id == run_id for one in runs):
        return
    newest = ", ".join(f"{one.run.run_id} ({one.applied} changes)" for one in runs[:5]) or "none"
    raise ConfigurationError(
        f"Shop {ctx.shop}: no import run {run_id} has changed anything in the shop.",
        remedy=f"Enter the run id as its page in Airflow shows it. The newest that changed anything: {newest}.",
    )


@dataclass(frozen=True, slots=True)
class _Todo:
    record: ChangeRecord
    change: PlannedChange
    write: ArticleWrite


@dataclass(slots=True)
class _Undo:
    """One run of undo; without ``keeper`` nothing is written."""

    ctx: FlowContext
    abicart: AbicartClient
    keeper: LeaseKeeper | None
    facts: ShopFacts
    table: UndoTable
    counts: Counter[str] = field(default_factory=Counter)
    lost: int = 0

    def run(self, request: UndoRequest) -> None:
        for part in request.parts:
            fields = [*ARTICLE_FIELDS, DESCRIPTION] if part is ImportPart.TEXT else list(ARTICLE_FIELDS)
            for batch in self.ctx.ledger.imports.undoable(
                self.ctx.shop, request.run_id, [part], ARTICLES_AT_ONCE
            ):
                for records in _each_article_once(batch):
                    self._batch(records, fields)

    def _batch(self, records: Sequence[ChangeRecord], fields: Sequence[str]) -> None:
        uids = [record.change.article_uid for record in records]
        articles = {int(one["uid"]): one for one in self.abicart.get_articles(uids, fields)}
        todo = []
        for record in records:
            one = self._look(record, articles.get(record.change.article_uid))
            if one is not None:
                todo.append(one)
        if self.keeper is None or not todo:
            self.counts["restored"] += len(todo)
            return
        begun = self.ctx.ledger.imports.begin_undo(
            self.ctx.shop, [(one.record.id, pair_values(one.change.settles)) for one in todo]
        )
        todo = [one for one in todo if one.record.id in begun]
        written = self.abicart.write_articles(
            [one.write for one in todo], fields, before_try=self.keeper.before_write
        )
        self._end(todo, written)

    def _look(self, record: ChangeRecord, article: Article | None) -> _Todo | None:
        """What is to be written for a change; ``None`` if nothing is, which is then in the table."""
        change = record.change
        if article is None:
            self._left(record, GONE)
            return None
        items = normalise(article, self.facts)
        if (settles := already_undone(change, items, self.facts)) is not None:
            if self.keeper is not None:
                undone = [(record.id, pair_values(settles))]
                self.ctx.ledger.imports.record_undone(self.ctx.shop, undone, BACK)
            self.counts["already"] += 1
            self.table.add(UndoLine.of(change, "already there", BACK))
            return None
        plan: UndoPlan = undo_change(change, items, self.facts)
        if plan.change is None:
            self._left(record, " ".join(plan.left))
            return None
        try:
            patch = article_patch(plan.change, article, self.facts)
        except RecordError as error:
            self._left(record, error.message)
            return None
        if self.keeper is None:
            self.table.add(UndoLine.of(plan.change, "would be restored", " ".join(plan.left)))
        return _Todo(record, plan.change, ArticleWrite(change.article_uid, patch))

    def _left(self, record: ChangeRecord, why: str) -> None:
        self.counts["left"] += 1
        self.table.add(UndoLine.of(record.change, "left as it is", why))

    def _end(self, todo: Sequence[_Todo], written: dict[int, ArticleWritten]) -> None:
        undone = []
        for one in todo:
            result = written[one.change.article_uid]
            differs: Sequence[str] = ()
            if result.ok and result.document is not None:
                differs = applied(one.change, normalise(result.document, self.facts), self.facts)
            if result.unconfirmed or (result.ok and result.document is None):
                self.lost += 1
                self._ended(one, "unanswered", "Its answer was lost; the next try looks in the shop first.")
            elif not result.ok and not result.refused:
                self._ended(one, "unanswered", f"The shop was not reached: {result.words}")
            elif not result.ok:
                self._ended(one, "failed", f"The shop refuses it: {result.words}")
            elif differs:
                self._ended(one, "failed", f"The shop took it but shows: {'; '.join(differs)}.")
            else:
                undone.append((one.record.id, pair_values(one.change.settles)))
                self._ended(one, "restored", "")
        self.ctx.ledger.imports.record_undone(self.ctx.shop, undone, f"Undone by {self.ctx.run.run_id}.")

    def _ended(self, one: _Todo, what: str, why: str) -> None:
        self.counts[what] += 1
        self.table.add(UndoLine.of(one.change, what, why))

    def require_all_answered(self) -> None:
        """:raises AbicartSpecterError: some writes have no answer."""
        if self.lost:
            raise UnconfirmedError(
                f"Shop {self.ctx.shop}: the shop's answer was lost for {self.lost} products.",
                remedy="Nothing to do: the task looks in the shop before it writes again.",
            )
        if self.counts["unanswered"]:
            raise RetriableError(
                f"Shop {self.ctx.shop}: the shop did not take {self.counts['unanswered']} writes.",
                remedy="Nothing to do: the task tries again.",
            )


def _each_article_once(records: Sequence[ChangeRecord]) -> Iterator[list[ChangeRecord]]:
    """The records in lists that name no article twice, in their order."""
    left = list(records)
    while left:
        now: dict[int, ChangeRecord] = {}
        later = []
        for record in left:
            if record.change.article_uid in now:
                later.append(record)
            else:
                now[record.change.article_uid] = record
        yield list(now.values())
        left = later
