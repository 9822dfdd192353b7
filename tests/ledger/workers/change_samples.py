"""Catalogues for the tests of the export on change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from abicart_specter.domain.records import CatalogueItem, ItemKey, Kind
from abicart_specter.ledger import VALIDATION_COLUMNS, Ledger, RunKey, StagedArticle

T0 = datetime(2026, 11, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def item(uid: int, number: str | None, *, article: int | None = None, price: str = "100") -> CatalogueItem:
    kind = Kind.ARTICLE if article is None else Kind.VARIANT
    return CatalogueItem(
        key=ItemKey(kind, uid),
        article_uid=article or uid,
        product_number=number,
        own_number=number is not None or kind is Kind.ARTICLE,
        name="Vara",
        price_regular=Decimal(price),
        price_ex_vat=Decimal(price),
        vat_rate=Decimal("0.25"),
        stock_managed=True,
        stock=None,
        is_package=False,
        hidden=False,
        draft=False,
        ean=None,
        weight_grams=None,
        document={"article": {"uid": article or uid}, "variant": None},
    )


def articles(*items: CatalogueItem) -> list[StagedArticle]:
    by_uid: dict[int, list[CatalogueItem]] = {}
    for one in items:
        by_uid.setdefault(one.article_uid, []).append(one)
    return [StagedArticle(uid, found) for uid, found in by_uid.items()]


def stage(ledger: Ledger, run: RunKey, *items: CatalogueItem) -> None:
    ledger.reset_staging(run)
    ledger.stage_articles(run, articles(*items))
    counts = ledger.staged_counts(run)
    ledger.set_counts(run, counts.articles, counts.items)


def read_all(ledger: Ledger, run: RunKey, at: datetime, *items: CatalogueItem) -> None:
    stage(ledger, run, *items)
    ledger.product_changes.index_staging(run, at)


def numbers(ledger: Ledger) -> dict[ItemKey, str | None]:
    columns = {name: [] for name in VALIDATION_COLUMNS}
    ledger.product_changes.add_other_columns("demo", columns, ())
    keys = map(ItemKey, columns["kind"], columns["uid"])
    return dict(zip(keys, columns["product_number"], strict=True))


def key(uid: int, kind: Kind = Kind.ARTICLE) -> ItemKey:
    return ItemKey(kind, uid)
