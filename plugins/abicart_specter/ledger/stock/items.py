"""Which items take their stock from Specter, and what was last made of Specter's figure for each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Text, and_, case, func, null, or_, select, type_coerce

from abicart_specter.domain.imports.stock import STOCK_ARTICLE, sent_as_stock_article
from abicart_specter.domain.records import ItemKey
from abicart_specter.ledger.engine import Database, upsert
from abicart_specter.ledger.keys import by_kind, fold_hash, slices
from abicart_specter.ledger.models import Item
from abicart_specter.ledger.product_changes.models import ShopItemRow
from abicart_specter.ledger.stock_models import StockFigure
from abicart_specter.ledger.stock_records import ExportedItem, SettledStock

_FIGURE = (
    StockFigure.article_uid,
    StockFigure.product_number,
    StockFigure.quantity,
    StockFigure.opened_after,
    StockFigure.row_id,
    StockFigure.subtracted,
    StockFigure.orders,
    StockFigure.shop_stock,
    StockFigure.settled_at,
)


def exported(db: Database, shop: str, numbers: Iterable[str]) -> dict[str, list[ExportedItem]]:
    """The items that Specter has under these product numbers; a number of which it has none is left out."""
    found: dict[str, list[ExportedItem]] = {}
    columns = (Item.kind, Item.uid, Item.created_number, Item.stock_managed_at_first, Item.sent_values)
    for part in slices(sorted(set(numbers)), 500):
        wanted = select(*columns).where(Item.shop == shop, Item.created_number.in_(part))
        with db.read() as connection:
            for row in connection.execute(wanted.order_by(Item.kind, Item.uid)):
                number = str(row.created_number)
                managed = row.stock_managed_at_first
                if managed is None:  # exported by an older revision, which kept the row but not this
                    managed = sent_as_stock_article(row.sent_values or {})
                found.setdefault(number, []).append(ExportedItem(ItemKey(row.kind, row.uid), number, managed))
    return found


def managed_items(db: Database, shop: str) -> int:
    """How many items of the shop take their stock from Specter."""
    older = type_coerce(Item.sent_values, Text).like(f'%"{STOCK_ARTICLE}":"1"%')
    wanted = (
        select(func.count())
        .select_from(Item)
        .where(
            Item.shop == shop,
            Item.created_number.is_not(None),
            or_(
                Item.stock_managed_at_first.is_(True),
                and_(Item.stock_managed_at_first.is_(None), older),
            ),
        )
    )
    with db.read() as connection:
        return int(connection.execute(wanted).scalar_one())


def owners_in_index(db: Database, shop: str, numbers: Iterable[str]) -> dict[str, set[ItemKey]]:
    """Number → the items that had it when the shop's catalogue was indexed last; for shops with no better way."""
    found: dict[str, set[ItemKey]] = {}
    hashes = {number: fold_hash(number) for number in numbers}
    for part in slices(sorted({code for code in hashes.values() if code is not None}), 500):
        wanted = select(ShopItemRow.kind, ShopItemRow.uid, ShopItemRow.product_number).where(
            ShopItemRow.shop == shop, ShopItemRow.fold_hash.in_(part)
        )
        with db.read() as connection:
            for kind, uid, number in connection.execute(wanted):
                if number in hashes:
                    found.setdefault(number, set()).add(ItemKey(kind, uid))
    return found


def figures(db: Database, shop: str, keys: Iterable[ItemKey]) -> dict[ItemKey, SettledStock]:
    """What was last settled of these items; those of which nothing was are left out."""
    found: dict[ItemKey, SettledStock] = {}
    for kind, uids in by_kind(keys):
        with db.read() as connection:
            rows = connection.execute(
                select(StockFigure.uid, *_FIGURE).where(
                    StockFigure.shop == shop, StockFigure.kind == kind, StockFigure.uid.in_(uids)
                )
            )
            for row in rows:
                key = ItemKey(kind, row.uid)
                values = dict(row._mapping)
                del values["uid"]
                found[key] = SettledStock(key, **{**values, "orders": tuple(values["orders"])})
    return found


def numbers_of_articles(db: Database, shop: str, article_uids: Iterable[int]) -> set[str]:
    """The product numbers of those items of these articles that take their stock from Specter."""
    found: set[str] = set()
    for part in slices(sorted(set(article_uids)), 500):
        wanted = select(StockFigure.product_number).where(
            StockFigure.shop == shop, StockFigure.article_uid.in_(part)
        )
        with db.read() as connection:
            found.update(connection.execute(wanted).scalars())
    return found


def settle(db: Database, shop: str, settled: Sequence[SettledStock], emptied: Mapping[ItemKey, bool]) -> None:
    """Keeps what the shop was brought to. Call it after the look that follows the write.

    :param emptied: items that this run wrote → whether that took them off sale without anybody's approval.
    """
    if not settled:
        return
    insert = upsert(db.backend, StockFigure)
    new = insert.excluded
    statement = insert.on_conflict_do_update(
        index_elements=["shop", "kind", "uid"],
        set_={
            **{name: new[name] for name in (column.key for column in _FIGURE)},
            "emptied_at": case(
                (new.emptied_at.is_not(None), new.emptied_at),
                (new.shop_stock > 0, null()),
                else_=StockFigure.emptied_at,
            ),
        },
    )
    with db.write() as connection:
        now = db.now(connection)
        rows = [
            {
                "shop": shop,
                "kind": one.key.kind,
                "uid": one.key.uid,
                "article_uid": one.article_uid,
                "product_number": one.product_number,
                "quantity": one.quantity,
                "opened_after": one.opened_after,
                "row_id": one.row_id,
                "subtracted": one.subtracted,
                "orders": list(one.orders),
                "shop_stock": one.shop_stock,
                "settled_at": now,
                "emptied_at": now if emptied.get(one.key) else None,
            }
            # Always in the same order: two writers that lock rows in different orders would deadlock.
            for one in sorted(settled, key=lambda one: one.key)
        ]
        connection.execute(statement, rows)


def emptied_since(db: Database, shop: str, since: datetime) -> frozenset[ItemKey]:
    """The items that imports took off sale since then without anybody's approval."""
    wanted = select(StockFigure.kind, StockFigure.uid).where(
        StockFigure.shop == shop, StockFigure.emptied_at >= since
    )
    with db.read() as connection:
        return frozenset(ItemKey(kind, uid) for kind, uid in connection.execute(wanted))
