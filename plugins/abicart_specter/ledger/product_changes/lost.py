"""Items that Specter has and the shop no longer has, or has without a number; and the flags about them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import and_, func, or_, select

from abicart_specter.domain.records import ItemKey
from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.keys import fold_hash, slices
from abicart_specter.ledger.models import FlagEntry, Item
from abicart_specter.ledger.product_changes.models import ShopItemRow
from abicart_specter.ledger.product_changes.records import LostItem

_SLICE = 500


def lost_items(db: Database, shop: str) -> list[LostItem]:
    """Every such item. Not one whose number another item of the shop has by now: its article has a new owner."""
    found = ShopItemRow
    wanted = (
        select(Item.kind, Item.uid, Item.created_number, found.uid)
        .outerjoin(found, and_(found.shop == shop, found.kind == Item.kind, found.uid == Item.uid))
        .where(
            Item.shop == shop,
            Item.created_number.is_not(None),
            or_(
                found.uid.is_(None),
                found.product_number.is_(None),
                func.trim(found.product_number) == "",
                found.own_number.is_(False),
            ),
        )
        .order_by(Item.kind, Item.uid)
    )
    with db.read() as connection:
        lost = [
            LostItem(ItemKey(kind, uid), number or "", present is None)
            for kind, uid, number, present in connection.execute(wanted)
        ]
    owned = numbers_in_shop(db, shop, {item.number for item in lost if item.deleted})
    return [item for item in lost if not item.deleted or item.number not in owned]


def numbers_in_shop(db: Database, shop: str, numbers: Iterable[str]) -> set[str]:
    """Which of these numbers an item of the shop has as its own."""
    wanted = set(numbers)
    hashes = {code for number in wanted if (code := fold_hash(number)) is not None}
    owned: set[str] = set()
    for part in slices(sorted(hashes), _SLICE):
        with db.read() as connection:
            rows = connection.execute(
                select(ShopItemRow.product_number).where(
                    ShopItemRow.shop == shop,
                    ShopItemRow.fold_hash.in_(part),
                    ShopItemRow.own_number.is_(True),
                )
            )
            owned.update(number for (number,) in rows if number in wanted)
    return owned


def flagged_items(db: Database, shop: str, source: str) -> set[tuple[ItemKey, str]]:
    """Item and rule of the open flags of one source."""
    wanted = select(FlagEntry.kind, FlagEntry.uid, FlagEntry.rule).where(
        FlagEntry.shop == shop, FlagEntry.source == source, FlagEntry.resolved_at.is_(None)
    )
    with db.read() as connection:
        return {(ItemKey(kind, uid), rule) for kind, uid, rule in connection.execute(wanted)}
