"""Opens a client for one task and adds what it asked of the system to the run's counts, whatever happens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from abicart_specter.clients.abicart import AbicartClient
from abicart_specter.clients.options import RequestCounts
from abicart_specter.clients.specter import SpecterClient
from abicart_specter.flows.context import FlowContext


@contextmanager
def counted_abicart(ctx: FlowContext, task: str) -> Iterator[AbicartClient]:
    """An Abicart client; its requests are added to the run under ``task``."""
    client = ctx.open_abicart()
    try:
        yield client
    finally:
        client.close()
        _count(ctx, "abicart", task, client.counts)


@contextmanager
def counted_specter(ctx: FlowContext, task: str) -> Iterator[SpecterClient]:
    """A Specter client; its requests are added to the run under ``task``."""
    client = ctx.open_specter()
    try:
        yield client
    finally:
        client.close()
        _count(ctx, "specter", task, client.counts)


def _count(ctx: FlowContext, system: str, task: str, counts: RequestCounts) -> None:
    if not ctx.leaves_no_trace:
        ctx.staging.add_requests(ctx.run, system, task, counts.as_dict())
