"""Two dozen orders that cover everything an order can be, and what becomes of each when every question has its default.

Made by name, so that a test can say which of them a switch is about.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from shelf import Shelf, new_article

SEED = {"items": 24, "faults": 0, "orders": 0, "customers": 6}
START = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
INVOICE, CARD, SWISH, KLARNA, COD = 9901, 9902, 9903, 9904, 9906
CARD_NUMBERS = "GK-[0-9]+"
"""Product numbers of the gift cards that the shop sells."""

HELD = {
    "guest_without_email": "email_missing",
    "in_euro": "currency_not_sek",
    "deleted_article": "article_missing_in_specter",
    "awaiting_payment": "awaiting_payment",
}
FEW = (
    "mixed_rates",
    "golden_868",
    "company_elsewhere",
    "guest_without_email",
    "variants",
    "custom_fields",
    "cancelled",
    "in_euro",
    "deleted_article",
    "same_buyer_again",
)
"""Enough to see whether what is not about an order's amounts touches orders at all."""

EXCLUDED = {"cancelled": "discarded"}
"""Orders that do not go by default, and the rule that says why. All others are sent."""

SETTINGS: dict[str, object] = {
    "orders__gift_cards_sold": [CARD_NUMBERS],
    "orders__include_customer_fields": True,
    "orders__packages": "explode",
    "orders__ripe__payment_methods": {KLARNA: "paid"},
}

COMPANY = {
    "info": {
        "type": "business",
        "email": "inkop@roos.example",
        "companyNumber": "559999-4802",
        "vatNumber": "SE559999480201",
    },
    "address": {
        "company": "Roos Redovisning AB",
        "firstName": "Erling",
        "lastName": "Roos",
        "address": "Furuvägen 63",
        "postcode": "548 96",
        "town": "Hova",
        "country": "SE",
        "phoneMobile": "070-1740626",
    },
    "deliveryAddress": {
        "copyAddress": False,
        "company": "Roos Lager",
        "name": "Åsa Öberg",
        "address": "Kvarngatan 40",
        "postcode": "353 46",
        "town": "Växjö",
        "country": "SE",
    },
}


def person(name: str, **address: object) -> dict[str, Any]:
    """A buyer of that first name."""
    return {
        "info": {"email": f"{name.lower()}@example.com"},
        "address": {
            "firstName": name,
            "lastName": "Bäck",
            "address": "Ängsvägen 1",
            "postcode": "117 47",
            "town": "Örebro",
            "country": "SE",
        }
        | address,
    }


@dataclass
class OrderSet:
    """The orders as placed: name → uid, and what each has to pay after gift cards by the shop's own figures."""

    uids: dict[str, int] = field(default_factory=dict)
    to_pay: dict[str, Decimal] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)

    def name_of(self, number: str) -> str:
        """Name of the order with that number in the shop."""
        return next(name for name, one in self.numbers.items() if one == number)


