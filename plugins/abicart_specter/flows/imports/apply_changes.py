"""Write a chunk of planned changes to the shop, each only while it still is what was planned (rules 22, 30, 32).

Per hundred articles: read them afresh, plan them again, drop what is no longer the same, store what is about to be
written, write in batches, read back, settle. Killed at any line and started again, it ends where one clean run would
have: a change whose write had begun is first looked for in the shop.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from abicart_specter.clients.abicart import AbicartClient
from abicart_specter.clients.article_writes import ArticleWrite, ArticleWritten
from abicart_specter.domain.catalogue import normalise
from abicart_specter.domain.imports.applied import applied, outdated
from abicart_specter.domain.imports.import_mapping import ImportMapping
from abicart_specter.domain.imports.patches import article_patch
from abicart_specter.domain.imports.records import ImportPart, PlannedChange
from abicart_specter.domain.records import CatalogueItem, ShopFacts
from abicart_specter.errors import AbicartSpecterError, RecordError, RetriableError, UnconfirmedError
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.drain_queue import own_account
from abicart_specter.flows.imports.article_fields import article_fields
from abicart_specter.flows.imports.chunks import TO_WRITE, ImportChunk
from abicart_specter.flows.imports.told_items import told_items
from abicart_specter.flows.imports.vat_writable import VAT_POINTER
from abicart_specter.flows.leases import LeaseKeeper, LeaseTerms, hold_leases
from abicart_specter.flows.requests_made import counted_abicart
from abicart_specter.ledger import ChangeRecord, ChangeState, pair_values

log = logging.getLogger(__name__)

ARTICLES_AT_ONCE = 100
GONE = "The shop no longer has the product."
OTHER_VALUE = "The shop took the write but shows another value: "


def lease_name(shop: str, partition: int) -> str:
    """Name of the lease on a partition of the shop's articles, for whoever writes to the shop."""
    return f"{shop}/imports/{partition:02d}"


@dataclass(slots=True)
class _Slice:
    """Some changes at work."""

    confirmed: list[tuple[int, PlannedChange]] = field(default_factory=list)
    voided: list[tuple[int, str]] = field(default_factory=list)
    to_write: list[tuple[ChangeRecord, ArticleWrite]] = field(default_factory=list)


def apply_changes(
    ctx: FlowContext, chunk: ImportChunk, mapping: ImportMapping, terms: LeaseTerms
) -> Counter[str]:
    """Apply a chunk.

    :returns: how many changes stand in which state after it.
    :raises LeaseHeldError: another run is at work on these articles; retriable.
    :raises RetriableError: the shop did not answer; what was applied is remembered, a retry does the rest.
    :raises UnconfirmedError: answers were lost; a retry looks in the shop first.
    """
    account = own_account(ctx)
    counts: Counter[str] = Counter()
    names = [lease_name(ctx.shop, partition) for partition in chunk.partitions]
    with (
        hold_leases(ctx.ledger, names, ctx.owner, terms) as keeper,
        counted_abicart(ctx, f"apply {chunk.part.value} {chunk.chunk}") as abicart,
    ):
        facts = abicart.webshop()
        fields = article_fields(ctx.settings, chunk.part)
        worker = _Worker(ctx, abicart, keeper, account, mapping, chunk.part, facts, fields, counts)
        for batch in ctx.ledger.imports.iter_changes(
            ctx.run, chunk.part, TO_WRITE, partitions=chunk.partitions, batch=ARTICLES_AT_ONCE
        ):
            keeper.before_write()
            worker.do(batch)
    words = ", ".join(f"{count} {state}" for state, count in sorted(counts.items())) or "nothing to do"
    log.info("Shop %s: %s, chunk %s of %s: %s.", ctx.shop, chunk.part.value, chunk.chunk, chunk.of, words)
    worker.require_all_answered()
    return counts


