"""What is known from Specter of the fields that Specter is master of (rule 24), and what a write settles (rule 22)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from abicart_specter.clients.specter_batches import Queue
from abicart_specter.domain.masters import WIRE_FIELDS, Master, readable, replace_by_master, shop_value
from abicart_specter.domain.records import CatalogueItem, Flag, ItemKey
from abicart_specter.domain.text import to_latin1
from abicart_specter.errors import RecordError
from abicart_specter.flows.context import FlowContext
from abicart_specter.ledger import LatestValue, Pair, PairValues

UNWRITABLE = "specter_text_unwritable"
"""Flag rule: Specter holds a text that its own interface does not take."""
NUMBER_UNREADABLE = "specter_number_unreadable"
"""Flag rule: Specter told a price or VAT rate that is no number."""


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
    # An empty text is no value: it says nothing, least of all a price of zero.
    if latest is not None and latest.value and (settled is None or latest.seen_at >= settled):
        return KnownValues(shop_value, latest.value)
    return KnownValues(shop_value, None if pair is None else pair.specter_value)


def put_known_values(
    ctx: FlowContext,
    item: CatalogueItem,
    row: Mapping[str, str],
    known: Mapping[str, KnownValues],
    masters: Sequence[Master],
) -> tuple[dict[str, str], list[Flag]]:
    """A row with Specter's last known values where it is master, and a flag for each edit in the shop that this
    overrules.

    :raises RecordError: Specter told something that cannot be written back as it is; anything else would overwrite it.
    """
    for master in masters:
        value = known[master.value].specter_value if master.value in known else None
        if value is not None and not readable(master, value):
            raise RecordError(
                f"Shop {ctx.shop}: {item.key}, product number {item.product_number}: Specter's own {master.value} "
                f"is {value[:40]!r}, which is no number.",
                rule=NUMBER_UNREADABLE,
                remedy="Save the article once more in Specter, so that it is told again; if it stays so, report it.",
            )
    replaced, flags = replace_by_master(item, row, known, masters)
    for name, value in replaced.items():
        if value != row[name] and (odd := to_latin1(value).replaced):
            raise RecordError(
                f"Shop {ctx.shop}: {item.key}, product number {item.product_number}: Specter's own {name} holds "
                f"{', '.join(f'U+{ord(char):04X}' for char in odd[:5])}, which Specter's interface does not take.",
                rule=UNWRITABLE,
                remedy="Change the text in Specter to letters and signs of ISO-8859-1.",
            )
    return replaced, flags


def settled_values(item: CatalogueItem, shops: Mapping[str, str], row: Mapping[str, str]) -> list[PairValues]:
    """What both systems agree on once ``row`` is confirmed: the fields in which the shop's own value goes.

    Where Specter's value goes instead, the shop still holds another one, and only an import can settle that.

    :param shops: the row as the shop alone would have it.
    """
    return [
        PairValues(item.key, master.value, shop_value(item, master), row[wire])
        for master, wire in WIRE_FIELDS.items()
        if wire in row and row[wire] == shops[wire]
    ]
