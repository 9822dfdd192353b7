"""What the settings mean: the answers that flows get."""

from __future__ import annotations

import json
import string
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from abicart_specter.settings import Master, ShopSettings, load_shop
from abicart_specter.settings.special_numbers import ROLES
from abicart_specter.settings.yaml_file import read_yaml

Load = Callable[[str], ShopSettings]


def keys_of(model: type[BaseModel], place: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from keys_of(inner, (*place, name))
        else:
            assert not any(isinstance(arg, type) and issubclass(arg, BaseModel) for arg in get_args(inner))
            yield (*place, name)


def test_the_demo_file_shows_every_setting(demo_path: Path) -> None:
    data = read_yaml(demo_path).data

    def is_there(place: tuple[str, ...]) -> bool:
        current: Any = data
        for part in place:
            if part not in current:
                return False
            current = current[part]
        return True

    assert [place for place in keys_of(ShopSettings) if not is_there(place)] == []


def test_the_demo_file_holds_defaults_but_for_numbers_and_imports(demo_path: Path, load: Load) -> None:
    demo, plain = load_shop(demo_path).for_mapping(), load("").for_mapping()
    assert demo["product_numbers"]["special"] == {
        "gift_card": "PRESENTKORT",
        "discount": "RABATT",
        "payment_fee": "AVGIFT",
        "delivery": "FRAKT",
        "cash_on_delivery": "POSTFORSKOTT",
        "rounding": "AVRUNDNING",
        "create": True,
    }
    demo["product_numbers"]["special"] = plain["product_numbers"]["special"]
    assert demo["orders"]["gift_cards_sold"] == ["GK-.*"]
    demo["orders"]["gift_cards_sold"] = plain["orders"]["gift_cards_sold"]
    assert not any(plain["imports"].values())
    assert [name for name, on in demo["imports"].items() if not on] == ["product_number"]
    demo["imports"] = plain["imports"]
    assert demo == plain


def test_the_demo_shop_has_no_warnings(demo_path: Path) -> None:
    assert load_shop(demo_path).warnings() == []


def test_every_setting_of_the_demo_file_is_explained(demo_path: Path) -> None:
    text = demo_path.read_text(encoding="utf-8")
    comments = sum(1 for line in text.splitlines() if "#" in line)
    assert comments > 60


def test_the_number_rule_follows_the_settings(load: Load) -> None:
    rules = load("").number_rules()
    assert rules.allowed == frozenset(string.ascii_letters + string.digits + "-_./")
    assert (rules.max_length, rules.hold_twins) == (50, False)
    assert rules.usual_vat_rates == (Decimal("0.25"), Decimal("0.12"), Decimal("0.06"), Decimal(0))
    numbers = "product_numbers: {also_allowed: '+å', max_length: 9, twins: hold}\n"
    rules = load(numbers + "prices: {usual_vat_percents: [25, 12.5]}\n").number_rules()
    assert rules.accepts("å+A")
    assert not rules.accepts("A-1")
    assert not rules.accepts("A" * 10)
    assert rules.hold_twins
    assert rules.usual_vat_rates == (Decimal("0.25"), Decimal("0.125"))


def test_the_swedish_pages_rule_forbids_blanks_only(load: Load) -> None:
    rules = load("product_numbers: {characters: any_but_blanks}\n").number_rules()
    assert rules.accepts("Å&%¤#,1")
    assert not rules.accepts("A 1")
    assert not rules.accepts("A;1")


def test_special_numbers_in_use(load: Load) -> None:
    settings = load("product_numbers: {special: {delivery: FRAKT, rounding: ORE, create: false}}\n")
    assert settings.special_numbers_by_number() == {"FRAKT": "delivery", "ORE": "rounding"}
    assert [(s.number, s.role) for s in settings.special_numbers()] == [
        ("FRAKT", "delivery"),
        ("ORE", "rounding"),
    ]
    assert not settings.create_special_numbers


def test_masters_are_the_fields_whose_import_is_on(load: Load) -> None:
    assert load("").masters() == ()
    every = (
        "imports: {name: true, description: true, price: true, extra_price: true, vat: true, stock: true}\n"
    )
    assert load(every).masters() == tuple(Master)
    assert load("imports: {price: true, stock: true}\n").masters() == (Master.PRICE,)


@pytest.mark.parametrize(
    ("text", "orders", "products"),
    [
        ("", True, True),
        ("events: {export_order: {when: manual}, export_product: {when: inactive}}\n", False, False),
        ("events: {export_order: {when: inactive}, export_product: {update: inactive}}\n", False, False),
        ("events: {export_order: {update: inactive}}\n", False, True),
    ],
)
def test_both_lists_decide_what_leaves_by_itself(load: Load, text: str, orders: bool, products: bool) -> None:
    settings = load(text)
    assert settings.orders_leave_by_themselves is orders
    assert settings.products_leave_by_themselves is products


SPECIAL = "product_numbers: {special: {" + ", ".join(f"{key}: N{i}" for i, key in enumerate(ROLES)) + "}}\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "customers: {ignore_email: true, ignore_organisation_number: true}\n",
            "main cause of duplicate customers",
        ),
        (
            "orders: {orders_from: 2026-01-01, confirmation_to_customer: true}\n",
            "orders.shop_confirmation_is_off",
        ),
        (
            "orders: {orders_from: 2026-01-01, confirmation_to_administrator: true}\n",
            "orders.shop_confirmation_is_off",
        ),
        ("imports: {extra_price: true}\n", "imports.extra_price does nothing"),
        ("imports: {vat: true}\n", "only written together with its price"),
        ("stock: {every_minutes: 15}\n", "stock.every_minutes does nothing"),
        ("import_guard: {without_answer: apply}\n", "import_guard.without_answer"),
        ("status: {write_cancelled: true}\n", "signals the payment provider"),
        (
            "status: {tracking_urls: {7: 'https://x.example/{tracking_number}'}}\n",
            "status.tracking_urls do nothing",
        ),
        ("status: {delivered_codes: []}\n", "status.mark_delivered does nothing"),
    ],
)
def test_what_is_allowed_but_should_be_known(load: Load, text: str, words: str) -> None:
    (warning,) = load(SPECIAL + text).warnings()
    assert words in warning


