"""Empty a change queue of the Specter account into the ledger's inbox, losing nothing (rules 24, 27, 29).

The batch's id is stored before it is opened, the raw answer is on disk and its rows are in the inbox before it is
acknowledged. Killed at any line, the next run goes on with the stored id.
"""

from __future__ import annotations

import logging
import uuid
from collections import Counter

from abicart_specter.clients.specter import SpecterClient
from abicart_specter.clients.specter_batches import ArticleInfoAnswer, OpenBatchError, Queue
from abicart_specter.errors import FatalError
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.journal import Journal
from abicart_specter.flows.leases import LeaseKeeper, LeaseTerms, hold_leases
from abicart_specter.flows.requests_made import counted_specter
from abicart_specter.ledger import InboxValue

log = logging.getLogger(__name__)

MOST_BATCHES = 10_000
SAME_BATCH_IS_ALARMING = 3


def queue_account(specter: SpecterClient) -> str:
    """Whose queue it is: the Specter account and its API user. Shops may share one (rule 29)."""
    return f"{specter.connection.sbm_id}/{specter.connection.api_user_id or 'v1'}"


def drain_article_info(ctx: FlowContext, journal: Journal, terms: LeaseTerms) -> int:
    """Read the article-info queue until an answer is empty.

    :returns: how many articles were reported.
    :raises FatalError: the same batch comes back again and again.
    """
    queue = Queue.ARTICLE_INFO
    with counted_specter(ctx, "drain_article_info") as specter:
        account = queue_account(specter)
        with hold_leases(ctx.ledger, [f"queue/{account}/{queue.value}"], ctx.owner, terms) as keeper:
            articles = _drain(ctx, specter, journal, keeper, account, queue)
    log.info("Shop %s: Specter reported %s changed articles; they are in the inbox.", ctx.shop, articles)
    return articles


def _drain(
    ctx: FlowContext,
    specter: SpecterClient,
    journal: Journal,
    keeper: LeaseKeeper,
    account: str,
    queue: Queue,
) -> int:
    articles = 0
    seen: Counter[str] = Counter()
    for _ in range(MOST_BATCHES):
        keeper.before_write()
        answer = _read(ctx, specter, account, queue)
        seen[answer.batch_no] += 1
        if seen[answer.batch_no] >= SAME_BATCH_IS_ALARMING:
            raise FatalError(
                f"Shop {ctx.shop}: Specter returns batch {answer.batch_no} of {queue.value} again and again.",
                remedy="Its rows are kept. Ask Specter whether another program reads this account's queues.",
            )
        reference = journal.write(account, queue.value, answer.batch_no, ctx.clock(), answer.raw)
        ctx.ledger.store_batch(account, queue.value, answer.batch_no, _inbox_values(answer), reference)
        specter.acknowledge(queue, answer.batch_no)
        ctx.ledger.acknowledged(account, queue.value, answer.batch_no)
        articles += len(answer.rows)
        if not answer.rows and not answer.skipped:
            return articles
    raise FatalError(
        f"Shop {ctx.shop}: Specter's queue {queue.value} is not empty after {MOST_BATCHES} batches.",
        remedy="What was read is kept. Ask Specter what fills the queue.",
    )


def _read(ctx: FlowContext, specter: SpecterClient, account: str, queue: Queue) -> ArticleInfoAnswer:
    """Read the batch that is open, or open one. Its id is in the ledger before Specter hears of it."""
    open_batches = ctx.ledger.in_flight(account, queue.value)
    batch_no = open_batches[0].batch_no if open_batches else uuid.uuid4().hex
    ctx.ledger.set_in_flight(account, queue.value, batch_no)
    try:
        answer = specter.read_batch(queue, batch_no)
    except OpenBatchError as other:
        log.warning(
            "Shop %s: batch %s of %s was still open; reading that one.", ctx.shop, other.batch_no, queue.value
        )
        ctx.ledger.set_in_flight(account, queue.value, other.batch_no)
        answer = specter.read_batch(queue, other.batch_no)
    if not isinstance(answer, ArticleInfoAnswer):
        raise TypeError(f"queue {queue.value} answered with {type(answer).__name__}")
    return answer


def _inbox_values(answer: ArticleInfoAnswer) -> list[InboxValue]:
    """Every field as it came, under its name in lower case."""
    return [
        InboxValue(row.article_no, name, value)
        for row in answer.rows
        for name, value in sorted(row.fields.items())
    ]
