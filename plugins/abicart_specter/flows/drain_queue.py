"""Empty a change queue of the Specter account into the ledger's inbox, losing nothing (rules 24, 27, 29).

The batch's id is stored before it is opened, the raw answer is on disk and its rows are in the inbox before it is
acknowledged. Killed at any line, the next run goes on with the stored id.
"""

from __future__ import annotations

import logging
import uuid
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from abicart_specter.clients.specter import SpecterClient
from abicart_specter.clients.specter_answers import OPEN_BATCH
from abicart_specter.clients.specter_batches import AnyAnswer, OpenBatchError, Queue
from abicart_specter.errors import FatalError, RefusedError
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.imports.queue_rows import inbox_rows, records_told
from abicart_specter.flows.journal import Journal
from abicart_specter.flows.leases import LeaseKeeper, LeaseTerms, hold_leases
from abicart_specter.flows.requests_made import counted_specter
from abicart_specter.flows.shared_account import fields_of_account
from abicart_specter.ledger import InboxValue

log = logging.getLogger(__name__)

MOST_BATCHES = 10_000
SAME_BATCH_IS_ALARMING = 3
SAME_ROWS_ARE_ALARMING = 10
MOST_READERS_FOLLOWED = 3


@dataclass(frozen=True, slots=True)
class Drained:
    """What a queue held.

    :param reported: articles or orders that were told, each as often as it was told.
    :param batches: batches read, the last and empty one too.
    """

    reported: int
    batches: int


def queue_account(specter: SpecterClient) -> str:
    """Whose queue it is: the Specter account and its API user. Shops may share one (rule 29)."""
    return account_name(specter.connection.sbm_id, specter.connection.api_user_id)


def own_account(ctx: FlowContext) -> str:
    """The same for the shop's own connection; nothing is asked of Specter."""
    with ctx.open_specter() as specter:
        return queue_account(specter)


def account_name(sbm_id: int, api_user_id: int | None) -> str:
    """How inbox, leases and journal call an account as one API user reads it."""
    return f"{sbm_id}/{api_user_id or 'v1'}"


def drain_article_info(ctx: FlowContext, journal: Journal, terms: LeaseTerms) -> int:
    """As :func:`drain_queue` for article info; returns how many articles were reported."""
    return drain_queue(ctx, journal, terms, Queue.ARTICLE_INFO).reported


def drain_queue(
    ctx: FlowContext,
    journal: Journal,
    terms: LeaseTerms,
    queue: Queue,
    fields: Collection[str] | None = None,
) -> Drained:
    """Read a queue until an answer is empty. Everything told is then in the ledger's inbox.

    :param fields: wire names, in lower case, that the inbox keeps of an article; without, those that the
        mappings of this shop and of every other shop of the account look for.
    :raises LeaseHeldError: another task reads this queue now; try again later.
    :raises RefusedError: Specter refuses to read, or another reader's batch is in the way. Nothing is lost; what was
        read before is kept.
    :raises FatalError: a batch comes back again and again.
    """
    with counted_specter(ctx, f"drain_{queue.value}") as specter:
        if fields is None:
            fields = fields_of_account(ctx, specter.connection.sbm_id)
        kept = fields if isinstance(fields, frozenset) else frozenset(fields)
        drained = _QueueReader(ctx, specter, journal, terms, kept).drain(queue)
    log.info(
        "Shop %s: Specter reported %s changed %s in %s batches; they are in the inbox.",
        ctx.shop,
        drained.reported,
        "orders" if queue is Queue.ORDERS else "articles",
        drained.batches,
    )
    return drained


