"""Loading: what is accepted, what is refused, and in which words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from abicart_specter.errors import ConfigurationError
from abicart_specter.settings import ShopSettings, load_shop

Load = Callable[[str], ShopSettings]
Refused = Callable[[str], ConfigurationError]


def test_only_orders_from_is_required(load: Load, refused: Refused) -> None:
    settings = load("")
    assert settings.name == "shop1"
    assert settings.base_currency == "SEK"
    error = refused("orders: {}\n")
    assert error.message.endswith("shop1.yaml, line 1: orders.orders_from is missing; it has no default.")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("no_such: 1\n", 1, "there is no key “no_such”"),
        ("limits:\n  chunk: 8\n", 2, "there is no key “limits.chunk”. Is “chunks” meant?"),
        ("limits:\n  abicart:\n    retries: 3\n", 3, "there is no key “limits.abicart.retries”"),
        ("limits: 8\n", 1, "limits: expected a group of settings, found the number 8"),
        ("products: []\n", 1, "products: expected a group of settings, found a list"),
        ("held_makes_run_red: yes\n", 1, "held_makes_run_red: expected true or false, found the text “yes”"),
        ("held_makes_run_red: 1\n", 1, "held_makes_run_red: expected true or false, found the number 1"),
        ("held_makes_run_red:\n", 1, "held_makes_run_red: expected true or false, found nothing"),
        ("limits: {chunks: '8'}\n", 1, "limits.chunks: expected a whole number, found the text “8”"),
        ("limits: {chunks: 8.0}\n", 1, "limits.chunks: expected a whole number, found the number 8.0"),
        ("limits: {chunks: true}\n", 1, "limits.chunks: expected a whole number, found true"),
        ("limits: {chunks: 17}\n", 1, "limits.chunks: expected at most 16, found the number 17"),
        ("limits: {chunks: 0}\n", 1, "limits.chunks: expected at least 1, found the number 0"),
        ("limits: {group_rows: 101}\n", 1, "limits.group_rows: expected at most 100"),
        ("limits: {group_bytes: 90001}\n", 1, "limits.group_bytes: expected at most 90000"),
        (
            "limits:\n  specter:\n    rate_per_second: 0\n",
            3,
            "limits.specter.rate_per_second: expected more than 0",
        ),
        ("limits: {abicart: {read_timeout: x}}\n", 1, "limits.abicart.read_timeout: expected a number"),
        ("base_currency: EUR\n", 1, "base_currency: expected SEK, found the text “EUR”"),
        ("imports:\n  price: on\n", 2, "imports.price: expected true or false, found the text “on”"),
        (
            "prices:\n  rounding_limit: 0.06\n",
            2,
            "prices.rounding_limit: expected at most 0.05, found the number 0.06",
        ),
        ("prices: {usual_vat_percents: [25, x]}\n", 1, "prices.usual_vat_percents 2: expected a number"),
        ("prices: {article_decimals: 5}\n", 1, "prices.article_decimals: expected at most 4"),
        ("stock: {every_minutes: 1}\n", 1, "stock.every_minutes: expected at least 5"),
        ("stock: {sites: [0]}\n", 1, "stock.sites 1: expected more than 0"),
        ("mappings: {article: ../x.yaml}\n", 1, "mappings.article: expected a file name that ends in .yaml"),
        ("customers: {placeholder_email: no@reply.se}\n", 1, "expected an address that holds {order_number}"),
        ("customers: {group: {private: 0}}\n", 1, "customers.group.private: expected more than 0"),
        (
            "events: {export_order: {when: placed}}\n",
            1,
            "expected inactive, registered or manual, found the text “placed”",
        ),
        (
            "events: {export_product: {update: yes}}\n",
            1,
            "events.export_product.update: expected directly or inactive",
        ),
        ("status: {tracking_urls: {4411: 'http://x/{tracking_number}'}}\n", 1, "begins with https://"),
        (
            "status: {tracking_urls: {x: 'https://x/{tracking_number}'}}\n",
            1,
            "status.tracking_urls.x: expected a whole number",
        ),
        (
            "status: {delivered_codes: [5]}\n",
            1,
            "status.delivered_codes 1: expected text (put numbers in quotes), found the number 5",
        ),
        ("status: {cancelled_codes: ['5 ']}\n", 1, "expected a code without blanks"),
        ("status: {write_strategy: set}\n", 1, "expected order-set, shipment or both, found the text “set”"),
        ("status: {partly_delivered: true}\n", 1, "status.partly_delivered: expected list or sent"),
        (
            "status: {partly_delivered_codes: ['P', 'D']}\n",
            1,
            "partly_delivered_codes: the code “D” is in delivered_codes already",
        ),
        (
            "status: {other_status_codes: ['5']}\n",
            1,
            "other_status_codes: the code “5” is in cancelled_codes already",
        ),
        ("product_numbers: {also_allowed: ' -'}\n", 1, "a blank can never be allowed in a product number"),
        ("product_numbers: {also_allowed: '-;'}\n", 1, "“;” can never be allowed in a product number"),
        ("product_numbers:\n  max_length: 0\n", 2, "product_numbers.max_length: expected at least 1"),
        (
            "product_numbers:\n  special:\n    delivery: FRÅKT\n",
            3,
            "delivery: FRÅKT is no valid product number: it may hold",
        ),
        (
            "product_numbers:\n  special:\n    delivery: A\n    discount: a\n",
            3,
            "delivery: A is used for discount already",
        ),
        (
            "product_numbers:\n  special:\n    delivery: 7\n",
            3,
            "expected text (put numbers in quotes), found the number 7",
        ),
        ("product_numbers:\n  special:\n    delivery: ''\n", 3, "expected at least 1 characters"),
        ("orders:\n  orders_from: 2026-02-30\n", 2, "orders.orders_from: there is no such date"),
        ("orders:\n  orders_from: 2026-01-01T08:00:00\n", 2, "orders.orders_from: expected a date"),
        ("orders:\n  orders_from: yesterday\n", 2, "orders.orders_from: expected a date"),
        ("orders:\n  orders_from: 20260101\n", 2, "orders.orders_from: expected a date or time"),
        (
            "orders: {orders_from: 2026-01-01, number_prefix: 'A 1'}\n",
            1,
            "a prefix may hold neither blanks nor semicolons",
        ),
        (
            "orders: {orders_from: 2026-01-01, number_prefix: '€'}\n",
            1,
            "Specter cannot take the character U+20AC",
        ),
        (
            "orders: {orders_from: 2026-01-01, specter_number_pattern: '['}\n",
            1,
            "this is not a valid pattern",
        ),
        (
            "orders: {orders_from: 2026-01-01, gift_cards_sold: ['GC-[0-9]+', '[']}\n",
            1,
            "orders.gift_cards_sold 2: this is not a valid pattern",
        ),
        (
            "orders:\n  orders_from: 2026-01-01\n  duplicate_control: trusted\n",
            3,
            "orders.duplicate_control: “trusted” needs",
        ),
        (
            "orders: {orders_from: 2026-01-01, ripe: {otherwise: sent}}\n",
            1,
            "expected placed, reserved or paid",
        ),
        (
            "orders: {orders_from: 2026-01-01, ripe: {payment_methods: {0: paid}}}\n",
            1,
            "payment_methods.0: expected more than 0",
        ),
        ("retention: {run_days: 1}\n", 1, "retention.run_days: expected at least 7"),
        ("retention: {journal_days: 6}\n", 1, "retention.journal_days: expected at least 7"),
        (
            "import_guard: {largest_share_percent: 0}\n",
            1,
            "import_guard.largest_share_percent: expected more than 0",
        ),
    ],
)
def test_what_is_wrong_is_named_with_file_line_and_key(
    refused: Refused, text: str, line: int, words: str
) -> None:
    error = refused(text)
    assert f"/shop1.yaml, line {line}: " in error.message
    assert words in error.message
    assert error.remedy


def test_all_findings_come_at_once_in_the_order_of_the_file(refused: Refused) -> None:
    error = refused("limits:\n  chunks: 99\nimports:\n  price: maybe\nno_such: 1\n")
    assert [line.split(", line ")[1].split(":")[0] for line in error.message.splitlines()] == ["2", "4", "5"]


@pytest.mark.parametrize(
    ("text", "key", "connection"),
    [
        ("md5key: abc\n", "md5key", "specter_shop1"),
        ("apiUserKey: abc\n", "apiUserKey", "specter_shop1"),
        ("customers:\n  password: abc\n", "customers.password", "abicart_shop1"),
        ("orders:\n  orders_from: 2026-01-01\n  auth_token: abc\n", "orders.auth_token", "abicart_shop1"),
        ("integration_secret: abc\n", "integration_secret", "specter_shop1"),
        ("sbmId: 1000\n", "sbmId", "specter_shop1"),
        ("smbID: 1000\n", "smbID", "specter_shop1"),
        ("key: abc\n", "key", "specter_shop1"),
    ],
)
def test_secrets_and_accounts_are_sent_to_the_connection(
    refused: Refused, text: str, key: str, connection: str
) -> None:
    error = refused(text)
    assert f": {key}: " in error.message
    assert "may not be in a shop file" in error.message or "not in a shop file" in error.message
    assert connection in error.remedy
    assert "abc" not in str(error)


@pytest.mark.parametrize(
    "secret",
    [
        "0123456789abcdef0123456789abcdef",
        "01234567-89ab-cdef-0123-456789abcdef",
        "{01234567-89AB-CDEF-0123-456789ABCDEF}",
    ],
)
def test_what_looks_like_a_key_is_refused_under_any_name_and_not_repeated(
    refused: Refused, secret: str
) -> None:
    error = refused(f"orders:\n  orders_from: 2026-01-01\n  number_prefix: '{secret}'\n")
    assert "line 3: orders.number_prefix: the value looks like a key or token" in error.message
    assert secret not in str(error)


def test_a_long_text_in_the_wrong_place_is_not_repeated(refused: Refused) -> None:
    long = "x" * 41
    assert long not in str(refused(f"base_currency: {long}\n"))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-01", "2026-01-01T00:00:00+01:00"),
        ("2026-07-01", "2026-07-01T00:00:00+02:00"),
        ("'2026-01-31T08:00:00+01:00'", "2026-01-31T08:00:00+01:00"),
        ("2026-01-31 08:00Z", "2026-01-31T08:00:00+00:00"),
    ],
)
def test_a_date_begins_at_midnight_in_stockholm(load: Load, text: str, moment: str) -> None:
    found = load(f"orders:\n  orders_from: {text}\n").orders.orders_from
    assert found == datetime.fromisoformat(moment)
    assert isinstance(found.utcoffset(), timedelta)


@pytest.mark.parametrize("name", ["Demo", "1shop", "my-shop", "a" * 41, "å"])
def test_a_shops_name_must_fit_ids(tmp_path: Path, name: str) -> None:
    path = tmp_path / f"{name}.yaml"
    path.write_text("orders:\n  orders_from: 2026-01-01\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="a shop's name may hold"):
        load_shop(path)


def test_settings_cannot_be_changed_afterwards(load: Load) -> None:
    settings = load("")
    with pytest.raises(ValueError, match="frozen"):
        settings.held_makes_run_red = True