def wanted_orders(control: Any) -> dict[str, dict[str, Any]]:
    """What is bought, in the order of time; two things of the shop are made for it."""
    shelf = Shelf.of(control)
    lamp, pan, bed = shelf.of_rate["0.25"][:3]
    food, coffee = shelf.of_rate["0.12"][:2]
    book, novel = shelf.of_rate["0.06"][:2]
    card = shelf.gift_card
    package = new_article(
        control, "PAKET-1", price={"regular": {"SEK": "400"}}, content=[{"uid": lamp, "quantity": 2}, pan]
    )
    gone = new_article(control, "BORTA-1")
    return {
        "mixed_rates": {
            "rows": [
                {"article": lamp, "quantity": 3, "price": "199.99"},
                {"article": food, "quantity": 7, "price": "12.35"},
                {"article": book, "quantity": 2, "price": "119.50"},
                {"article": coffee, "quantity": "1.5", "price": "69.90"},
            ],
            "customer": person("Mats"),
        },
        "row_discount": {
            "rows": [
                {"article": lamp, "quantity": 2, "discount_percent": 15},
                {"article": food, "quantity": 3, "discount_amount": "7.77"},
                {"article": book},
            ],
            "customer": person("Rut"),
        },
        "order_discount": {
            "rows": [
                {"article": pan, "quantity": 2, "price": "349.90"},
                {"article": food, "quantity": 5, "price": "33.33"},
                {"article": novel, "price": "119"},
            ],
            "discount": {"name": "Rabattkod", "percent": 10},
            "customer": person("Olle"),
        },
        "golden_868": {
            "rows": [
                {"article": book, "price_ex": "649.90"},
                {"article": lamp, "price_ex": "349.95"},
                {"article": card, "price": 300, "gift_card": True},
            ],
            "discount": {"name": "Rabattkod", "percent": 10, "without_vat": True},
            "gift_cards": [500],
            "fee": 0,
            "shipping": {"ex": "49.00", "split": True},
            "customer": person("Gerd"),
        },
        "golden_996": {
            "rows": [
                {"article": book, "price_ex": 600},
                {"article": lamp, "price_ex": 400, "discount_ex": 200},
            ],
            "shipping": {"ex": 100, "split": True},
            "fee": 0,
            "customer": person("Gunnar"),
        },
        "cards_pay_all": {
            "rows": [{"article": food, "price": "150"}, {"article": book, "price": "199"}],
            "shipping": "49",
            "gift_cards": ["100", "298"],
            "customer": person("Kajsa"),
        },
        "cards_sold": {
            "rows": [{"article": card, "quantity": 2, "price": 500, "gift_card": True}, {"article": food}],
            "payment_method": SWISH,
            "customer": person("Siv"),
        },
        "payment_fee": {
            "rows": [{"article": book, "quantity": 3}],
            "payment_method": INVOICE,
            "customer": person("Frida"),
        },
        "cash_on_delivery": {
            "rows": [{"article": pan}],
            "payment_method": COD,
            "delivery_method": 4412,
            "customer": person("Carl"),
        },
        "free_freight": {
            "rows": [{"article": bed, "price": "1159.50"}],
            "delivery_method": 4414,
            "shipping": 0,
            "customer": person("Fanny"),
        },
        "split_freight": {
            "rows": [
                {"article": lamp, "price": "207.30"},
                {"article": book, "quantity": 4, "price": "88.10"},
            ],
            "shipping": {"inc": "69", "split": True},
            "customer": person("Sven"),
        },
        "company_elsewhere": {
            "rows": [{"article": lamp, "quantity": 25, "price_ex": "133.33"}],
            "payment_method": INVOICE,
            "customer": COMPANY,
        },
        "foreign": {
            "rows": [{"article": book, "quantity": 2}],
            "language": "en",
            "customer": person("Jorma", country="FI", postcode="00100", town="Helsinki"),
        },
        "without_vat": {
            "rows": [{"article": pan, "quantity": 2}, {"article": food}],
            "has_vat": False,
            "fee": 0,
            "customer": person("Nils", country="NO", postcode="0150", town="Oslo"),
        },
        "guest_without_email": {
            "rows": [{"article": food}],
            "customer": person("Ida") | {"info": {"email": None}},
        },
        "variants": {
            "rows": [
                {"variant": shelf.variants[0], "quantity": 2},
                {"variant": shelf.variants[3], "choices": {"2999": "Grattis farmor"}},
                {"variant": shelf.variants[4], "discount_percent": 20},
            ],
            "customer": person("Vera"),
        },
        "package": {"rows": [{"article": package, "quantity": 2}], "customer": person("Pia")},
        "custom_fields": {
            "rows": [{"article": lamp}],
            "custom": [{"name": "Portkod", "value": "4711"}, {"name": "Meddelande", "value": "Ring på"}],
            "note": "Ringde och frågade",
            "customer": person("Ulla"),
        },
        "cancelled": {"rows": [{"article": lamp}], "customer": person("Axel")},
        "in_euro": {"rows": [{"article": lamp, "price": "20"}], "currency": "EUR", "customer": person("Eva")},
        "deleted_article": {"rows": [{"article": gone}], "customer": person("Dag")},
        "awaiting_payment": {
            "rows": [{"article": food}],
            "payment_method": KLARNA,
            "customer": person("Albin"),
        },
        "same_buyer_again": {"rows": [{"article": novel, "quantity": 3}], "customer": person("Mats")},
        "all_free": {
            "rows": [{"article": food, "discount_percent": 100}],
            "shipping": 0,
            "customer": person("Britt"),
        },
    }


def place(control: Any, names: Collection[str] | None = None) -> OrderSet:
    """Place them all, or those named, ten minutes apart; one is cancelled, the product of another is deleted."""
    wanted = {name: order for name, order in wanted_orders(control).items() if names is None or name in names}
    cards_reduce_the_total = control.switches()["gift_card"] != "payment"
    placed = control.edit(
        "place_orders",
        orders=[
            {"payment_method": CARD, "ordered": (START + timedelta(minutes=10 * n)).isoformat()} | one
            for n, one in enumerate(wanted.values())
        ],
    )
    found = OrderSet()
    for (name, order), one in zip(wanted.items(), placed, strict=True):
        cards = (
            Decimal(0)
            if cards_reduce_the_total
            else sum(map(Decimal, order.get("gift_cards", [])), Decimal(0))
        )
        found.uids[name] = int(one["uid"])
        found.numbers[name] = one["orderNumber"]
        found.to_pay[name] = Decimal(one["total"]) - cards
    if "cancelled" in wanted:
        control.edit("discard_order", uid=found.uids["cancelled"], discarded=True)
    gone = next(
        row["uid"] for row in control.inspect("items", limit=100) if row["product_number"] == "BORTA-1"
    )
    control.edit("delete", **{"class": "Article", "uid": gone})
    return found


def expected_outcomes(placed: OrderSet, **other: tuple[str, str]) -> dict[str, tuple[str, str]]:
    """Of the orders placed: name → outcome and rule as by default, some of them otherwise."""
    known = dict.fromkeys(placed.uids, ("sent", ""))
    known |= {name: ("held", rule) for name, rule in HELD.items()}
    known |= {name: ("excluded", rule) for name, rule in EXCLUDED.items()}
    return {name: (known | other)[name] for name in placed.uids}
