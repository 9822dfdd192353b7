"""What the domain's tests are about: a shop, its articles, its settings."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from abicart_specter.domain.catalogue import normalise
from abicart_specter.domain.mapping import ArticleMapping, article_mapping
from abicart_specter.domain.records import CatalogueItem, ShopFacts
from abicart_specter.settings import ShopSettings, load_shop

# A busy machine is no fault of the code.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

ROOT = Path(__file__).resolve().parents[2]


def make_facts(**changes: Any) -> ShopFacts:
    values: dict[str, Any] = {
        "webshop_id": 22222,
        "base_currency": "SEK",
        "prices_with_vat": True,
        "vat_supported": True,
        "vat_country": "SE",
        "default_language": "sv",
    }
    return ShopFacts(**(values | changes))


def make_article(**changes: Any) -> dict[str, Any]:
    article: dict[str, Any] = {
        "uid": 1001,
        "articleNumber": "ART-001",
        "name": {"sv": "Blå mössa", "en": "Blue cap"},
        "type": "Standard",
        "ean": "7350000000001",
        "weight": 250,
        "price": {"regular": {"SEK": Decimal("199.00")}, "current": {"SEK": Decimal("199.00")}},
        "pricing": [
            {
                "qtyFloor": 1,
                "regular": {"incVat": {"SEK": Decimal("199.00")}, "exVat": {"SEK": Decimal("159.20")}},
            }
        ],
        "vatRate": Decimal("0.25"),
        "stock": {"useStock": True, "stock": 12, "message": {"sv": "I lager"}},
        "hidden": False,
        "draft": False,
        "content": [],
        "choices": [],
        "choiceSchema": {},
        "choiceOptionPrices": {},
        "variants": [],
    }
    return article | changes


@pytest.fixture(scope="session")
def facts() -> Callable[..., ShopFacts]:
    """Facts of a shop; keywords change them."""
    return make_facts


@pytest.fixture(scope="session")
def article() -> Callable[..., dict[str, Any]]:
    """A raw article; keywords change its fields."""
    return make_article


@pytest.fixture(scope="session")
def item() -> Callable[..., CatalogueItem]:
    """A catalogue item from a raw article; keywords change the article's fields."""

    def make(**changes: Any) -> CatalogueItem:
        (only,) = normalise(make_article(**changes), make_facts())
        return only

    return make


@pytest.fixture(scope="session")
def shop() -> ShopSettings:
    """The demo shop's settings."""
    return load_shop(ROOT / "include" / "shops" / "demo.yaml")


@pytest.fixture(scope="session")
def mapping(shop: ShopSettings) -> ArticleMapping:
    """The mapping that the project ships."""
    return article_mapping(shop)


@pytest.fixture(scope="session")
def context(shop: ShopSettings) -> dict[str, Any]:
    """What flows hand to a mapping."""
    return {"shop": {"name": "demo"}, "settings": shop.for_mapping()}
