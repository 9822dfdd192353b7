"""What a plan looks at: the items of whole articles, with what Specter told of them and what was settled before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from abicart_specter.clients.specter_batches import Queue
from abicart_specter.domain.imports.import_mapping import ImportMapping
from abicart_specter.domain.imports.records import ItemTold, SettledPair
from abicart_specter.domain.records import CatalogueItem
from abicart_specter.flows.context import FlowContext
from abicart_specter.ledger import Pair

INFO = Queue.ARTICLE_INFO.value


def told_items(
    ctx: FlowContext, account: str, mapping: ImportMapping, groups: Iterable[Sequence[CatalogueItem]]
) -> list[list[ItemTold]]:
    """The items of each article, with the newest inbox row of each field and the settled pairs; few queries for many.

    :param account: whose article-info queue, see ``drain_queue.queue_account``.
    """
    articles = [list(group) for group in groups]
    items = [item for group in articles for item in group]
    numbers = {item.product_number for item in items if item.product_number is not None}
    latest = ctx.ledger.latest_values(account, INFO, numbers)
    pairs = ctx.ledger.pairs(ctx.shop, [item.key for item in items])
    return [
        [
            ItemTold(
                item,
                mapping.told(latest.get(item.product_number or "", {})),
                {name: _settled(pair) for name, pair in pairs[item.key].items()},
            )
            for item in group
        ]
        for group in articles
    ]


def _settled(pair: Pair) -> SettledPair:
    return SettledPair(
        pair.shop_value,
        pair.specter_value,
        pair.settled_at,
        pair.intended_at is not None,
        pair.intended_shop_value,
        pair.intended_specter_value,
    )