@pytest.mark.parametrize(
    "text",
    [
        "customers: {ignore_email: true}\n",
        "customers: {ignore_organisation_number: true}\n",
        "orders: {orders_from: 2026-01-01, confirmation_to_customer: true, shop_confirmation_is_off: true}\n",
        "imports: {price: true, extra_price: true, vat: true, stock: true}\nstock: {every_minutes: 15}\n",
        "status: {write_strategy: both, tracking_urls: {7: 'https://x.example/{tracking_number}'}}\n",
        "status: {mark_delivered: false, delivered_codes: []}\n",
    ],
)
def test_sensible_settings_give_no_warning(load: Load, text: str) -> None:
    assert load(SPECIAL + text).warnings() == []


def test_missing_special_numbers_are_named(load: Load) -> None:
    (warning,) = load("product_numbers: {special: {delivery: FRAKT}}\n").warnings()
    assert "gift_card, discount, payment_fee, cash_on_delivery, rounding" in warning


def test_trusted_duplicates_need_and_take_their_words(load: Load) -> None:
    text = "orders: {orders_from: 2026-01-01, duplicate_control: trusted, duplicate_answer: 'finns redan'}\n"
    assert load(text).orders.duplicate_answer == "finns redan"


def test_settings_go_to_mappings_as_plain_values(load: Load) -> None:
    values = load("").for_mapping()
    assert values["prices"]["article_decimals"] == 2
    assert values["products"]["opening_stock"] is True
    assert json.loads(json.dumps(values, default=str))["limits"]["chunks"] == 8
