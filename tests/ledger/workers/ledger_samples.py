"""Records for the ledger's tests."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from abicart_specter.domain.records import CatalogueItem, Flag, ItemKey, Kind, Severity
from abicart_specter.ledger import Ledger, RunKey, StagedArticle


def article_key(uid: int) -> ItemKey:
    return ItemKey(Kind.ARTICLE, uid)


def variant_key(uid: int) -> ItemKey:
    return ItemKey(Kind.VARIANT, uid)


def item(
    uid: int, kind: Kind = Kind.ARTICLE, article_uid: int | None = None, name: str = "Tröja"
) -> CatalogueItem:
    """An item with every field filled; its raw article is the same for all items of the article."""
    owner = uid if article_uid is None else article_uid
    return CatalogueItem(
        key=ItemKey(kind, uid),
        article_uid=owner,
        product_number=f"{kind.value[0].upper()}-{uid}",
        own_number=True,
        name=name,
        price_regular=Decimal("249.00"),
        price_ex_vat=Decimal("199.2"),
        vat_rate=Decimal("0.25"),
        stock_managed=True,
        stock=Decimal("12"),
        is_package=False,
        hidden=False,
        draft=False,
        ean="7312345678901",
        weight_grams=Decimal("250.0"),
        price_campaign=Decimal("199"),
        document={
            "article": {"uid": owner, "name": {"sv": name}, "price": Decimal("249.00")},
            "variant": {"uid": uid} if kind is Kind.VARIANT else None,
        },
    )


def articles(uids: Iterable[int]) -> list[StagedArticle]:
    """One article per uid, without variants."""
    return [StagedArticle(uid, [item(uid)]) for uid in uids]


def stage(ledger: Ledger, run: RunKey, pages: Iterable[list[StagedArticle]]) -> None:
    """A whole reading of the catalogue."""
    ledger.start_run(run, {})
    ledger.reset_staging(run)
    found = [
        (article.article_uid, len(article.items)) for page in pages for article in _staged(ledger, run, page)
    ]
    ledger.set_counts(run, len(found), sum(items for _, items in found))


def _staged(ledger: Ledger, run: RunKey, page: list[StagedArticle]) -> list[StagedArticle]:
    ledger.stage_articles(run, page)
    return page


def flag(key: ItemKey, rule: str = "number_missing", message: str = "No product number.") -> Flag:
    return Flag(
        key, rule, Severity.ERROR, message, "Enter one.", product_number=None, suggestion=f"NEW-{key.uid}"
    )
