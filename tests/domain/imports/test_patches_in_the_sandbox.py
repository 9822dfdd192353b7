"""Patches written to the sandbox's shop over HTTP, however it stores and shows prices and rates, and read back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from tests.domain.imports.cases import only, shop_settings

from abicart_specter.clients.abicart import AbicartClient
from abicart_specter.clients.article_writes import ArticleWrite
from abicart_specter.clients.options import AbicartConnection, HttpOptions
from abicart_specter.domain.catalogue import ARTICLE_FIELDS, normalise
from abicart_specter.domain.imports.applied import applied
from abicart_specter.domain.imports.article_values import fields_to_read
from abicart_specter.domain.imports.patches import article_patch
from abicart_specter.domain.imports.plan_article import plan_article
from abicart_specter.domain.imports.records import ArticlePlan, ItemTold, PlannedChange, Told
from abicart_specter.domain.imports.undo import undo_change
from abicart_specter.domain.records import CatalogueItem, ShopFacts

NOW = datetime(2026, 5, 1, tzinfo=UTC)
FIELDS = fields_to_read((*ARTICLE_FIELDS, "description"))
SETTINGS = shop_settings(name=True, description=True)

SWITCHES: list[dict[str, str]] = [
    {},
    {"set_nested": "merge"},
    {"no_offer": "regular"},
    {"no_offer": "null"},
    {"no_offer": "regular", "set_nested": "merge"},
    {"no_offer": "null", "set_nested": "merge"},
    {"vat_rate_shape": "by_country"},
    {"empty_object": "array"},
    {"uid_type": "string"},
    {"set_result": "uid"},
    {"price_meaning": "displayed"},
]


class Shop:
    """The sandbox's shop through the real client."""

    def __init__(self, server: Any, client: AbicartClient) -> None:
        self.server, self.client = server, client
        self.facts: ShopFacts = client.webshop()

    def read(self, uid: int) -> tuple[dict[str, Any], list[CatalogueItem]]:
        (document,) = self.client.get_articles([uid], FIELDS)
        return document, normalise(document, self.facts)

    def plan(self, uid: int, **values: str) -> ArticlePlan:
        _, items = self.read(uid)
        told = [
            ItemTold(item, {name: Told(text, 1, NOW) for name, text in values.items()}, {}) for item in items
        ]
        return plan_article(told, self.facts, SETTINGS)

    def write(self, change: PlannedChange) -> Sequence[str]:
        """What differs after the write."""
        document, _ = self.read(change.article_uid)
        patch = article_patch(change, document, self.facts)
        written = self.client.write_articles([ArticleWrite(change.article_uid, patch)], FIELDS)
        result = written[change.article_uid]
        assert result.ok, result.words
        assert result.document is not None
        return applied(change, normalise(result.document, self.facts), self.facts)

    def find(self, *, campaign: bool) -> int:
        """A plain article with or without a campaign."""
        for page in self.client.iter_article_pages(FIELDS):
            for document in page:
                items = normalise(document, self.facts)
                if (
                    len(items) == 1
                    and not items[0].is_package
                    and (items[0].price_campaign is not None) == campaign
                    and (items[0].price_regular or 0) > 20
                    and items[0].vat_rate == Decimal("0.25")
                ):
                    return int(document["uid"])
        raise AssertionError("the seed has no such article")


@pytest.fixture
def shop(request: pytest.FixtureRequest, abicart_server: Any) -> Iterator[Shop]:
    """With the switches of the test's parameter."""
    abicart_server.control.switches(**request.param)
    connection = AbicartConnection("demo", abicart_server.url, 22222, "demo-token-1")
    with AbicartClient(connection, HttpOptions()) as client:
        yield Shop(abicart_server, client)


@pytest.mark.parametrize("shop", SWITCHES, ids=str, indirect=True)
def test_a_sale_with_a_new_rate_and_texts_there_and_back(shop: Shop) -> None:
    uid = shop.find(campaign=False)
    before, items = shop.read(uid)
    plan = shop.plan(
        uid,
        price="200,00",
        former_price="250,00",
        show_former_price="1",
        vat="12",
        name="Ny – vara",
        description="<p>Ny &amp; å.</p>",
    )
    assert plan.held == () and len(plan.changes) == 2
    for change in plan.changes:
        assert shop.write(change) == ()
    _, (after,) = shop.read(uid)
    assert (after.price_regular, after.price_campaign, after.vat_rate, after.name) == (
        Decimal("280"),
        Decimal("224"),
        Decimal("0.12"),
        "Ny – vara",
    )
    for change in plan.changes:
        _, now = shop.read(uid)
        undo = undo_change(change, now, shop.facts)
        assert undo.left == () and undo.change is not None
        assert shop.write(undo.change) == ()
    restored, back = shop.read(uid)
    assert back == items
    assert restored["price"] == before["price"] and restored["name"] == before["name"]


@pytest.mark.parametrize("shop", SWITCHES, ids=str, indirect=True)
def test_a_campaign_of_the_shops_own_survives_a_new_regular_price(shop: Shop) -> None:
    uid = shop.find(campaign=True)
    _, (before,) = shop.read(uid)
    assert before.price_regular is not None
    price = (before.price_regular + 10) / Decimal("1.25")
    change = only(shop.plan(uid, price=f"{price:.2f}", show_former_price="0"))
    assert shop.write(change) == ()
    _, (after,) = shop.read(uid)
    assert after.price_campaign == before.price_campaign
    assert after.price_regular is not None and after.price_regular > before.price_regular + 9


@pytest.mark.parametrize(
    "shop",
    [{"price_meaning": "displayed"}, {"price_meaning": "displayed", "no_offer": "regular"}],
    indirect=True,
)
def test_nothing_is_planned_where_a_price_would_be_taken_for_another_one(shop: Shop) -> None:
    uid = shop.find(campaign=False)
    shop.server.control.edit("Webshop", patch={"showPricesIncludingVat": not shop.facts.prices_with_vat})
    plan = shop.plan(uid, price="200", vat="25")
    assert plan.changes == () and {one.rule for one in plan.held} == {"price_form"}


@pytest.mark.parametrize("shop", [{}], indirect=True)
def test_other_currencies_of_a_price_stay(shop: Shop) -> None:
    uid = shop.find(campaign=True)
    document, _ = shop.read(uid)
    euro = {"SEK": document["price"]["regular"]["SEK"], "EUR": Decimal("33.3")}
    offer = {"SEK": document["price"]["specialOffer"]["SEK"], "EUR": Decimal("22.2")}
    shop.server.control.edit(
        "Article", uid=uid, patch={"price": {"regular": _texts(euro), "specialOffer": _texts(offer)}}
    )
    change = only(shop.plan(uid, price="900", show_former_price="0"))
    assert shop.write(change) == ()
    document, _ = shop.read(uid)
    assert document["price"]["regular"]["EUR"] == Decimal("33.3")
    assert document["price"]["specialOffer"]["EUR"] == Decimal("22.2")


def _texts(amounts: dict[str, Any]) -> dict[str, str]:
    return {code: str(amount) for code, amount in amounts.items()}
