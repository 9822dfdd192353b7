"""Read the shop's whole catalogue once and stage it in the ledger under the run."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from abicart_specter.clients.abicart import AbicartClient
from abicart_specter.domain.catalogue import ARTICLE_FIELDS, REQUIRED_FIELDS, normalise
from abicart_specter.domain.records import ShopFacts
from abicart_specter.errors import CatalogueChangedError, EmptyCatalogueError
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.requests_made import counted_abicart
from abicart_specter.ledger import StagedArticle, StagedCounts

log = logging.getLogger(__name__)

MOST_CORRECTIONS = 3
PROGRESS_EVERY = 10_000


def read_catalogue(ctx: FlowContext, extra_fields: Sequence[str] = ()) -> StagedCounts:
    """Stage every article and variant, exactly once, and prove it by the shop's own count.

    People edit the shop while it is read. When the count disagrees, the uids are read again and the
    difference is fetched or dropped, at most three times.

    :param extra_fields: article fields that the field mapping wants besides the usual ones.
    :raises CatalogueChangedError: it still disagrees; retriable.
    :raises EmptyCatalogueError: the shop shows no articles at all; retriable.
    """
    fields = [*ARTICLE_FIELDS, *(name for name in extra_fields if name not in ARTICLE_FIELDS)]
    ctx.begin()
    began = ctx.clock()
    ctx.staging.reset_staging(ctx.run)
    with counted_abicart(ctx, "read_catalogue") as abicart:
        facts = abicart.webshop()
        articles = 0
        for page in abicart.iter_article_pages(fields, required=REQUIRED_FIELDS):
            stage(ctx, page, facts)
            articles += len(page)
            if articles % PROGRESS_EVERY < len(page):
                log.info("Shop %s: %s articles read.", ctx.shop, articles)
        _settle_count(ctx, abicart, fields, facts)
    if ctx.staging is ctx.ledger:
        # The export on change compares with it; in a dry run, which only stages in a scratch file, it stays.
        ctx.ledger.product_changes.index_staging(ctx.run, began)
    counts = ctx.staging.staged_counts(ctx.run)
    log.info(
        "Shop %s: found %s products (%s articles, as the shop counts them).",
        ctx.shop,
        counts.items,
        counts.articles,
    )
    return counts


def stage(ctx: FlowContext, page: Iterable[Mapping[str, Any]], facts: ShopFacts) -> None:
    """Put one page into the ledger. A product whose values cannot be read is staged too, and held when mapped."""
    ctx.staging.stage_articles(
        ctx.run, [StagedArticle(int(article["uid"]), normalise(article, facts)) for article in page]
    )


def _settle_count(ctx: FlowContext, abicart: AbicartClient, fields: Sequence[str], facts: ShopFacts) -> None:
    for correction in range(MOST_CORRECTIONS + 1):
        counted = abicart.count_articles()
        staged = ctx.staging.staged_counts(ctx.run).articles
        if counted == staged == 0:
            raise EmptyCatalogueError(
                f"Shop {ctx.shop}: the shop says that it has no products at all, which is not believed.",
                remedy=f"Check the webshop id and the token's rights in connection abicart_{ctx.shop}. "
                "Nothing was sent, and no flag was changed.",
            )
        if counted == staged:
            ctx.staging.set_counts(ctx.run, counted, ctx.staging.staged_counts(ctx.run).items)
            return
        if correction == MOST_CORRECTIONS:
            break
        log.warning(
            "Shop %s: the shop counts %s articles, %s were read; comparing uid by uid.",
            ctx.shop,
            counted,
            staged,
        )
        _correct(ctx, abicart, fields, facts)
    raise CatalogueChangedError(
        f"Shop {ctx.shop}: the shop counts {counted} articles, but {staged} could be read, "
        f"even after {MOST_CORRECTIONS} corrections.",
        remedy="Nothing was sent. The task tries again; if it stays so, compare the shop's article list "
        "with the uids in this run's report.",
    )


def _correct(ctx: FlowContext, abicart: AbicartClient, fields: Sequence[str], facts: ShopFacts) -> None:
    """Fetch what was added and drop what was deleted since it was read."""
    present = {
        int(row["uid"]) for page in abicart.iter_article_pages(("uid",), required=("uid",)) for row in page
    }
    staged = ctx.staging.staged_article_uids(ctx.run)
    gone = staged - present
    if gone:
        ctx.staging.unstage_articles(ctx.run, gone)
    missing = sorted(present - staged)
    for start in range(0, len(missing), 100):
        stage(ctx, abicart.get_articles(missing[start : start + 100], fields), facts)
