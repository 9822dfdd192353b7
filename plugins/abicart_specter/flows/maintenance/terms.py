"""How long what a shop shares with others is kept: queues, inbox and journal belong to the Specter account (rule 29).

One answer of Specter holds rows of every shop of the account, so that one rule must hold for all of them:

* What may lead to a person goes by the shop that keeps **least**. A term that was promised for personal data is a duty;
  to have it longer for a replay is a convenience, and a week at least is kept in any case.
* What cannot lead to a person goes by the shop that keeps **longest**: nobody is hurt by it, and the other shop counts
  on it when its ledger is lost.
* Where the file of one of them cannot be read, its term is not known: nothing that cannot lead to a person goes.
"""

from __future__ import annotations

from dataclasses import dataclass

from abicart_specter.clients.specter_batches import Queue
from abicart_specter.errors import ConfigurationError
from abicart_specter.flows.context import FlowContext
from abicart_specter.ledger import Keep
from abicart_specter.settings import load_shop, shop_files
from abicart_specter.settings.limits import RetentionSettings

PERSONAL_QUEUES = frozenset({Queue.ORDERS.value})
"""Queues whose answers hold tracking numbers; those of articles and stock hold nothing personal."""

UNKNOWN_DAYS = 3650
"""As long as any setting can be: a term that nobody knows."""

KEPT_RUNS = 1
"""The last run of each flow keeps its detail whatever its age."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How many days each thing is kept.

    :param sbm_id: the shop's Specter account; ``None`` where the ledger does not know the shop yet.
    :param sharing: other shops of this ledger on the account; ``broken`` are those whose file cannot be read.
    """

    own: RetentionSettings
    sbm_id: int | None
    sharing: tuple[str, ...]
    broken: tuple[str, ...]
    journal_days_personal: int
    journal_days: int
    queue_detail_days: int
    inbox_days: int

    def keep(self) -> Keep:
        """For the ledger. ``sbm_id`` -1 is nobody's: a shop that is not bound has no queues."""
        return Keep(
            runs=KEPT_RUNS,
            run_days=self.own.run_days,
            detail_days=self.own.personal_data_days,
            flag_days=self.own.run_days,
            inbox_days=self.inbox_days,
            queue_detail_days=self.queue_detail_days,
            sbm_id=-1 if self.sbm_id is None else self.sbm_id,
        )

    def days_of_journal(self, function: str) -> int:
        """For the answers of one queue; also of one that is not known, which is taken for personal."""
        known = {queue.value for queue in Queue} - PERSONAL_QUEUES
        return self.journal_days if function in known else self.journal_days_personal


def terms_of(ctx: FlowContext) -> Terms:
    """From the shop's settings and those of the shops that it shares its Specter account with."""
    own = ctx.settings.retention
    bindings = {one.shop: one.sbm_id for one in ctx.ledger.bindings()}
    sbm_id = bindings.get(ctx.shop)
    others = {shop for shop, account in bindings.items() if account == sbm_id and shop != ctx.shop}
    found, broken = [own], []
    # A shop whose file is gone does not run any more, and keeps nothing.
    for path in (path for path in shop_files() if path.stem in others):
        try:
            found.append(load_shop(path).retention)
        except ConfigurationError:
            broken.append(path.stem)
    unknown = [UNKNOWN_DAYS] if broken else []
    return Terms(
        own=own,
        sbm_id=sbm_id,
        sharing=tuple(sorted(others)),
        broken=tuple(broken),
        journal_days_personal=min(one.journal_days for one in found),
        journal_days=max([one.journal_days for one in found] + unknown),
        queue_detail_days=min(one.personal_data_days for one in found),
        inbox_days=max([one.run_days for one in found] + unknown),
    )
