"""The typed records that flows hand from room to room. Parsed strictly at the edge, trusted inside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """Which of the shop's number series a uid belongs to. Article, ArticleVariant and Order are numbered separately."""

    ARTICLE = "article"
    VARIANT = "variant"
    ORDER = "order"
    """An order: its own number series. Flags and outcomes of orders hang on it."""


class Severity(StrEnum):
    """``error`` holds the record, ``warning`` lets it go on."""

    ERROR = "error"
    WARNING = "warning"


class Outcome(StrEnum):
    """What became of a record in a run. Every record found has exactly one."""

    SENT = "sent"
    UNCHANGED = "unchanged"
    LINKED = "linked"
    UNCONFIRMED = "unconfirmed"
    HELD = "held"
    EXCLUDED = "excluded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, order=True)
class ItemKey:
    """Identity of an item in the shop: the uid never changes, a product number may."""

    kind: Kind
    uid: int

    def __str__(self) -> str:
        return f"{self.kind.value} {self.uid}"


@dataclass(frozen=True, slots=True)
class ShopFacts:
    """What the shop says about itself; read once per task.

    ``prices_with_vat`` is how prices are stored (Abicart ``priceStoredWithVat``).
    """

    webshop_id: int
    base_currency: str
    prices_with_vat: bool
    vat_supported: bool
    vat_country: str
    default_language: str


@dataclass(frozen=True, slots=True)
class CatalogueItem:
    """What has a product number and is sold: an article without variants, or one variant.

    ``price_regular`` and ``price_campaign`` are in kronor as the shop stores them (with or without VAT, see
    ``ShopFacts.prices_with_vat``); ``price_ex_vat`` is the regular price without VAT and not rounded.
    ``vat_rate`` is a fraction. ``None`` means that the shop does not say, never zero and never empty.
    ``own_number`` is false for a variant that only inherits the article's number.
    ``problems`` names values that could not be read, each as "field: what is wrong". An item that has any is
    held when it is mapped; it stays in the catalogue, so that it is counted and its number is checked.
    """

    key: ItemKey
    article_uid: int
    product_number: str | None
    own_number: bool
    name: str
    price_regular: Decimal | None
    price_ex_vat: Decimal | None
    vat_rate: Decimal | None
    stock_managed: bool | None
    stock: Decimal | None
    is_package: bool
    hidden: bool
    draft: bool
    ean: str | None
    weight_grams: Decimal | None
    price_campaign: Decimal | None = None
    problems: tuple[str, ...] = ()
    document: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)
    """What the shop said: ``{"article": {...raw...}, "variant": {...raw...} or None}``; a field mapping reads it."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A finding on a record.

    ``suggestion`` is a product number that would be valid and unique in the whole catalogue, where one can be made.
    ``owners`` lists every item that shares the number, for the rules that compare items.
    """

    key: ItemKey
    rule: str
    severity: Severity
    message: str
    remedy: str
    product_number: str | None = None
    suggestion: str | None = None
    owners: tuple[ItemKey, ...] = ()
