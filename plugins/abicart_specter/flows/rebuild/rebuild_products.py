"""What Specter told, from the journal; and of which products nobody knows what Specter has (rule 24)."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from abicart_specter.clients.specter_batches import Queue
from abicart_specter.domain.records import ItemKey
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.drain_queue import own_account
from abicart_specter.flows.imports.queue_rows import article_fields
from abicart_specter.flows.imports.replay import TERMS, replay
from abicart_specter.flows.journal import Journal
from abicart_specter.flows.leases import LeaseTerms
from abicart_specter.flows.read_catalogue import read_catalogue
from abicart_specter.flows.rebuild.times import MARGIN, RebuildTimes
from abicart_specter.flows.shared_account import fields_of_every_shop
from abicart_specter.ledger.keys import slices

log = logging.getLogger(__name__)

ITEMS_AT_ONCE = 5000


def rebuild_products(
    ctx: FlowContext, times: RebuildTimes, journal: Journal, terms: LeaseTerms = TERMS
) -> dict[str, Any]:
    """Put what Specter told back into the inbox, then mark the products whose values in Specter nobody knows.

    Old stock figures are kept, and not written to the shop: what was sold since is not in them. Nor are other values
    where the journal has gaps: they may be older than what the shop has.

    :raises LeaseHeldError: a task reads one of the account's queues now.
    :raises JournalError: an answer cannot be read; retriable.
    """
    ctx.begin()
    account = own_account(ctx)
    sbm_id = int(account.partition("/")[0])
    whole = _journal_is_whole(ctx, times, journal, sbm_id)
    since = None if times.known_good is None else times.known_good - MARGIN
    answers = sum(
        1
        for entry in journal.entries()
        if entry.sbm_id == sbm_id and (since is None or entry.read_at >= since)
    )
    masters = [master.value for master in ctx.settings.masters()]
    log.info("Shop %s: the journal holds %s answers of Specter to be put back.", ctx.shop, answers)
    told = {"answers": answers, "journal_whole": whole, "doubtful": 0}
    if ctx.dry_run:
        if masters and not whole:
            _warn(ctx, "every product of the shop", masters)
        return told
    # Of every shop here: which of them share the account is not known before each was rebuilt.
    fields = fields_of_every_shop(article_fields(ctx.settings))
    replay(journal, ctx.ledger, since=since, fields=fields, terms=terms, sbm_id=sbm_id)
    _pass_over(ctx, account, Queue.STOCK, keep_open=True)
    if not whole:
        _pass_over(ctx, account, Queue.ARTICLE_INFO, masters, keep_open=False)
    read_catalogue(ctx)  # the index of product numbers is gone too
    if masters and not (whole and times.known_good is not None):
        known_since = None if whole else _begun_at(ctx)
        for some in slices(list(_items(ctx)), ITEMS_AT_ONCE):
            ctx.ledger.rebuild.doubt_items(ctx.shop, some, known_since)
        told["doubtful"] = ctx.ledger.rebuild.doubtful_items(ctx.shop)
        _warn(ctx, f"{told['doubtful']} products", masters)
    ctx.staging.reset_staging(ctx.run)
    ctx.ledger.rebuild.step_done(ctx.shop, "products_done_at")
    return told


def _journal_is_whole(ctx: FlowContext, times: RebuildTimes, journal: Journal, sbm_id: int) -> bool:
    """Whether the journal surely has everything that Specter told since the ledger knew everything.

    A ledger that is empty cannot say what the journal should hold; then what the journal has counts, product by
    product, and of the others nothing is known.
    """
    if times.known_good is None:
        return True
    kept_since = ctx.clock() - timedelta(days=ctx.settings.retention.journal_days)
    if times.known_good < kept_since:
        return False
    accounts = {
        f"{one.sbm_id}/{one.api_user_id or 'v1'}" for one in ctx.ledger.bindings() if one.sbm_id == sbm_id
    }
    there = {entry.reference for entry in journal.entries() if entry.sbm_id == sbm_id}
    missing = [
        reference
        for reference in ctx.ledger.rebuild.newest_answers(accounts, kept_since)
        if reference not in there
    ]
    if missing:
        log.warning("Shop %s: the journal lacks %s, which the ledger knows.", ctx.shop, missing[0])
    return not missing


def _pass_over(
    ctx: FlowContext, account: str, queue: Queue, fields: Sequence[str] = (), *, keep_open: bool
) -> None:
    """What a queue told before is not written to the shop: it may be older than what the shop has from it."""
    ledger, name = ctx.ledger, queue.value
    still_open = (
        {one.product_number: one.why for one in ledger.imports.iter_open(ctx.shop, name)} if keep_open else {}
    )
    ledger.imports.record_looked(ctx.shop, name, ledger.rebuild.newest_row(account, name), still_open, fields)


def _begun_at(ctx: FlowContext) -> datetime:
    """What the ledger has from before is the backup's: Specter may have told other values after it."""
    rebuild = ctx.ledger.rebuild.of(ctx.shop)
    return ctx.ledger.now() if rebuild is None or rebuild.begun_at is None else rebuild.begun_at


def _items(ctx: FlowContext) -> Iterator[ItemKey]:
    for key, _ in ctx.ledger.open_items(ctx.run):
        yield key


def _warn(ctx: FlowContext, which: str, masters: list[str]) -> None:
    log.warning(
        "Shop %s: of %s nobody knows Specter's own %s, unless the journal has it. No export overwrites them: such a "
        "product is held (specter_value_unknown) until Specter tells its values or a person says that the shop's are "
        "right.",
        ctx.shop,
        which,
        ", ".join(masters),
    )
