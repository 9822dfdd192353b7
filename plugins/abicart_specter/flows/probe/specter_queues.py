"""Lets a probe read Specter's change queues without losing anything (rules 24, 27, 29).

As in ``flows.drain_queue``, but nothing is acknowledged: the id is in the ledger before Specter hears of it, and what
was read is in the journal and in the inbox. So a probe leaves behind what a task does that is stopped between reading
and acknowledging, and the next import reads the same batch again, acknowledges it and goes on.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from abicart_specter.clients.options import SpecterConnection
from abicart_specter.clients.specter_batches import AnyAnswer, Queue
from abicart_specter.clients.specter_probe import QueueReads
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.drain_queue import account_name
from abicart_specter.flows.imports.queue_rows import inbox_rows
from abicart_specter.flows.journal import Journal
from abicart_specter.flows.leases import LeaseTerms, hold_leases
from abicart_specter.flows.shared_account import fields_of_account
from abicart_specter.settings import ShopSettings


def queues_of(settings: ShopSettings) -> tuple[Queue, ...]:
    """The queues that an import of this shop empties. A batch of another one would stay open, and block whoever else
    reads that queue.
    """
    wanted = {
        Queue.STOCK: settings.imports.stock,
        Queue.ARTICLE_INFO: bool(settings.masters()),
        Queue.ORDERS: settings.status.read_orders,
    }
    return tuple(queue for queue in Queue if wanted[queue])


@contextmanager
def queue_reads(
    ctx: FlowContext, connection: SpecterConnection, journal: Journal, terms: LeaseTerms
) -> Iterator[QueueReads]:
    """The queues are this task's alone while the context lasts.

    :raises LeaseHeldError: another task reads one of them now; try again later.
    """
    account = account_name(connection.sbm_id, connection.api_user_id)
    queues = queues_of(ctx.settings)
    kept = frozenset(fields_of_account(ctx, connection.sbm_id))
    names = [f"queue/{account}/{queue.value}" for queue in queues]
    with hold_leases(ctx.ledger, names, ctx.owner, terms, patience=terms.patience) as keeper:

        def in_flight(queue: Queue) -> list[str]:
            return [one.batch_no for one in ctx.ledger.in_flight(account, queue.value)]

        def before(queue: Queue, batch_no: str) -> None:
            ctx.ledger.set_in_flight(account, queue.value, batch_no)
            keeper.before_write()

        def after(answer: AnyAnswer) -> None:
            # Only while the queue is surely ours: rows of a reader that was thought dead would pass for the newest.
            keeper.before_write()
            queue = answer.queue.value
            reference = journal.write(account, queue, answer.batch_no, ctx.clock(), answer.raw)
            rows = inbox_rows(answer, kept)
            ctx.ledger.store_batch(account, queue, answer.batch_no, rows, reference)

        yield QueueReads(queues, in_flight, before, after)