@dataclass(slots=True)
class _Worker:
    ctx: FlowContext
    abicart: AbicartClient
    keeper: LeaseKeeper
    account: str
    mapping: ImportMapping
    part: ImportPart
    facts: ShopFacts
    fields: Sequence[str]
    counts: Counter[str]
    unanswered: int = 0
    lost: int = 0

    def do(self, records: Sequence[ChangeRecord]) -> None:
        articles = self._read([record.change.article_uid for record in records])
        work = self._sort(records, articles)
        self._settle(work)
        if not work.to_write:
            return
        begun = self.ctx.ledger.imports.begin_changes(
            self.ctx.shop,
            [(record.id, pair_values(record.change.settles)) for record, _ in work.to_write],
        )
        to_write = [(record, write) for record, write in work.to_write if record.id in begun]
        written = self.abicart.write_articles(
            [write for _, write in to_write], self.fields, before_try=self.keeper.before_write
        )
        self._end([record for record, _ in to_write], written)

    def _read(self, uids: Sequence[int]) -> dict[int, Mapping[str, object]]:
        return {int(one["uid"]): one for one in self.abicart.get_articles(uids, self.fields)}

    def _sort(self, records: Sequence[ChangeRecord], articles: Mapping[int, Mapping[str, object]]) -> _Slice:
        """What is there already, what may be written, and what is no longer what was planned."""
        work = _Slice()
        present = [record for record in records if record.change.article_uid in articles]
        items = [self._items(articles[record.change.article_uid]) for record in present]
        told = told_items(self.ctx, self.account, self.mapping, items)
        for record, now, group in zip(present, items, told, strict=True):
            change = record.change
            if record.state is ChangeState.WRITING and not applied(change, now, self.facts):
                work.confirmed.append((record.id, change))
                continue
            if void := outdated(change, group, self.facts):
                work.voided.append((record.id, void))
                continue
            try:
                patch = article_patch(change, articles[change.article_uid], self.facts)
            except RecordError as error:  # the shop shows its prices in another form since the plan
                work.voided.append((record.id, error.message))
                continue
            work.to_write.append((record, ArticleWrite(change.article_uid, patch)))
        work.voided.extend(
            (record.id, GONE) for record in records if record.change.article_uid not in articles
        )
        return work

    def _items(self, article: Mapping[str, object]) -> list[CatalogueItem]:
        return normalise(article, self.facts)

    def _settle(self, work: _Slice) -> None:
        ledger = self.ctx.ledger.imports
        if work.confirmed:
            ledger.confirm_changes(
                self.ctx.shop, [(id_, pair_values(change.settles)) for id_, change in work.confirmed]
            )
        for words in sorted({words for _, words in work.voided}):
            ids = [id_ for id_, why in work.voided if why == words]
            ledger.set_change_states(ids, ChangeState.VOIDED, words)
        self.counts[ChangeState.APPLIED.value] += len(work.confirmed)
        self.counts[ChangeState.VOIDED.value] += len(work.voided)

    def _end(self, records: Sequence[ChangeRecord], written: Mapping[int, ArticleWritten]) -> None:
        """Record every result right after the write."""
        confirmed: list[tuple[int, PlannedChange]] = []
        ended: dict[tuple[ChangeState, str], list[int]] = {}
        for record in records:
            result, change = written[record.change.article_uid], record.change
            if result.unconfirmed:
                self.lost += 1
            elif not result.ok and not result.refused:
                self.unanswered += 1
            elif not result.ok:
                ended.setdefault((ChangeState.FAILED, self._refused(change, result)), []).append(record.id)
            elif result.document is None:
                self.lost += 1
            elif differs := applied(change, self._items(result.document), self.facts):
                ended.setdefault((ChangeState.FAILED, OTHER_VALUE + "; ".join(differs)), []).append(record.id)
            else:
                confirmed.append((record.id, change))
        ledger = self.ctx.ledger.imports
        if confirmed:
            ledger.confirm_changes(
                self.ctx.shop, [(id_, pair_values(change.settles)) for id_, change in confirmed]
            )
        for (state, words), ids in ended.items():
            ledger.not_written(self.ctx.shop, ids, state, words)
            log.error("Shop %s: %s changes %s: %s", self.ctx.shop, len(ids), state.value, words)
            self.counts[state.value] += len(ids)
        self.counts[ChangeState.APPLIED.value] += len(confirmed)

    def _refused(self, change: PlannedChange, result: ArticleWritten) -> str:
        if self.part is ImportPart.VAT and VAT_POINTER in result.pointers:
            return (
                "The shop does not let a VAT rate be written; its price was not written either. Set the rate in "
                f"the shop by hand ({result.words})"
            )
        return f"The shop refuses the write: {result.words}"

    def require_all_answered(self) -> None:
        """:raises AbicartSpecterError: some writes have no answer; a retry deals with them."""
        error: AbicartSpecterError | None = None
        if self.lost:
            error = UnconfirmedError(
                f"Shop {self.ctx.shop}: Abicart's answer was lost for {self.lost} products.",
                remedy="Nothing to do: the task looks in the shop before it writes again.",
            )
        elif self.unanswered:
            error = RetriableError(
                f"Shop {self.ctx.shop}: Abicart did not take {self.unanswered} writes.",
                remedy="Nothing to do: the task tries again.",
            )
        if error is not None:
            raise error
