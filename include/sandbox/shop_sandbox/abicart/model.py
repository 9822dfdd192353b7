"""What a shop holds. Plain records; who may see or change what is in the class tables, not here.

Values inside a record are replaced, never changed in place: answers hand them out without copying.
Amounts are ``Decimal`` in major units, VAT rates fractions, times aware and in UTC, weights grams.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

ByLanguage = dict[str, str]
ByCurrency = dict[str, Decimal]


@dataclass(slots=True)
class Webshop:
    uid: int
    name: ByLanguage
    created: datetime
    changed: datetime
    base_currency: str = "SEK"
    currencies: tuple[str, ...] = ("SEK", "EUR")
    exchange_rates: ByCurrency = field(default_factory=lambda: {"SEK": Decimal(1), "EUR": Decimal("0.088")})
    """Units of the currency for one unit of the base currency."""
    prices_with_vat: bool = True
    shows_prices_with_vat: bool = True
    vat_support: bool = True
    vat_country: str = "SE"
    default_language: str = "sv"
    company_number: str = "559999-0006"
    contact_email: str = "butik@example.se"
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Language:
    uid: str
    active: bool
    default_currency: str


@dataclass(slots=True)
class Articlegroup:
    uid: int
    name: ByLanguage
    parent: int | None
    changed: datetime
    description: ByLanguage = field(default_factory=dict)
    hidden: bool = False


@dataclass(slots=True)
class ArticleChoice:
    uid: int
    name: ByLanguage
    options: tuple[int, ...]
    changed: datetime
    type: str = "enum"
    mandatory: bool = True


@dataclass(slots=True)
class ArticleChoiceOption:
    uid: int
    name: ByLanguage
    changed: datetime
    price: ByCurrency = field(default_factory=dict)


@dataclass(slots=True)
class Part:
    """One article in a package."""

    article: int
    quantity: int


@dataclass(slots=True)
class Tier:
    """A lower price from a quantity on."""

    floor: int
    regular: ByCurrency


@dataclass(slots=True)
class Article:
    uid: int
    created: datetime
    changed: datetime
    name: ByLanguage
    article_number: str | None = None
    sku: str | None = None
    ean: str | None = None
    introduction: ByLanguage = field(default_factory=dict)
    description: ByLanguage = field(default_factory=dict)
    group: int | None = None
    groups: tuple[int, ...] = ()
    regular: ByCurrency = field(default_factory=dict)
    offer: ByCurrency = field(default_factory=dict)
    tiers: tuple[Tier, ...] = ()
    vat_rate: Decimal = Decimal("0.25")
    use_stock: bool = True
    stock: Decimal = Decimal(0)
    unit: str = "st"
    weight: Decimal = Decimal(0)
    hidden: bool = False
    draft: bool = False
    news: bool = False
    num_sold: int = 0
    images: tuple[str, ...] = ()
    choice_options: dict[int, tuple[int, ...]] = field(default_factory=dict)
    option_prices: dict[int, ByCurrency] = field(default_factory=dict)
    variants: tuple[int, ...] = ()
    content: tuple[Part, ...] = ()
    attributes: dict[str, Any] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)
    """Documented properties that hold a value nothing here depends on, by their own names."""


@dataclass(slots=True)
class ArticleVariant:
    """A size or colour of an article. What is ``None`` is inherited from the article."""

    uid: int
    article: int
    defined_by: dict[str, str]
    changed: datetime
    article_number: str | None = None
    ean: str | None = None
    weight: Decimal | None = None
    stock: Decimal = Decimal(0)
    image: str | None = None
