"""The head and the rows of an order as Specter gets them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tests.domain.orders.order_cases import (
    MAPPING,
    PRIVATE,
    SHOP,
    customer,
    document,
    invoice,
    leaks,
    order,
    rows_of,
    shop,
    specter_row,
)

from abicart_specter.domain.orders.header import NUMBER_UNFIT, PAYMENT_UNMAPPED, order_write
from abicart_specter.domain.orders.mapped_fields import FIELD_UNREADABLE
from abicart_specter.domain.orders.order_mapping import NO_PAYMENT
from abicart_specter.domain.orders.records import OrderWrite, PaymentMethodFacts, PaymentRole, ShopOrder
from abicart_specter.errors import RecordError
from abicart_specter.settings import ShopSettings


def written(
    read: ShopOrder | None = None,
    settings: ShopSettings = SHOP,
    payment: PaymentMethodFacts | None = None,
    external_no: str = "10023",
    **options: Any,
) -> OrderWrite:
    return order_write(
        order() if read is None else read,
        rows_of(),
        payment or invoice(),
        settings,
        MAPPING,
        external_no,
        **options,
    )


def test_a_plain_order() -> None:
    write = written()
    assert write.fields == {
        "externalOrderNo": "10023",
        "customerOrderReference": "10023",
        "orderDate": "2026-05-02",
        "currency": "SEK",
        "language": "SE",
        "payTypeIdentifier": "I",
        "externalDeliveryMethod": "4411",
        "sendOrderMail": "0",
        "sendOrderMailToUser": "0",
        "userSource": "webuser",
    }
    assert write.rows == (
        {
            "articleNo": "ART-001-M",
            "articleName": "Blå mössa",
            "noOfItems": "2",
            "priceExclVAT": "159.200",
            "vatPercent": "25",
        },
    )
    assert write.flags == ()
    assert len(write.hash) == 64


@pytest.mark.parametrize(
    ("ordered", "date"),
    [
        ("2026-05-01T23:30:00Z", "2026-05-02"),
        ("2026-01-01T23:30:00Z", "2026-01-02"),
        ("2026-01-01T22:30:00Z", "2026-01-01"),
        ("2026-03-29T02:30:00", "2026-03-29"),
        ("2026-10-25T02:30:00", "2026-10-25"),
        ("2026-10-24T22:30:00Z", "2026-10-25"),
        ("2026-12-31T23:59:59-05:00", "2027-01-01"),
    ],
)
def test_the_date_is_the_shops_in_sweden(ordered: str, date: str) -> None:
    assert written(order(ordered=ordered)).fields["orderDate"] == date


@pytest.mark.parametrize(
    ("language", "sent"),
    [
        ("sv", "SE"),
        ("en", "EN"),
        ("fi", "FI"),
        ("da", "DA"),
        ("es", "ES"),
        ("de", "DE"),
        ("nb", "SE"),
        ("fr", "EN"),
    ],
)
def test_languages(language: str, sent: str) -> None:
    assert written(order(language=language)).fields["language"] == sent


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"confirmation_to_customer": True}, "sendOrderMail", "1"),
        ({"confirmation_to_administrator": True}, "sendOrderMailToUser", "1"),
        ({"send_delivery_method": False}, "externalDeliveryMethod", None),
        ({"stock_site": 3}, "stocksiteid", "3"),
        ({"include_customer_fields": True}, "internalComment", f"Portkod: {PRIVATE['custom']}"),
        ({"include_customer_fields": False}, "internalComment", None),
    ],
)
def test_settings_show_on_the_wire(changes: dict[str, Any], field: str, value: str | None) -> None:
    assert written(settings=shop(orders=changes)).fields.get(field) == value


def test_no_confirmation_goes_to_a_placeholder_address() -> None:
    settings = shop(orders={"confirmation_to_customer": True}, customers={"missing_email": "placeholder"})
    read = order(customer=customer(info={"email": None}))
    assert written(read, settings).fields["sendOrderMail"] == "0"


def test_the_note_is_seen_by_the_shops_own_people_only() -> None:
    fields = written(order(note="Rad ett\nrad två")).fields
    assert fields["internalComment"] == "Rad ett\nrad två"
    assert "publishedComment" not in fields


def test_checkout_fields_and_note_together() -> None:
    settings = shop(orders={"include_customer_fields": True})
    custom = [{"name": "Portkod", "value": 1234}, {"name": "Ring\nförst", "value": True}]
    read = order(note="Ömtåligt", customer={**customer(), "custom": custom})
    assert written(read, settings).fields["internalComment"] == "Portkod: 1234; Ring först: ja | Ömtåligt"


@pytest.mark.parametrize("by", ["setting", "option"])
def test_the_delivery_address_goes_along_where_the_customer_is_left_as_it_is(by: str) -> None:
    there = {
        "copyAddress": False,
        "name": "Lo Ek",
        "address": "Hamnen 1",
        "postcode": "222 22",
        "town": "Lund",
    }
    read = order(customer=customer(deliveryAddress=there))
    settings = shop(customers={"update_matched": False}) if by == "setting" else SHOP
    options = {"address_in_comment": True} if by == "option" else {}
    assert written(read, settings, **options).fields["internalComment"] == "Lo Ek, Hamnen 1, 222 22 Lund"


def test_the_payment_and_its_reference() -> None:
    paid = [
        {"uid": 1, "method": 9902, "status": "cancelled", "amount": 447, "externalRef": "OLD"},
        {"uid": 2, "method": 9902, "status": "paid", "amount": 447, "externalRef": " REF-7 "},
    ]
    fields = written(order(payments=paid), payment=invoice(uid=9902, code="KG")).fields
    assert (fields["payTypeIdentifier"], fields["payTypeReference"]) == ("KG", "REF-7")
    assert "isPrepayment" not in fields
    prepaid = written(payment=invoice(code="PP", prepayment=True)).fields
    assert (prepaid["payTypeIdentifier"], prepaid["isPrepayment"]) == ("PP", "1")


def test_a_payment_without_a_code_is_flagged() -> None:
    write = written(payment=invoice(code=""))
    assert "payTypeIdentifier" not in write.fields
    assert [flag.rule for flag in write.flags] == [PAYMENT_UNMAPPED]
    assert "9901" in write.flags[0].message
    assert written(payment=NO_PAYMENT).flags == ()
    assert written(payment=invoice(code="", role=PaymentRole.GIFT_CARD)).flags == ()


def test_prefix_and_number_go_as_they_are_or_not_at_all() -> None:
    assert written(external_no="SHOP-10023-R2").fields["externalOrderNo"] == "SHOP-10023-R2"
    with pytest.raises(RecordError) as caught:
        written(external_no="Ж10023")
    assert caught.value.rule == FIELD_UNREADABLE
    assert "externalOrderNo" in caught.value.message


def test_a_long_order_number_is_cut_in_the_reference_only() -> None:
    write = written(order(orderNumber="9" * 60), external_no="9" * 60)
    assert write.fields["externalOrderNo"] == "9" * 60
    assert write.fields["customerOrderReference"] == "9" * 50
    assert [flag.rule for flag in write.flags] == ["text_cut"]


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"quantity": Decimal("2.50")}, "noOfItems", "2.5"),
        ({"quantity": Decimal("1E+2")}, "noOfItems", "100"),
        ({"price": Decimal("-0.1")}, "priceExclVAT", "-0.100"),
        ({"price": Decimal("-0.0")}, "priceExclVAT", "0.000"),
        ({"vat_percent": Decimal("12.00")}, "vatPercent", "12"),
        ({"vat_percent": Decimal("5.5")}, "vatPercent", "5.5"),
        ({"discount_percent": Decimal("10.0")}, "discount", "10"),
        ({"discount_percent": Decimal(0)}, "discount", None),
        ({"comment": " Gravyr:\nEva "}, "articleComment", "Gravyr: Eva"),
        ({"comment": ""}, "articleComment", None),
        ({"name": "Kaffe – “mörk”"}, "articleName", 'Kaffe - "mörk"'),
    ],
)
def test_rows_as_specter_reads_them(changes: dict[str, Any], field: str, value: str | None) -> None:
    write = order_write(order(), rows_of(specter_row(**changes)), invoice(), SHOP, MAPPING, "10023")
    assert write.rows[0].get(field) == value


def test_prices_have_the_accounts_decimals() -> None:
    settings = shop(prices={"order_decimals": 2})
    assert written(settings=settings).rows[0]["priceExclVAT"] == "159.20"


def test_what_was_replaced_in_a_row_is_flagged_and_not_shown() -> None:
    rows = rows_of(specter_row(), specter_row(comment=f"{PRIVATE['text']} ж"))
    write = order_write(order(), rows, invoice(), SHOP, MAPPING, "10023")
    assert [flag.message for flag in write.flags] == [
        "Specter's field articleComment of row 2: a character that Specter cannot take became the nearest ones."
    ]
    assert leaks(repr(write), write.flags) == []


def test_a_product_number_is_never_changed() -> None:
    with pytest.raises(RecordError) as caught:
        order_write(order(), rows_of(specter_row(product_number="Ж-1")), invoice(), SHOP, MAPPING, "10023")
    assert caught.value.rule == NUMBER_UNFIT


def test_the_hash_is_over_fields_and_rows() -> None:
    first = written()
    assert first.hash == written().hash
    assert first.hash != written(external_no="10024").hash
    more = order_write(order(), rows_of(specter_row(), specter_row()), invoice(), SHOP, MAPPING, "10023")
    assert first.hash != more.hash
    other = order_write(order(), rows_of(specter_row(quantity=Decimal(3))), invoice(), SHOP, MAPPING, "10023")
    assert first.hash != other.hash


def test_the_shops_own_field_can_be_mapped() -> None:
    assert document()["delivery"] == {"method": 4411}
    assert written(order(delivery={"method": None})).fields.get("externalDeliveryMethod") is None
