"""One article in both systems, with a ledger of pairs in between: what the import's rules are tried on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from abicart_specter.domain.catalogue import normalise
from abicart_specter.domain.imports.applied import applied
from abicart_specter.domain.imports.patches import article_patch
from abicart_specter.domain.imports.plan_article import plan_article
from abicart_specter.domain.imports.records import (
    ArticlePlan,
    ItemTold,
    PlannedChange,
    SettledPair,
    Settles,
    Told,
)
from abicart_specter.domain.imports.sizes import changed_fields
from abicart_specter.domain.masters import Master
from abicart_specter.domain.masters import shop_value as value_of
from abicart_specter.domain.money import fixed, shortest
from abicart_specter.domain.prices import percent, specter_price
from abicart_specter.domain.records import CatalogueItem, ItemKey, ShopFacts
from abicart_specter.settings import ShopSettings, load_shop
from abicart_specter.settings.imports import ImportSettings

ROOT = Path(__file__).resolve().parents[3]
ORE = Decimal("0.01")
ARTICLE = 1001
NUMBER = "ART-001"
DEMO = load_shop(ROOT / "include" / "shops" / "demo.yaml").model_copy(update={"imports": ImportSettings()})


def shop_settings(decimals: int = 2, **imports: bool) -> ShopSettings:
    """The demo shop's settings with these imports on; price, campaign price and VAT unless they are named."""
    on = {"price": True, "extra_price": True, "vat": True} | imports
    return DEMO.model_copy(
        update={
            "imports": DEMO.imports.model_copy(update=on),
            "prices": DEMO.prices.model_copy(update={"article_decimals": decimals}),
        }
    )


def shop_facts(**changes: Any) -> ShopFacts:
    values: dict[str, Any] = {
        "webshop_id": 22222,
        "base_currency": "SEK",
        "prices_with_vat": True,
        "vat_supported": True,
        "vat_country": "SE",
        "default_language": "sv",
    }
    return ShopFacts(**(values | changes))


def both_ways(prices: Mapping[str, Decimal], rate: Decimal, facts: ShopFacts) -> dict[str, Any]:
    """What ``pricing`` tells, each amount rounded by itself."""
    rounded = {
        code: ((price / (1 + rate)) if facts.prices_with_vat else (price * (1 + rate))).quantize(
            ORE, ROUND_HALF_UP
        )
        for code, price in prices.items()
    }
    stored = dict(prices)
    return {
        "incVat": stored if facts.prices_with_vat else rounded,
        "exVat": rounded if facts.prices_with_vat else stored,
    }


