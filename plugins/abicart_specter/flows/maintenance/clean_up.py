"""The weekly clean-up: what is not needed any more goes, and a table says what went, what stays and why."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.journal import Journal
from abicart_specter.flows.maintenance.files import clean_journal, clean_reports
from abicart_specter.flows.maintenance.terms import UNKNOWN_DAYS, Terms, terms_of
from abicart_specter.flows.maintenance.words import KINDS, WHATEVER_ITS_AGE, why_kept
from abicart_specter.flows.reports import log_table, write_csv
from abicart_specter.ledger import KindAccount

log = logging.getLogger(__name__)

COLUMNS = ("kind", "what", "went", "stays", "oldest_of_what_stays", "kept_because")


def clean_up(ctx: FlowContext, journal: Journal) -> dict[str, Any]:
    """Remove what the shop's retention settings say, or in a dry run count it. Safe to repeat at any point.

    :returns: how many of each kind went (or would go), as plain JSON.
    """
    ctx.begin()
    terms = terms_of(ctx)
    _say_who_shares(ctx, terms)
    # Before the ledger: which answers are needed is known from its batches.
    files = list(clean_journal(ctx, journal, terms, dry_run=ctx.dry_run))
    accounts = ctx.ledger.keeping.clean_up(ctx.shop, terms.keep(), dry_run=ctx.dry_run)
    accounts += [*files, clean_reports(ctx, dry_run=ctx.dry_run)]
    if not ctx.dry_run:
        ctx.ledger.keeping.checkpoint()
    _show(ctx, terms, accounts)
    gone = {one.name: one.gone for one in accounts}
    if not ctx.dry_run:
        ctx.ledger.finish_run(ctx.run, {"removed": gone})
    return {"dry_run": ctx.dry_run, "removed": gone}


def _say_who_shares(ctx: FlowContext, terms: Terms) -> None:
    if terms.sbm_id is None:
        log.info("Shop %s has made no run yet: the ledger knows no Specter account of it.", ctx.shop)
    if terms.sharing:
        log.info(
            "Shop %s shares Specter account %s with %s. What may lead to a person (the order queue) goes by the shop "
            "that keeps least: %s days in the journal, %s days in the inbox. What cannot goes by the one that keeps "
            "longest: %s days in the journal.",
            ctx.shop,
            terms.sbm_id,
            ", ".join(terms.sharing),
            terms.journal_days_personal,
            terms.queue_detail_days,
            "not known how many" if terms.journal_days == UNKNOWN_DAYS else terms.journal_days,
        )
    for shop in terms.broken:
        log.warning(
            "Shop %s: the settings file of shop %s, which shares its Specter account, cannot be read. Until it is "
            "corrected, what they share and cannot lead to a person stays.",
            ctx.shop,
            shop,
        )


def _show(ctx: FlowContext, terms: Terms, accounts: Sequence[KindAccount]) -> None:
    went = "would go" if ctx.dry_run else "went"
    log_table(
        log,
        f"What {went} and what stays of shop {ctx.shop}",
        ("what", went, "stays", "oldest", "kept because"),
        [
            (KINDS[one.name], one.gone, one.kept, _age(ctx, one.oldest), why_kept(one.name, terms))
            for one in accounts
            if one.gone or one.kept
        ],
    )
    log.info(WHATEVER_ITS_AGE)
    total = sum(one.gone for one in accounts)
    log.info(
        "Shop %s: %s %s in all.%s", ctx.shop, total, went, " Nothing was removed." if ctx.dry_run else ""
    )
    path = write_csv(
        ctx,
        "maintenance.csv",
        COLUMNS,
        (
            (
                one.name,
                KINDS[one.name],
                one.gone,
                one.kept,
                "" if one.oldest is None else one.oldest.isoformat(timespec="seconds"),
                why_kept(one.name, terms),
            )
            for one in accounts
        ),
    )
    log.info("Shop %s: every kind: %s", ctx.shop, path)


def _age(ctx: FlowContext, moment: datetime | None) -> str:
    if moment is None:
        return ""
    days = (ctx.clock() - moment).days
    return "today" if days < 1 else f"{days} d"
