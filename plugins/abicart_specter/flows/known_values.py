"""What is known from Specter of the fields that Specter is master of (rule 24), and what a write settles (rule 22)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from abicart_specter.clients.specter_batches import Queue
from abicart_specter.domain.agreed_values import (
    OLD_PRICE,
    SHOW_OLD_PRICE,
    as_specter_has_it,
    put_agreed,
    put_sale,
)
from abicart_specter.domain.imports.import_mapping import ImportMapping
from abicart_specter.domain.masters import WIRE_FIELDS, Master, readable, replace_by_master, shop_value
from abicart_specter.domain.records import CatalogueItem, Flag, ItemKey
from abicart_specter.domain.text import to_latin1
from abicart_specter.errors import RecordError
from abicart_specter.flows.context import FlowContext
from abicart_specter.ledger import ItemState, LatestValue, Pair, PairOrigin, PairValues

UNWRITABLE = "specter_text_unwritable"
"""Flag rule: Specter holds a text that its own interface does not take."""
NUMBER_UNREADABLE = "specter_number_unreadable"
"""Flag rule: Specter told a price or VAT rate that is no number."""


_BY_IMPORT = frozenset({PairOrigin.IMPORT, PairOrigin.UNDO})


@dataclass(frozen=True, slots=True)
class KnownValues:
    """Specter's last known value of a field, and the shop's at the last write that both agreed on.

    :param known_at: when Specter's value became known to us.
    :param by_import: the pair was settled by an import or its undo: the shop's value stands for Specter's.
    """

    shop_value: str | None
    specter_value: str | None
    known_at: datetime | None = None
    by_import: bool = False


@dataclass(frozen=True, slots=True)
class ItemKnown:
    """What is known from Specter of one item.

    :param newest: by ``Master`` value, the newer of pair and queue: of the fields that Specter is master of, and of
        those that an import has settled.
    :param agreed: by ``Master`` value, the pair alone: of the fields that an import settled and the shop is master of.
    :param vat: the pair of VAT rates, whoever settled it.
    :param sale: Specter's own former price and whether it is shown, by wire name.
    """

    newest: Mapping[str, KnownValues] = field(default_factory=dict)
    agreed: Mapping[str, KnownValues] = field(default_factory=dict)
    vat: KnownValues | None = None
    sale: Mapping[str, KnownValues] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ToldNames:
    """Under which names Specter's queue tells what goes back to it, in lower case, best first.

    :param fields: by master. :param sale: by the name under which a write sends it.
    """

    fields: Mapping[Master, Sequence[str]]
    sale: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, mapping: ImportMapping) -> ToldNames:
        """As the import reads them."""
        return cls(
            {master: mapping.names_of(master.value) for master in WIRE_FIELDS},
            {
                OLD_PRICE: mapping.names_of("former_price"),
                SHOW_OLD_PRICE: mapping.names_of("show_former_price"),
            },
        )


def known_values(
    ctx: FlowContext,
    numbers: Mapping[ItemKey, str],
    account: str,
    masters: Sequence[Master],
    names: ToldNames,
) -> dict[ItemKey, ItemKnown]:
    """What is known from Specter, by item: from the settled pairs and from what the article-info queue has told since.

    :param account: whose queue, see ``drain_queue.queue_account``.
    """
    if not numbers:
        return {}
    pairs = ctx.ledger.pairs(ctx.shop, numbers)
    asked = {
        number
        for key, number in numbers.items()
        if masters or any(pair.origin in _BY_IMPORT for pair in pairs.get(key, {}).values())
    }
    told = ctx.ledger.latest_values(account, Queue.ARTICLE_INFO.value, asked) if asked else {}
    return {
        key: _known(pairs.get(key, {}), told.get(number, {}), masters, names)
        for key, number in numbers.items()
    }


def _known(
    pairs: Mapping[str, Pair], told: Mapping[str, LatestValue], masters: Sequence[Master], names: ToldNames
) -> ItemKnown:
    newest: dict[str, KnownValues] = {}
    agreed: dict[str, KnownValues] = {}
    for master in WIRE_FIELDS:
        pair = pairs.get(master.value)
        by_import = pair is not None and pair.origin in _BY_IMPORT
        if master in masters or by_import:
            newest[master.value] = _newer(pair, _told(told, names.fields[master]))
        if pair is not None and by_import and master not in masters:
            agreed[master.value] = _of_pair(pair)
    vat = pairs.get(Master.VAT.value)
    sale = {
        name: KnownValues(None, row.value, row.seen_at)
        for name, wires in names.sale.items()
        if (row := _told(told, wires)) is not None
    }
    return ItemKnown(newest, agreed, None if vat is None else _of_pair(vat), sale)


def _of_pair(pair: Pair | None) -> KnownValues:
    if pair is None:
        return KnownValues(None, None)
    return KnownValues(pair.shop_value, pair.specter_value, pair.settled_at, pair.origin in _BY_IMPORT)


def _told(told: Mapping[str, LatestValue], wires: Sequence[str]) -> LatestValue | None:
    """The newest row of the first of these names that was ever told.

    An empty text is no value: it says nothing, least of all a price of zero.
    """
    found = next(
        (row for wire in wires if (row := told.get(wire)) is not None and row.value is not None), None
    )
    return found if found is not None and found.value else None


def _newer(pair: Pair | None, latest: LatestValue | None) -> KnownValues:
    settled = None if pair is None else pair.settled_at
    if latest is not None and (settled is None or latest.seen_at >= settled):
        return KnownValues(None if pair is None else pair.shop_value, latest.value, latest.seen_at)
    return _of_pair(pair)


def put_known_values(
    ctx: FlowContext,
    item: CatalogueItem,
    row: Mapping[str, str],
    known: ItemKnown,
    masters: Sequence[Master],
) -> tuple[dict[str, str], list[Flag]]:
    """A row with Specter's last known values where it is master, and where the shop has what an import brought; and a
    flag for each edit in the shop that this overrules.

    A price of Specter's goes with what Specter told of its sale, so that a complete record ends none.

    :raises RecordError: Specter told something that cannot be written back as it is; anything else would overwrite it.
    """
    for master in masters:
        value = known.newest[master.value].specter_value if master.value in known.newest else None
        if value is not None and not readable(master, value):
            raise RecordError(
                f"Shop {ctx.shop}: {item.key}, product number {item.product_number}: Specter's own {master.value} "
                f"is {value[:40]!r}, which is no number.",
                rule=NUMBER_UNREADABLE,
                remedy="Save the article once more in Specter, so that it is told again; if it stays so, report it.",
            )
    replaced, flags = replace_by_master(item, row, known.newest, masters)
    replaced, agreed = put_agreed(item, replaced, known.agreed, known.vat)
    if Master.PRICE in agreed or {Master.PRICE, Master.EXTRA_PRICE} & set(masters):
        replaced = put_sale(replaced, {name: told.specter_value or "" for name, told in known.sale.items()})
    for name, value in replaced.items():
        if value != row.get(name) and (odd := to_latin1(value).replaced):
            raise RecordError(
                f"Shop {ctx.shop}: {item.key}, product number {item.product_number}: Specter's own {name} holds "
                f"{', '.join(f'U+{ord(char):04X}' for char in odd[:5])}, which Specter's interface does not take.",
                rule=UNWRITABLE,
                remedy="Change the text in Specter to letters and signs of ISO-8859-1.",
            )
    return replaced, flags


def is_in_specter(row: Mapping[str, str], digest: str, state: ItemState, known: ItemKnown) -> bool:
    """Whether Specter has a row already: the one sent last, with what became known of Specter's own values since.

    So what Specter itself changed is not sent back to it, and a value that the shop took back is sent although it was
    sent once before (rule 22).

    :param digest: the row's hash.
    """
    if state.sent_at is None or state.sent_hash is None:
        return False
    newer = {
        wire: value.specter_value
        for wire, value in [
            *((WIRE_FIELDS[Master(name)], value) for name, value in known.newest.items()),
            *known.sale.items(),
        ]
        if value.specter_value is not None and value.known_at is not None and value.known_at >= state.sent_at
    }
    newer = {wire: value for wire, value in newer.items() if wire in row}
    if not newer or state.sent_values is None:
        return digest == state.sent_hash and not newer
    return dict(row) == as_specter_has_it(state.sent_values, row, newer)


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
