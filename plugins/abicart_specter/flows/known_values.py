"""What is known from Specter of the fields that Specter is master of (rule 24)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from abicart_specter.clients.specter_batches import Queue
from abicart_specter.domain.masters import WIRE_FIELDS, Master
from abicart_specter.domain.records import ItemKey
from abicart_specter.flows.context import FlowContext
from abicart_specter.ledger import LatestValue, Pair


@dataclass(frozen=True, slots=True)
class KnownValues:
    """Specter's last known value of a field, and the shop's at the last write that both agreed on."""

    shop_value: str | None
    specter_value: str | None


def known_values(
    ctx: FlowContext, numbers: Mapping[ItemKey, str], account: str, masters: Sequence[Master]
) -> dict[ItemKey, dict[str, KnownValues]]:
    """By item and master: the newer of the settled pair and what the article-info queue has told since.

    :param account: whose queue, see ``drain_queue.queue_account``.
    """
    if not masters or not numbers:
        return {}
    pairs = ctx.ledger.pairs(ctx.shop, numbers)
    told = ctx.ledger.latest_values(account, Queue.ARTICLE_INFO.value, set(numbers.values()))
    return {
        key: {
            master.value: _newer(pairs.get(key, {}).get(master.value), told.get(number, {}), master)
            for master in masters
            if master in WIRE_FIELDS
        }
        for key, number in numbers.items()
    }


def _newer(pair: Pair | None, told: Mapping[str, LatestValue], master: Master) -> KnownValues:
    latest = told.get(WIRE_FIELDS[master].lower())
    shop_value = None if pair is None else pair.shop_value
    settled = None if pair is None else pair.settled_at
    if latest is not None and latest.value is not None and (settled is None or latest.seen_at >= settled):
        return KnownValues(shop_value, latest.value)
    return KnownValues(shop_value, None if pair is None else pair.specter_value)
