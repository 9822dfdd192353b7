"""The files order.yaml, customer.yaml and payment_methods.yaml."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.domain.orders.order_cases import (
    MAPPING,
    PRIVATE,
    ROOT,
    SHOP,
    customer,
    document,
    invoice,
    leaks,
    order,
    rows_of,
    shop,
)

from abicart_specter.domain.orders.customer import customer_write
from abicart_specter.domain.orders.header import order_write
from abicart_specter.domain.orders.mapped_fields import FIELD_MISSING, FIELD_TOO_LONG, FIELD_UNREADABLE
from abicart_specter.domain.orders.order_mapping import (
    NO_PAYMENT,
    OrderMapping,
    main_payment,
    order_mapping,
)
from abicart_specter.domain.orders.order_mapping_file import (
    read_customer_file,
    read_order_file,
    read_payment_file,
)
from abicart_specter.domain.orders.read_order import read_order
from abicart_specter.domain.orders.records import PaymentMethodFacts, PaymentRole
from abicart_specter.errors import ConfigurationError, RecordError

Write = Callable[[str], Path]
MAPPINGS = ROOT / "include" / "mappings"

ORDER = "target: newOrderSubmit\nfields:\n  - {to: externalOrderNo, from: order.external_number, required: true}\n"
CUSTOMER = "target: newCustomerSubmit\nfields:\n  - {to: name, from: buyer.name}\n"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(text: str) -> Path:
        path = tmp_path / "m.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return written


def mapping_with(path: Path) -> OrderMapping:
    """The shipped mapping with another order.yaml."""
    return OrderMapping(
        read_order_file(path),
        read_customer_file(MAPPINGS / "customer.yaml"),
        read_payment_file(MAPPINGS / "payment_methods.yaml"),
    )


# The shipped files.


@pytest.mark.parametrize(
    ("method", "kind", "expected"),
    [
        (9901, "invoice", PaymentMethodFacts(9901, "I", PaymentRole.ORDINARY)),
        (9903, "swish", PaymentMethodFacts(9903, "SW", PaymentRole.ORDINARY)),
        (9904, " Klarna ", PaymentMethodFacts(9904, "KG", PaymentRole.ORDINARY)),
        (9905, "giftcard", PaymentMethodFacts(9905, "", PaymentRole.GIFT_CARD)),
        (9906, "cod", PaymentMethodFacts(9906, "P", PaymentRole.CASH_ON_DELIVERY)),
        (9907, "prepayment", PaymentMethodFacts(9907, "PP", PaymentRole.ORDINARY, prepayment=True)),
        (9908, "något nytt", PaymentMethodFacts(9908, "", PaymentRole.ORDINARY)),
        (9909, None, PaymentMethodFacts(9909, "", PaymentRole.ORDINARY)),
    ],
)
def test_the_shipped_payment_methods(method: int, kind: str | None, expected: PaymentMethodFacts) -> None:
    assert MAPPING.payment(method, kind) == expected
    assert MAPPING.knows_payment(method, kind) is (kind not in ("något nytt", None))


def test_names_of_rows_are_exact() -> None:
    assert "Presentkort" in MAPPING.gift_card_row_names
    assert "presentkort" not in MAPPING.gift_card_row_names
    assert "Rabattkod" in MAPPING.discount_row_names


def test_a_shops_own_files(write: Write) -> None:
    assert order_mapping(SHOP).fingerprint == MAPPING.fingerprint
    with pytest.raises(ConfigurationError) as caught:
        order_mapping(shop(mappings={"payment_methods": "saknas.yaml"}))
    assert "saknas.yaml" in caught.value.message
    assert mapping_with(write(ORDER)).fingerprint != MAPPING.fingerprint


def test_id_goes_before_type_and_type_before_otherwise(write: Write) -> None:
    text = "by_id: {9901: {code: KG}}\nby_type: {Invoice: {code: I}}\notherwise: {code: D}\n"
    payments = read_payment_file(write(text))
    files = (MAPPINGS / "order.yaml", MAPPINGS / "customer.yaml")
    mapping = OrderMapping(read_order_file(files[0]), read_customer_file(files[1]), payments)
    assert mapping.payment(9901, "invoice").code == "KG"
    assert mapping.payment(9902, "INVOICE").code == "I"
    assert mapping.payment(9903, "card").code == "D"
    assert mapping.gift_card_row_names == frozenset()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "by_type: {invoice: {code: LONG}}",
            "m.yaml, line 1: by_type.invoice.code: expected at most 3 characters",
        ),
        ("by_type: {invoice: {}}", "by_type.invoice.code is missing"),
        ("by_type:\n  a: {code: I, role: card}", "line 2: by_type.a.role: expected ordinary, gift_card"),
        ("by_id: {x: {code: I}}", "line 1: by_id"),
        ("by_typ: {}", "Is “by_type” meant?"),
        (
            "by_type:\n  card: {code: I}\n  Card: {code: I}",
            "line 2: by_type.card: this type is listed twice.",
        ),
        ("by_type: {a: {code: Ж}}", "Specter cannot take the character U+0416"),
        ("gift_card_row_names: [A]\ndiscount_row_names: [A]", "line 2: discount_row_names: “A” is listed"),
    ],
)
def test_a_wrong_list_of_payment_methods_is_told_with_file_and_line(
    write: Write, text: str, words: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_payment_file(write(text))
    assert words in caught.value.message
    assert "payment_methods.yaml" in caught.value.remedy


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("  - {to: externalOrderNr, from: order.number}", "line 4: fields 2.to: newOrderSubmit has no field"),
        ("  - {to: ignoreExternalOrderNoControl, from: \"'1'\"}", "newOrderSubmit has no field"),
        ("  - {to: currency, from: order.curency}", "there is no “order.curency” (is “currency” meant?)"),
        (
            "  - {to: currency, from: buyer.name}",
            "there is no “buyer” here; a path begins with order, payment",
        ),
        ("  - {to: currency, from: payment.kode}", "there is no “payment.kode”"),
        (
            "  - {to: currency, from: document.curency}",
            "there is no “document.curency” (is “currency” meant?)",
        ),
        (
            "  - {to: currency, from: order.currency, create_only: true}",
            "only a product mapping has “create_only”",
        ),
        ("  - {to: externalOrderNo, from: order.number}", "is filled already, by entry 1"),
        ("  - {to: currency, from: order.currency, transforms: [txt]}", "there is no transform “txt”"),
        ("  - {to: currency, from: '!!'}", "is not valid JMESPath"),
    ],
)
def test_a_wrong_order_mapping_is_told_with_file_and_line(write: Write, lines: str, words: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_order_file(write(ORDER + lines))
    assert words in caught.value.message
    assert "m.yaml, line " in caught.value.message
    assert "order.yaml" in caught.value.remedy


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "target: newOrderSubmit\nfields:\n  - {to: currency, from: order.currency}\n",
            "externalOrderNo is missing",
        ),
        (ORDER.replace(", required: true", ""), "externalOrderNo must be required"),
        (
            ORDER.replace("required: true", "required: true, default: x"),
            "externalOrderNo cannot have “default”",
        ),
        (ORDER.replace("required: true", "required: true, transforms: [text]"), "must go as it is"),
        (ORDER.replace("required: true", "required: true, max_length: 9"), "may not be cut"),
        (ORDER.replace("newOrderSubmit", "newArticleSubmit"), "target: expected newOrderSubmit"),
    ],
)
def test_the_order_number_is_not_to_be_tampered_with(write: Write, text: str, words: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_order_file(write(text))
    assert words in caught.value.message


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("  - {to: ignoreControlEmail, from: \"'1'\"}", "newCustomerSubmit has no field"),
        ("  - {to: forceCustomerUpdate, from: \"'1'\"}", "newCustomerSubmit has no field"),
        ("  - {to: city, from: buyer.invoce.town}", "there is no “buyer.invoce”"),
        ("info: {emial: [x]}", "Is “email” meant?"),
    ],
)
def test_a_wrong_customer_mapping_is_told_with_file_and_line(write: Write, lines: str, words: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_customer_file(write(CUSTOMER + lines))
    assert words in caught.value.message


# What a shop can change.


def test_the_names_in_the_customers_info_can_be_changed(write: Write) -> None:
    entries = read_customer_file(write(CUSTOMER + "info: {email: [e_post], company_words: [Firma]}\n"))
    info = {"type": "firma", "e_post": "a@example.se", "email": "b@example.se", "orgNumber": "559999-0008"}
    read = read_order(document(customer=customer(info=info)), entries.info.names())
    assert (read.buyer.email, read.buyer.is_company) == ("a@example.se", True)
    assert read.buyer.organisation_number == "559999-0008"


@pytest.mark.parametrize(
    ("entry", "field", "value"),
    [
        ("{to: publishedComment, from: order.custom.Portkod}", "publishedComment", PRIVATE["custom"]),
        ("{to: requirements, from: 'document.payments[0].status'}", "requirements", "planned"),
        ("{to: customerReference, from: shop.name, max_length: 70}", "customerReference", "demo"),
        ("{to: requirements, from: payment.method}", "requirements", "9901"),
        (
            "{to: deliveryDate, from: document.delivery.date, default: '2026-06-01'}",
            "deliveryDate",
            "2026-06-01",
        ),
        ("{to: requirements, from: order.note, when: order.note}", "requirements", None),
    ],
)
def test_what_a_shop_may_add(write: Write, entry: str, field: str, value: str | None) -> None:
    settings = shop(orders={"include_customer_fields": True})
    mapping = mapping_with(write(f"{ORDER}  - {entry}\n"))
    made = order_write(order(), rows_of(), invoice(), settings, mapping, "10023")
    assert made.fields.get(field) == value


@pytest.mark.parametrize(
    ("entry", "rule"),
    [
        ("{to: requirements, from: order.note, required: true}", FIELD_MISSING),
        (
            "{to: requirements, from: document.customer.address.town, max_length: 2, too_long: hold}",
            FIELD_TOO_LONG,
        ),
        ("{to: requirements, from: document.customer.address.town, transforms: [flag01]}", FIELD_UNREADABLE),
        ("{to: requirements, from: document.customer.address}", FIELD_UNREADABLE),
        ("{to: requirements, from: sum(document.customer.address.town)}", FIELD_UNREADABLE),
        (
            "{to: requirements, from: 'document.customer.custom[0].value', transforms: [percent]}",
            FIELD_UNREADABLE,
        ),
        (
            "{to: requirements, from: document.customer.address.town, when: sum(order.custom)}",
            FIELD_UNREADABLE,
        ),
    ],
)
def test_what_does_not_fit_holds_the_order_and_shows_no_value(write: Write, entry: str, rule: str) -> None:
    mapping = mapping_with(write(f"{ORDER}  - {entry}\n"))
    with pytest.raises(RecordError) as caught:
        order_write(order(), rows_of(), invoice(), SHOP, mapping, "10023")
    assert caught.value.rule == rule
    assert "Specter's field requirements" in caught.value.message
    chain: list[BaseException | None] = [caught.value, caught.value.__cause__]
    assert leaks(*chain) == []


def test_nothing_is_altered_in_silence(write: Write) -> None:
    entries = (
        "  - {to: requirements, from: order.note, transforms: [latin1, max_length: 5]}\n"
        "  - {to: customerReference, from: document.costs.payment.incVat, transforms: [not_below: 1]}\n"
    )
    mapping = mapping_with(write(ORDER + entries))
    made = order_write(order(note="Жzqabcdef"), rows_of(), invoice(), SHOP, mapping, "10023")
    assert (made.fields["requirements"], made.fields["customerReference"]) == ("Zhzqa", "1")
    assert [flag.rule for flag in made.flags] == ["text_changed", "text_cut", "value_raised"]
    assert not any("Ж" in flag.message or "zq" in flag.message for flag in made.flags)


def test_the_customer_mapping_can_be_changed_too(write: Write) -> None:
    entries = read_customer_file(
        write(f"{CUSTOMER}  - {{to: homepage, from: buyer.custom.Webb, max_length: 50}}\n")
    )
    mapping = OrderMapping(
        read_order_file(MAPPINGS / "order.yaml"),
        entries,
        read_payment_file(MAPPINGS / "payment_methods.yaml"),
    )
    read = order(customer={**customer(), "custom": {"Webb": "example.se"}})
    fields = customer_write(read, SHOP, mapping, order_number="1").fields
    assert fields == {"name": f"{PRIVATE['first']} {PRIVATE['last']}", "homepage": "example.se"}


# Which payment is the order's.


def _paid(*payments: tuple[int, str, int]) -> PaymentMethodFacts:
    rows: list[dict[str, Any]] = [
        {"uid": uid, "method": method, "status": status, "amount": amount}
        for uid, (method, status, amount) in enumerate(payments, 1)
    ]
    read = order(payments=rows)
    types = {9901: "invoice", 9902: "card", 9905: "giftcard"}
    return main_payment(read, MAPPING.payments(read, types))


def test_the_main_payment_is_the_largest_living_one_that_is_no_gift_card() -> None:
    assert _paid((9901, "planned", 447)).code == "I"
    assert _paid((9905, "paid", 400), (9902, "reserved", 47)).uid == 9902
    assert _paid((9901, "cancelled", 447), (9902, "paid", 447)).uid == 9902
    assert _paid((9901, "planned", 100), (9902, "paid", 347)).uid == 9902
    assert _paid((9901, "cancelled", 447)).uid == 9901
    assert _paid((9905, "paid", 447)) == NO_PAYMENT
    assert _paid() == NO_PAYMENT
