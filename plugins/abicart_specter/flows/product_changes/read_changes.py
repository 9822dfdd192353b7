"""Stage what changed in the shop since the last time, and keep the index of its whole catalogue (setting 22)."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from abicart_specter.clients.abicart import AbicartClient
from abicart_specter.domain.catalogue import ARTICLE_FIELDS, REQUIRED_FIELDS, normalise
from abicart_specter.domain.records import ShopFacts
from abicart_specter.errors import CatalogueChangedError, EmptyCatalogueError
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.product_changes.lost_products import flag_lost_products
from abicart_specter.flows.requests_made import counted_abicart
from abicart_specter.ledger import StagedArticle

log = logging.getLogger(__name__)

OVERLAP = timedelta(minutes=15)
"""How far back each reading begins before the last one's beginning: the shop's clock is not ours, and what it commits
late carries an earlier time (F29). What is read twice is found unchanged and costs no write."""
MOST_CORRECTIONS = 3
AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class ChangesRead:
    """What one reading found.

    :param since: from when on changes were asked for.
    :param articles: staged, with their ``items``; ``changed`` of them because the shop says that they changed, the
        others since they waited from an earlier run, or share a number with one that changed.
    :param deleted: articles that the shop no longer has.
    :param lost: flags about deleted products and products without a number that are new.
    """

    since: str
    articles: int
    items: int
    changed: int
    deleted: int
    lost: int


def read_changes(ctx: FlowContext, extra_fields: Sequence[str] = ()) -> ChangesRead:
    """Stage every article that changed since the last reading began, and every one that still waits.

    The time up to which changes were read moves only when all of them are staged, and what is staged waits in the
    ledger until a run has dealt with it: whatever becomes of this run, nothing is lost.

    :param extra_fields: article fields that the field mapping wants besides the usual ones.
    :raises CatalogueChangedError: the shop's count and the index disagree even after three corrections; retriable.
    :raises EmptyCatalogueError: the shop shows no articles at all; retriable.
    """
    began = ctx.clock()
    ctx.begin()
    ctx.staging.reset_staging(ctx.run)
    changes = ctx.ledger.product_changes
    with counted_abicart(ctx, "read_changes") as abicart:
        fields = [*ARTICLE_FIELDS, *(name for name in extra_fields if name not in ARTICLE_FIELDS)]
        reading = _Reading(ctx, abicart, abicart.webshop(), fields, began)
        if changes.state(ctx.shop).indexed_at is None:
            reading.make_index()
        since = (changes.state(ctx.shop).read_to or began) - OVERLAP
        for page in abicart.iter_changed_articles(since, fields, required=REQUIRED_FIELDS):
            reading.changed += len(page)
            reading.take(page)
        reading.settle_count()
        reading.take_waiting()
    counts = ctx.staging.staged_counts(ctx.run)
    ctx.staging.set_counts(ctx.run, len(reading.staged), counts.items)
    changes.move_cursor(ctx.shop, began)
    lost = flag_lost_products(ctx)
    log.info(
        "Shop %s: %s articles changed since %s; %s articles with %s products to look at.",
        ctx.shop,
        reading.changed,
        f"{since:%Y-%m-%d %H:%M:%S} UTC",
        counts.articles,
        counts.items,
    )
    return ChangesRead(
        since.isoformat(), counts.articles, counts.items, reading.changed, len(reading.gone), lost
    )


@dataclass(slots=True)
class _Reading:
    """One reading of the shop's changes."""

    ctx: FlowContext
    abicart: AbicartClient
    facts: ShopFacts
    fields: Sequence[str]
    began: datetime
    staged: set[int] = field(default_factory=set)
    changed: int = 0
    gone: set[int] = field(default_factory=set)

    def make_index(self) -> None:
        """The first time, every article is read, and none of it is sent: that is the product export's work."""
        ctx, read = self.ctx, 0
        log.info(
            "Shop %s: first run: reading the whole catalogue for the index of product numbers.", ctx.shop
        )
        for page in self.abicart.iter_article_pages(ARTICLE_FIELDS, required=REQUIRED_FIELDS):
            ctx.ledger.product_changes.index_articles(ctx.shop, self._normalised(page), self.began)
            read += len(page)
        ctx.ledger.product_changes.index_made(ctx.shop, self.began)
        log.info(
            "Shop %s: %s articles are in the index. What was in the shop before goes with product_export; from now "
            "on, what is added or changed goes by itself.",
            ctx.shop,
            read,
        )

    def take(self, page: Iterable[Mapping[str, Any]]) -> None:
        """Put articles on the list of what waits, into the index and into this run's staging, in this order."""
        articles = self._normalised(page)
        if not articles:
            return
        self.ctx.ledger.product_changes.changed(self.ctx.run, articles, self.began)
        self.ctx.staging.stage_articles(self.ctx.run, articles)
        self.staged |= {article.article_uid for article in articles}

    def take_waiting(self) -> None:
        """What waits from earlier runs, and what shares a number with something that changed."""
        changes, run = self.ctx.ledger.product_changes, self.ctx.run
        # A deleted article may set others free, which then wait too; each round takes up or drops all it sees.
        while waiting := sorted(changes.due(run, self.began) - self.staged - self.gone):
            for start in range(0, len(waiting), AT_ONCE):
                uids = waiting[start : start + AT_ONCE]
                found = self.abicart.get_articles(uids, self.fields, required=REQUIRED_FIELDS)
                self.take(found)
                self._drop(set(uids) - {int(article["uid"]) for article in found})

    def settle_count(self) -> None:
        """Find what was deleted, and what was added without a time of change: the index must hold what the shop
        counts.
        """
        changes, shop = self.ctx.ledger.product_changes, self.ctx.shop
        for correction in range(MOST_CORRECTIONS + 1):
            counted, known = self.abicart.count_articles(), changes.counts(shop).articles
            if counted == known:
                return
            if not counted:
                raise EmptyCatalogueError(
                    f"Shop {shop}: the shop says that it has no products at all, which is not believed.",
                    remedy=f"Check the webshop id and the token's rights in connection abicart_{shop}. "
                    "Nothing was sent, and no flag was changed.",
                )
            if correction < MOST_CORRECTIONS:
                self._compare_uids(counted, known)
        raise CatalogueChangedError(
            f"Shop {shop}: the shop counts {counted} articles, but {known} are known, "
            f"even after {MOST_CORRECTIONS} comparisons uid by uid.",
            remedy="Nothing was sent, and nothing is lost: the next run reads the same changes again.",
        )

    def _compare_uids(self, counted: int, known: int) -> None:
        log.info(
            "Shop %s: the shop counts %s articles, %s are known; comparing uid by uid.",
            self.ctx.shop,
            counted,
            known,
        )
        present = {uid for page in self.abicart.iter_article_uids() for uid in page}
        expected = self.ctx.ledger.product_changes.article_uids(self.ctx.shop)
        self._drop(expected - present)
        missing = sorted(present - expected)
        for start in range(0, len(missing), AT_ONCE):
            uids = missing[start : start + AT_ONCE]
            self.take(self.abicart.get_articles(uids, self.fields, required=REQUIRED_FIELDS))

    def _drop(self, gone: set[int]) -> None:
        if not gone:
            return
        self.ctx.ledger.product_changes.deleted(self.ctx.run, gone, self.began)
        if staged := gone & self.staged:
            self.ctx.staging.unstage_articles(self.ctx.run, staged)
            self.staged -= staged
        self.gone |= gone

    def _normalised(self, page: Iterable[Mapping[str, Any]]) -> list[StagedArticle]:
        """Articles without their time of change, which says nothing about the product."""
        whole = [{name: value for name, value in row.items() if name != "changed"} for row in page]
        return [StagedArticle(int(row["uid"]), normalise(row, self.facts)) for row in whole]
