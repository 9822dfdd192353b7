"""Write one group of products: intent, pass 1, pass 2, result; and find the bad row in a refused group."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from abicart_specter.clients.specter import SpecterClient
from abicart_specter.domain.groups import Refusal, bisect_refused
from abicart_specter.domain.imports.stock import sent_as_stock_article
from abicart_specter.domain.records import Flag, Outcome, Severity
from abicart_specter.errors import (
    RecordError,
    RefusedAlikeError,
    RefusedError,
    TransportError,
    UnconfirmedError,
)
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.doubtful_values import VALUES_UNKNOWN, doubt_flag
from abicart_specter.flows.flag_buffer import FlagBuffer
from abicart_specter.flows.leases import LeaseKeeper
from abicart_specter.flows.prepare_products import Prepared
from abicart_specter.ledger import Created, Intent, OutcomeRecord, PairOrigin, Sent

log = logging.getLogger(__name__)

REFUSED = "refused_by_specter"
REFUSAL_FLAGS = "refusal"
GROUPS_REFUSED_ALIKE = 3
FAILURES_IN_A_ROW = 3


@dataclass(slots=True)
class _RefusedGroup:
    """A group of which nothing was accepted, kept until it is known whether products or the account are at fault."""

    products: list[tuple[Prepared, Refusal]]
    reason: str


@dataclass(slots=True)
class GroupWriter:
    """Writes groups one after the other and records every result right after its write."""

    ctx: FlowContext
    specter: SpecterClient
    keeper: LeaseKeeper
    outcomes: Counter[str] = field(default_factory=Counter)
    _refused_groups: list[_RefusedGroup] = field(default_factory=list)
    _failures: int = 0
    _flags: FlagBuffer = field(init=False)

    def __post_init__(self) -> None:
        self._flags = FlagBuffer(self.ctx, REFUSAL_FLAGS)

    def write(self, group: Sequence[Prepared]) -> None:
        """Write one group in one or two passes.

        A lost answer makes its products ``unconfirmed`` and the next group is tried; after three failures in
        a row the chunk stops.
        """
        ctx = self.ctx
        ctx.ledger.record_intent(
            ctx.shop, [Intent(p.key, p.hash) for p in group if not p.create_only_because]
        )
        try:
            refused = self._pass(group, first=True)
            accepted = [p for p in group if p.key not in refused and not p.create_only_because]
            refused |= self._pass(accepted, first=False)
        except UnconfirmedError as error:
            self._failures += 1
            self._settle(group, Outcome.UNCONFIRMED, str(error), "answer_lost")
            if self._failures >= FAILURES_IN_A_ROW:
                raise
            return
        except TransportError:
            self._failures += 1
            raise
        self._failures = 0
        self._hold_doubtful([p for p in group if p.create_only_because and p.key not in refused])
        sent = [p for p in group if p.key not in refused and not p.create_only_because]
        # Before the rest: killed in between, the intent is still open and the product is sent again.
        # What another task drains meanwhile stays news: Specter may have told it before our write or after it.
        masters = {master.value for master in ctx.settings.masters()}
        no_later = {
            (pair.key, pair.field): p.known_at for p in sent for pair in p.settles if pair.field in masters
        }
        pairs = [pair for p in sent for pair in p.settles]
        ctx.ledger.settle_pairs(ctx.shop, pairs, PairOrigin.EXPORT, no_later)
        ctx.ledger.record_sent_in_run(ctx.run, [Sent(p.key, p.product_number, p.hash, p.row) for p in sent])
        self._flags.add([p.key for p in sent], [])
        self.outcomes[Outcome.SENT.value] += len(sent)
        self._hold(group, refused, nothing_accepted=len(refused) == len(group))

    def finish(self) -> None:
        """After the last group."""
        self._hold_refused_groups()
        self._flags.flush()

    def _hold_doubtful(self, created: Sequence[Prepared]) -> None:
        """Created if Specter lacked them; what Specter has of them is not known, so that nothing is overwritten."""
        for p in created:
            self._flags.add([p.key], [doubt_flag(p.key, p.product_number, p.create_only_because)])
            self._settle([p], Outcome.HELD, p.create_only_because, VALUES_UNKNOWN)

    def _hold_refused_groups(self) -> None:
        """Groups refused as a whole, too few to blame the account: their products are held one by one."""
        for refused_group in self._refused_groups:
            for prepared, refusal in refused_group.products:
                self._hold_one(prepared, refusal)
        self._refused_groups.clear()

    def _pass(self, group: Sequence[Prepared], *, first: bool) -> dict[object, Refusal]:
        products = [p for p in group if p.first] if first else list(group)
        if not products:
            return {}

        def submit(part: Sequence[Prepared]) -> None:
            rows = [p.row | p.create_only if first else p.row for p in part]
            try:
                self.specter.submit_articles(rows, force=not first, before_try=self.keeper.before_write)
            except RecordError as error:
                # Our own client refuses to put it on the wire: that is one row, not the chunk.
                raise RefusedError(error.message, code=error.rule, words=error.message) from error
            if first:
                self.ctx.ledger.record_created(
                    self.ctx.shop,
                    [Created(p.key, p.product_number, sent_as_stock_article(p.row)) for p in part],
                )

        return {p.key: refusal for p, refusal in bisect_refused(products, submit, RefusedError)}

    def _hold(
        self, group: Sequence[Prepared], refused: dict[object, Refusal], *, nothing_accepted: bool
    ) -> None:
        bad = [(p, refused[p.key]) for p in group if p.key in refused]
        reasons = {_reason(p, refusal) for p, refusal in bad}
        if not (nothing_accepted and len(bad) > 1 and len(reasons) == 1):
            for prepared, refusal in bad:
                self._hold_one(prepared, refusal)
            if not nothing_accepted:
                self._hold_refused_groups()
            return
        self._refused_groups.append(_RefusedGroup(bad, reasons.pop()))
        alike = [g for g in self._refused_groups if g.reason == self._refused_groups[-1].reason]
        if len(alike) < GROUPS_REFUSED_ALIKE:
            return
        words = bad[-1][1].words
        for refused_group in self._refused_groups:
            self._settle([p for p, _ in refused_group.products], Outcome.FAILED, words, "refused_alike")
        raise RefusedAlikeError(
            f"Shop {self.ctx.shop}: Specter refused {len(alike)} whole groups of products alike: {words}",
            remedy="The account, not a product, is the cause: check the rights of the API user and the connection "
            f"specter_{self.ctx.shop}; then clear this task.",
        )

    def _hold_one(self, prepared: Prepared, refusal: Refusal) -> None:
        message = (
            f"Shop {self.ctx.shop}: Specter refuses {prepared.key}, product number {prepared.product_number}: "
            f"{refusal.words} (code {refusal.code})"
        )
        remedy = "Correct what Specter names in the shop; the next export sends the product again."
        log.warning("%s", message)
        flag = Flag(prepared.key, REFUSED, Severity.ERROR, message, remedy, prepared.product_number)
        self._flags.add([prepared.key], [flag])
        self._settle([prepared], Outcome.HELD, message, REFUSED)

    def _settle(self, products: Sequence[Prepared], outcome: Outcome, reason: str, rule: str) -> None:
        self.ctx.staging.record_outcomes(
            self.ctx.run,
            [OutcomeRecord(p.key, p.product_number, outcome, reason, rule) for p in products],
        )
        self.outcomes[outcome.value] += len(products)


def _reason(prepared: Prepared, refusal: Refusal) -> str:
    """A refusal's words without what is the product's own: its number, the row's, and other figures."""
    return re.sub(r"\d+", "#", refusal.words.replace(prepared.product_number, "…"))
