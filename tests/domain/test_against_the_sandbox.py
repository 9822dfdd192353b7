"""The whole seeded catalogue, read over HTTP under every way in which the shop may answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from abicart_specter.clients.abicart import AbicartClient
from abicart_specter.clients.options import AbicartConnection, HttpOptions
from abicart_specter.domain.catalogue import ARTICLE_FIELDS, REQUIRED_FIELDS, normalise
from abicart_specter.domain.product_numbers import RULES, check_catalogue, frame
from abicart_specter.domain.records import CatalogueItem, ItemKey, Kind
from abicart_specter.settings import ShopSettings

ITEMS = 400

Catalogue = dict[ItemKey, CatalogueItem]


@pytest.fixture(scope="module")
def seeded(abicart_session: Any) -> Iterator[Any]:
    """A shop with every planted fault."""
    abicart_session.control.reset(seed={"items": ITEMS})
    yield abicart_session
    abicart_session.control.reset()


@pytest.fixture(scope="module")
def usual(seeded: Any) -> Catalogue:
    """The catalogue as the shop answers by default."""
    return read(seeded)


def read(server: Any) -> Catalogue:
    with AbicartClient(AbicartConnection("demo", server.url, 22222, "demo-token-1"), HttpOptions()) as client:
        facts = client.webshop()
        pages = client.iter_article_pages(ARTICLE_FIELDS, required=REQUIRED_FIELDS)
        items = [item for page in pages for article in page for item in normalise(article, facts)]
    return {item.key: item for item in items}


def without_document(catalogue: Catalogue) -> Catalogue:
    return {key: replace(item, document={}) for key, item in catalogue.items()}


def test_every_value_of_the_seed_can_be_read(usual: Catalogue) -> None:
    assert len(usual) >= ITEMS
    assert {problem for item in usual.values() for problem in item.problems} == set()
    assert {key.kind for key in usual} == {Kind.ARTICLE, Kind.VARIANT}
    variants = [item for item in usual.values() if item.key.kind is Kind.VARIANT]
    assert all(", " in item.name and "option " not in item.name for item in variants)
    assert all(item.stock is not None for item in variants)


@pytest.mark.parametrize(
    "switch",
    [
        {"uid_type": "string"},
        {"empty_object": "array"},
        {"price_meaning": "displayed"},
        {"no_offer": "regular"},
        {"no_offer": "null"},
        {"vat_rate_shape": "by_country"},
        {"package_quantity": "repeated"},
        {"package_quantity": "none"},
        {"unknown_key": "ignored"},
        {"list_limit": "100"},
        {"list_limit": "none"},
        {"uid_filter": "refused"},
    ],
    ids=str,
)
def test_the_catalogue_is_the_same_however_the_shop_answers(
    seeded: Any, usual: Catalogue, switch: dict[str, str]
) -> None:
    before = seeded.control.switches()
    seeded.control.switches(**switch)
    try:
        assert without_document(read(seeded)) == without_document(usual)
    finally:
        seeded.control.switches(**{name: before[name] for name in switch})


def test_the_validation_finds_exactly_what_was_planted(
    seeded: Any, usual: Catalogue, shop: ShopSettings
) -> None:
    columns = [
        (
            item.key.kind,
            item.key.uid,
            item.article_uid,
            item.product_number,
            item.own_number,
            item.price_regular,
            item.vat_rate,
            item.stock_managed,
            item.is_package,
        )
        for item in usual.values()
    ]
    found: dict[str, set[tuple[str, int]]] = defaultdict(set)
    for flag in check_catalogue(frame(columns), shop.number_rules(), shop.special_numbers_by_number()):
        found[flag.rule].add((flag.key.kind.value, flag.key.uid))
    planted = seeded.control.inspect("manifest")["rules"]
    expected = {
        rule: {(kind, uid) for kind, uid in items} for rule, items in planted.items() if rule in RULES
    }
    assert dict(found) == expected
