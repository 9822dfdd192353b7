"""A queue that tells nothing for long: is somebody else emptying it (rule 31)?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from abicart_specter.clients.specter_batches import Queue
from abicart_specter.flows.context import FlowContext

SILENT_FOR = timedelta(days=7)


def wanted_queues(ctx: FlowContext) -> tuple[Queue, ...]:
    """The queues that the shop's settings read."""
    settings = ctx.settings
    wanted = {
        Queue.ARTICLE_INFO: bool(settings.masters()),
        Queue.STOCK: settings.imports.stock,
        Queue.ORDERS: settings.status.read_orders,
    }
    return tuple(queue for queue, is_read in wanted.items() if is_read)


@dataclass(frozen=True, slots=True)
class Silence:
    """A queue that has told nothing for long, and since when."""

    queue: Queue
    since: datetime
    days: int


def silent_queues(ctx: FlowContext, account: str, queues: Iterable[Queue] | None = None) -> list[str]:
    """A sentence for each queue that was read for seven days or longer and told nothing in the last seven.

    An empty answer is a normal night. A whole week without a single change is possible too, so it is said and nothing
    is stopped.

    :param account: see ``drain_queue.account_name``.
    :param queues: those to look at; without, the ones that the shop reads.
    """
    return [
        f"Specter's queue {one.queue.value} has told nothing for {one.days} days (since {one.since:%Y-%m-%d}): another "
        "reader may be emptying the queue. Change something in Specter and see whether it comes; if not, find the "
        "other program that reads this account."
        for one in silences(ctx, account, wanted_queues(ctx) if queues is None else queues)
    ]


def silences(ctx: FlowContext, account: str, queues: Iterable[Queue]) -> list[Silence]:
    """Which of these queues are silent; see ``silent_queues``."""
    now = ctx.clock()
    found: list[Silence] = []
    for queue in queues:
        activity = ctx.ledger.imports.queue_activity(account, queue.value)
        since = activity.last_reported_at or activity.first_read_at
        if since is not None and now - since >= SILENT_FOR:
            found.append(Silence(queue, since, (now - since).days))
    return found