@dataclass(slots=True)
class _QueueReader:
    """One task's reading of an account's queues.

    :param recovered: other queues that were emptied first, because a batch of theirs was in the way.
    """

    ctx: FlowContext
    specter: SpecterClient
    journal: Journal
    terms: LeaseTerms
    fields: frozenset[str]
    recovered: set[Queue] = field(default_factory=set)

    @property
    def account(self) -> str:
        return queue_account(self.specter)

    def drain(self, queue: Queue) -> Drained:
        name = f"queue/{self.account}/{queue.value}"
        terms = self.terms
        with hold_leases(self.ctx.ledger, [name], self.ctx.owner, terms, patience=terms.patience) as keeper:
            return self._until_empty(queue, keeper)

    def _until_empty(self, queue: Queue, keeper: LeaseKeeper) -> Drained:
        reported = 0
        seen: Counter[str] = Counter()
        last: list[InboxValue] = []
        alike = 1
        for batches in range(1, MOST_BATCHES + 1):
            answer = self._read(queue, keeper)
            rows = inbox_rows(answer, self.fields)
            self._store(answer, rows, keeper)
            seen[answer.batch_no] += 1
            alike = alike + 1 if rows and rows == last else 1
            last = rows
            self._alarm_if_it_repeats(queue, answer.batch_no, seen[answer.batch_no], alike)
            keeper.before_write()
            self.specter.acknowledge(queue, answer.batch_no)
            self.ctx.ledger.acknowledged(self.account, queue.value, answer.batch_no)
            reported += records_told(answer)
            if answer.is_empty:
                return Drained(reported, batches)
        raise FatalError(
            f"Shop {self.ctx.shop}: Specter's queue {queue.value} is not empty after {MOST_BATCHES} batches.",
            remedy="What was read is kept. Ask Specter what fills the queue.",
        )

    def _store(self, answer: AnyAnswer, rows: list[InboxValue], keeper: LeaseKeeper) -> None:
        """Only while the queue is surely ours: rows of a reader that was thought dead would pass for the newest."""
        keeper.before_write()
        queue = answer.queue.value
        reference = self.journal.write(self.account, queue, answer.batch_no, self.ctx.clock(), answer.raw)
        self.ctx.ledger.store_batch(self.account, queue, answer.batch_no, rows, reference)

    def _alarm_if_it_repeats(self, queue: Queue, batch_no: str, times: int, alike: int) -> None:
        """Stored but not acknowledged once more: that evidently has no effect."""
        if times >= SAME_BATCH_IS_ALARMING:
            raise FatalError(
                f"Shop {self.ctx.shop}: Specter returns batch {batch_no} of {queue.value} again and again, "
                "although it was acknowledged.",
                remedy="Its rows are kept. Ask Specter whether another program reads this account's queues.",
            )
        if alike >= SAME_ROWS_ARE_ALARMING:
            raise FatalError(
                f"Shop {self.ctx.shop}: the last {alike} batches of {queue.value} hold the same rows: Specter does "
                "not take them off the queue when they are acknowledged.",
                remedy="Its rows are kept. Ask Specter why acknowledged batches come back, and whether they expire.",
            )

    def _read(self, queue: Queue, keeper: LeaseKeeper) -> AnyAnswer:
        """Read the batch that is open, or open one. Its id is in the ledger before Specter hears of it."""
        ledger, account = self.ctx.ledger, self.account
        asked: list[str] = []
        open_batches = ledger.in_flight(account, queue.value)
        batch_no = open_batches[0].batch_no if open_batches else uuid.uuid4().hex
        while True:
            if not asked:
                ledger.set_in_flight(account, queue.value, batch_no)
            keeper.before_write()
            try:
                answer = self.specter.read_batch(queue, batch_no)
            except OpenBatchError as other:
                asked.append(batch_no)
                batch_no = self._after_99(queue, asked, other.batch_no)
                asked = [] if batch_no == asked[0] else asked
                continue
            except RefusedError as refusal:
                raise self._refused(queue, refusal) from None
            if asked:
                # A quoted batch is open already, and would be quoted again after a crash: it need not be stored
                # before it is read, and is not stored at all if it turns out to be another queue's.
                ledger.set_in_flight(account, queue.value, batch_no, quoted=True)
            return answer

    def _after_99(self, queue: Queue, asked: list[str], quoted: str) -> str:
        """The id to ask with next."""
        if quoted in asked or len(asked) > MOST_READERS_FOLLOWED:
            raise RefusedError(
                f"Shop {self.ctx.shop}: batch {quoted} is in the way of Specter's queue {queue.value}, and Specter "
                "does not give it to us: it belongs to another queue, another API user or another program.",
                code=OPEN_BATCH,
                remedy="Nothing is lost; what was read before is kept. Find out who reads this Specter account besides "
                "us (an old integration, a test) and let it acknowledge its batch, or ask Specter to close it.",
            )
        other = self._own_batch_of_another_queue(queue, quoted)
        if other is not None and other not in self.recovered:
            log.warning(
                "Shop %s: our own batch %s of %s is in the way of %s: one batch at a time is open for this account. "
                "Emptying %s first.",
                self.ctx.shop,
                quoted,
                other.value,
                queue.value,
                other.value,
            )
            self.recovered |= {queue, other}
            self.drain(other)
            return asked[0]
        log.warning(
            "Shop %s: batch %s of %s was still open; reading that one.", self.ctx.shop, quoted, queue.value
        )
        return quoted

    def _own_batch_of_another_queue(self, queue: Queue, batch_no: str) -> Queue | None:
        """The queue whose batch we opened and did not close, if Specter keeps one batch open over all queues
        (Specter reference, question 16)."""
        for other in Queue:
            if other is not queue and any(
                one.batch_no == batch_no for one in self.ctx.ledger.in_flight(self.account, other.value)
            ):
                return other
        return None

    def _refused(self, queue: Queue, refusal: RefusedError) -> RefusedError:
        return RefusedError(
            f"Shop {self.ctx.shop}: Specter's queue {queue.value} cannot be read: {refusal.message}",
            code=refusal.code,
            words=refusal.words,
            remedy="Nothing is lost: what was read before is kept and what waits stays at Specter. Codes other than "
            "99 are not public, so the words decide: rights or account → correct them with Specter. If they only mean "
            "that nothing has changed, tell whoever maintains this project: such an answer cannot be told from a "
            "fault yet.",
        )