class Both:
    """An article of the shop, what Specter told of it, and what was settled.

    :ivar document: the article as the shop's interface shows it.
    """

    def __init__(
        self,
        price: str | None = "125.00",
        rate: str | None = "0.25",
        campaign: str | None = None,
        *,
        name: str = "Blå mössa",
        variants: Sequence[tuple[str, str]] = (),
        settings: ShopSettings | None = None,
        facts: ShopFacts | None = None,
    ) -> None:
        self.settings = settings or shop_settings()
        self.facts = facts or shop_facts()
        self.now = datetime(2026, 5, 1, 2, 30, tzinfo=UTC)
        self.rows: dict[str, dict[str, Told]] = {}
        self.pairs: dict[ItemKey, dict[str, SettledPair]] = {}
        self._last_row = 0
        options = {str(3000 + at): extra for at, (_, extra) in enumerate(variants)}
        self.document: dict[str, Any] = {
            "uid": ARTICLE,
            "articleNumber": NUMBER,
            "name": {"sv": name, "en": "Blue cap"},
            "description": {"sv": "<p>Varm.</p>"},
            "vatRate": None if rate is None else Decimal(rate),
            "stock": {"useStock": True, "stock": 3},
            "content": [],
            "choices": [
                {
                    "uid": 2001,
                    "options": [{"uid": int(uid), "name": {"sv": f"val {uid}"}} for uid in options],
                }
            ],
            "choiceOptionPrices": {uid: {"SEK": Decimal(extra)} for uid, extra in options.items()},
            "variants": [
                {
                    "uid": 5000 + at,
                    "definedBy": {"2001": str(3000 + at)},
                    "overrides": {"articleNumber": number, "stock": 1},
                }
                for at, (number, _) in enumerate(variants)
            ],
            "price": {"regular": {} if price is None else {"SEK": Decimal(price)}},
        }
        if campaign is not None:
            self.document["price"]["specialOffer"] = {"SEK": Decimal(campaign)}
        self._show()

    def _show(self) -> None:
        """What follows in the shop from stored prices and rate."""
        price, rate = self.document["price"], self.document["vatRate"]
        price["current"] = {**price["regular"], **(price.get("specialOffer") or {})}
        if rate is None:
            self.document["pricing"] = []
            return
        tier = {"qtyFloor": 1, "regular": both_ways(price["regular"], rate, self.facts)}
        if price.get("specialOffer"):
            tier["specialOffer"] = both_ways(price["specialOffer"], rate, self.facts)
        self.document["pricing"] = [tier]

    @property
    def items(self) -> list[CatalogueItem]:
        return normalise(self.document, self.facts)

    @property
    def price(self) -> Decimal | None:
        return self.document["price"]["regular"].get("SEK")

    @property
    def campaign(self) -> Decimal | None:
        return (self.document["price"].get("specialOffer") or {}).get("SEK")

    @property
    def rate(self) -> Decimal:
        return self.document["vatRate"]

    def later(self, **time: float) -> None:
        self.now += timedelta(**(time or {"hours": 24}))

    def tell(self, number: str = NUMBER, **values: str) -> None:
        """One answer of Specter's: all fields of it at one time."""
        self.later(minutes=1)
        for field, value in values.items():
            self._last_row += 1
            self.rows.setdefault(number, {})[field] = Told(value, self._last_row, self.now)

    def sale(
        self, price: str, former: str, number: str = NUMBER, *, shown: str = "1", vat: str = "25"
    ) -> None:
        self.tell(number, price=price, former_price=former, show_former_price=shown, vat=vat)

    def told_items(self) -> list[ItemTold]:
        return [
            ItemTold(item, self.rows.get(item.product_number or "", {}), self.pairs.get(item.key, {}))
            for item in self.items
        ]

    def plan(self, **options: Any) -> ArticlePlan:
        return plan_article(self.told_items(), self.facts, self.settings, **options)

    def edit(self, price: str | None = None, campaign: str | None = None, rate: str | None = None) -> None:
        """Somebody changes the product in the shop."""
        if price is not None:
            self.document["price"]["regular"]["SEK"] = Decimal(price)
        if campaign is not None:
            self.document["price"]["specialOffer"] = {"SEK": Decimal(campaign)}
        if rate is not None:
            self.document["vatRate"] = Decimal(rate)
        self._show()

    def settle(self, settled: Iterable[Settles], no_later: datetime | None = None) -> None:
        """:param no_later: when Specter told news that nobody looked at yet; as the ledger, so that it stays news."""
        self.later(minutes=1)
        for one in settled:
            self.pairs.setdefault(one.key, {})[one.field.value] = SettledPair(
                one.shop_value, one.specter_value, no_later or self.now
            )

    def write(self, patch: Mapping[str, Any]) -> None:
        """The shop replaces what the patch names, and drops amounts of null."""
        for name, value in patch.items():
            if name == "price":
                assert set(value) <= {"regular", "specialOffer"}
                value = {
                    key: {code: amount for code, amount in (amounts or {}).items() if amount is not None}
                    for key, amounts in value.items()
                }
                if not value.get("specialOffer"):
                    value.pop("specialOffer", None)
            self.document[name] = value
        self._show()

    def apply(self, change: PlannedChange, no_later: datetime | None = None) -> None:
        """Write a change, read it back, settle."""
        self.write(article_patch(change, self.document, self.facts))
        assert applied(change, self.items, self.facts) == ()
        self.settle(change.settles, no_later)

    def night(self, **options: Any) -> ArticlePlan:
        """A nightly import in which everything is applied."""
        plan = self.plan(**options)
        for change in plan.changes:
            self.apply(change)
        self.settle(plan.agreed)
        return plan

    def export(self) -> dict[str, str]:
        """An export of the shop's own values: name, price and VAT are settled. Returns the prices sent by number."""
        sent: dict[str, str] = {}
        settled: list[Settles] = []
        for item in self.items:
            assert item.price_regular is not None and item.vat_rate is not None
            decimals = self.settings.prices.article_decimals
            price = fixed(
                specter_price(item.price_regular, item.vat_rate, self.facts.prices_with_vat, decimals),
                decimals,
            )
            sent[item.product_number or ""] = price
            texts = {
                Master.PRICE: price,
                Master.VAT: shortest(percent(item.vat_rate)),
                Master.NAME: item.name,
            }
            settled += [
                Settles(item.key, master, value_of(item, master), text) for master, text in texts.items()
            ]
        self.settle(settled)
        return sent

    def with_imports(self, **imports: bool) -> None:
        self.settings = self.settings.model_copy(
            update={"imports": self.settings.imports.model_copy(update=imports)}
        )


def only(plan: ArticlePlan) -> PlannedChange:
    """The one change of a plan that holds nothing."""
    assert plan.held == ()
    (change,) = plan.changes
    return change


def fields(change: PlannedChange) -> dict[Master, tuple[str | None, str | None]]:
    """What a change changes: before and after."""
    return {one.field: (one.before, one.after) for one in changed_fields(change)}


def held_rules(plan: ArticlePlan) -> set[tuple[str, str]]:
    """(field, rule) of what is held."""
    return {(one.field.value, one.rule) for one in plan.held}
