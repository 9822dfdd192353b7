"""An order's document, read: every shape the same, every fault named by field and never by value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domain.orders.order_cases import (
    PRIVATE,
    article,
    cost,
    customer,
    document,
    leaks,
    order,
    row,
    variant,
)

from abicart_specter.domain.orders.order_values import parse_time
from abicart_specter.domain.orders.read_order import UNREADABLE, read_order
from abicart_specter.domain.orders.records import Cost, ShopDiscount, ShopOrder
from abicart_specter.errors import RecordError

STOCKHOLM = ZoneInfo("Europe/Stockholm")
Change = Callable[[dict[str, Any]], None]


def same(first: ShopOrder, second: ShopOrder) -> bool:
    """Equal but for the shape of what the shop said, which comparing leaves out, and a rate of nothing."""
    nothing = Cost(Decimal(0), Decimal(0), Decimal(0), Decimal(0))
    return replace(first, fee=nothing) == replace(second, fee=nothing) and first.fee.inc == second.fee.inc


def test_an_order_is_read_whole() -> None:
    read = order(note=PRIVATE["note"])
    assert (read.uid, read.number, read.currency, read.language) == (50023, "10023", "SEK", "sv")
    assert read.ordered == datetime(2026, 5, 2, 8, 15, tzinfo=UTC)
    assert read.changed == datetime(2026, 5, 2, 8, 16, 10, tzinfo=UTC)
    assert read.cart == Cost(Decimal(398), Decimal("318.40"), Decimal("79.60"), Decimal("0.25"))
    assert read.total.inc == 447
    assert read.delivery_method_uid == 4411
    (item,) = read.items
    assert (item.article_uid, item.variant_uid, item.product_number) == (1001, 5551, "ART-001-M")
    assert (item.quantity, item.texts, item.parts, item.problems) == (2, (), (), ())
    (payment,) = read.payments
    assert (payment.method_uid, payment.status, payment.amount) == (9901, "planned", 447)
    assert read.problems == ()
    assert leaks(repr(read)) == []


def _strings(value: Any) -> Any:
    """All uids as text (question 3)."""
    if isinstance(value, dict):
        return {
            name: str(one) if name in ("uid", "method", "article") and isinstance(one, int) else _strings(one)
            for name, one in value.items()
        }
    return [_strings(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    "changes",
    [
        {"ordered": "2026-05-02T08:15:00Z"},
        {"ordered": "2026-05-02 10:15:00+02:00"},
        {"ordered": "2026-05-02T10:15:00"},
        {"ordered": "2026-05-02T10:15:00+0200"},
        {"ordered": "2026-05-02 10:15"},
        {"paymentStatus": "Unpaid", "deliveryStatus": "Unsent"},
        {"delivery": {"method": {"uid": 4411, "name": {"sv": "Brev"}}}},
        {"delivery": 4411},
        {"currency": "sek"},
        {"orderNumber": 10023},
        {"orderNumber": " 10023 "},
        {"exchangeRate": "1"},
        {"exchangeRate": Decimal("1.000")},
        {"note": None, "externalOrderNumber": None, "discarded": None, "hasVat": None},
        {"discount": None},
        {"discount": []},
        {"discount": {"name": "", "rate": 0, "incVat": 0, "exVat": 0}},
        {"costs": document()["costs"] | {"payment": []}},
        {"costs": document()["costs"] | {"payment": None}},
        {"costs": document()["costs"] | {"total": cost("447") | {"vatRate": 25}}},
        {"customer": customer(custom={"Portkod": PRIVATE["custom"]})},
        {"customer": customer(deliveryAddress={"copyAddress": True, "name": "Någon annan", "town": "Ort"})},
        {"customer": customer(deliveryAddress={"copyAddress": False})},
        {"customer": {**customer(), "deliveryAddress": []}},
        {"items": [row(choices={"2001": 3002, "quantity": "2"})]},
        {"items": [row(choices={"2001": "3002"}, quantity=2)]},
        {"items": [row(quantity=Decimal("2.0"))]},
        {"items": [row(choices={"2001": "3002"})]},
        {"items": [row(articleNumber="ART-001")]},
        {"items": [row(articleNumber=None)]},
        {"items": [row(discountInfo=[])]},
        {"items": [row(discountInfo={"name": "", "incVat": 0, "exVat": 0, "rate": None})]},
    ],
    ids=lambda one: next(iter(one)),
)
def test_every_shape_says_the_same(changes: dict[str, Any]) -> None:
    assert same(order(**changes), order())


def test_uids_may_be_texts() -> None:
    assert same(read_order(_strings(document())), order())


def test_empty_objects_may_be_lists() -> None:
    written = document(
        items=[row(article=article(variants=[], content={}), choices=[], articleNumber="ART-001")]
    )
    plain = document(items=[row(article=article(variants=[]), choices={}, articleNumber="ART-001")])
    assert same(read_order(written), read_order(plain))


def test_other_names_in_the_customers_info() -> None:
    info = {"type": "private", "email": PRIVATE["email"], "personalNumber": PRIVATE["nin"], "vatNo": ""}
    assert same(order(customer={**customer(), "info": info}), order())


def test_a_discount_of_the_order_has_positive_amounts() -> None:
    discount = {
        "name": "VINTER10",
        "rate": Decimal("0.1"),
        "incVat": Decimal("-99.99"),
        "exVat": Decimal("-85"),
    }
    assert order(discount=discount).discount == ShopDiscount(
        "VINTER10", Decimal("99.99"), Decimal(85), Decimal("0.1")
    )
    assert order(discount={"rate": 10}).discount == ShopDiscount("", None, None, Decimal("0.1"))


def test_one_amount_of_a_cost_may_be_missing() -> None:
    whole = order().total
    for missing in ("incVat", "exVat", "vat"):
        shown = {name: one for name, one in cost("447").items() if name != missing}
        assert order(costs=document()["costs"] | {"total": shown}).total == whole


def test_a_missing_rate_follows_from_the_amounts() -> None:
    shown = {name: one for name, one in cost("250").items() if name != "vatRate"}
    assert order(costs=document()["costs"] | {"shipment": shown}).shipment.rate == Decimal("0.25")


@pytest.mark.parametrize("rate", [Decimal("-0.2857"), Decimal("3.5"), 4200])
def test_the_rate_of_a_sum_can_be_anything(rate: object) -> None:
    """Rows at several rates less gift cards as rows: what is left of the VAT over what is left of the rest."""
    mixed = {"incVat": Decimal(-49), "exVat": Decimal("-68.60"), "vat": Decimal("19.60"), "vatRate": rate}
    found = order(costs=document()["costs"] | {"cart": cost("1") | mixed, "total": cost("1") | mixed})
    assert (found.cart.inc, found.total.vat) == (Decimal(-49), Decimal("19.60"))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"uid": None}, "uid"),
        ({"uid": "x1"}, "uid"),
        ({"orderNumber": ""}, "orderNumber"),
        ({"ordered": None}, "ordered"),
        ({"ordered": "i går"}, "ordered"),
        ({"ordered": "2026-02-30T10:00:00Z"}, "ordered"),
        ({"changed": 20260502}, "changed"),
        ({"currency": None}, "currency"),
        ({"hasVat": "ja"}, "hasVat"),
        ({"discarded": 1}, "discarded"),
        ({"note": ["x"]}, "note"),
        ({"costs": None}, "costs.cart"),
        ({"costs": document()["costs"] | {"total": None}}, "costs.total"),
        ({"costs": document()["costs"] | {"total": {"incVat": Decimal(1)}}}, "costs.total.exVat"),
        ({"costs": document()["costs"] | {"total": {"exVat": Decimal(1)}}}, "costs.total.incVat"),
        ({"costs": document()["costs"] | {"cart": cost("1") | {"incVat": 1.5}}}, "costs.cart.incVat"),
        ({"costs": document()["costs"] | {"cart": cost("1") | {"vat": "1,5"}}}, "costs.cart.vat"),
        (
            {"costs": document()["costs"] | {"cart": cost("1") | {"incVat": Decimal("1E+40")}}},
            "costs.cart.incVat",
        ),
        ({"costs": document()["costs"] | {"cart": cost("1") | {"currency": "EUR"}}}, "costs.cart.currency"),
        (
            {"costs": document()["costs"] | {"shipment": cost("1") | {"vatRate": Decimal("-0.25")}}},
            "costs.shipment.vatRate",
        ),
        (
            {"costs": document()["costs"] | {"payment": cost("1") | {"vatRate": 2500}}},
            "costs.payment.vatRate",
        ),
        ({"costs": document()["costs"] | {"cart": cost("1") | {"vatRate": "25 %"}}}, "costs.cart.vatRate"),
        ({"payments": [8801]}, "payment 1"),
        ({"payments": [{"uid": 1, "method": 2, "status": "paid"}]}, "payment 1, amount"),
        ({"payments": [{"uid": 1, "status": "paid", "amount": 1}]}, "payment 1, method"),
        ({"payments": document()["payments"] * 2}, "payment 2"),
        ({"items": [70001]}, "row 1"),
        ({"items": [row(), row()]}, "row 2"),
        ({"items": [row(), row(uid=None)]}, "row 2, uid"),
        ({"items": [row(costs={})]}, "row 1, costs"),
        ({"items": [row(choices={"2001": "3002", "quantity": 0})]}, "row 1, quantity"),
        ({"items": [row(choices={"2001": "3002", "quantity": "två"})]}, "row 1, choices.quantity"),
        ({"items": [row(article=article(variants=[5551]))]}, "row 1, the article's variants"),
        ({"items": "inga"}, "items"),
        ({"customer": 6001}, "customer"),
        ({"customer": {**customer(), "info": PRIVATE["email"]}}, "customer.info"),
        ({"customer": customer(info={"email": [PRIVATE["email"]]})}, "customer.info.email"),
        ({"customer": customer(address={"town": {"sv": PRIVATE["town"]}})}, "customer.address.town"),
        (
            {"customer": customer(deliveryAddress={"copyAddress": PRIVATE["first"]})},
            "customer.deliveryAddress",
        ),
        ({"customer": customer(custom=[PRIVATE["custom"]])}, "customer.custom"),
        ({"delivery": "brev"}, "delivery"),
    ],
    ids=lambda one: one if isinstance(one, str) else None,
)
def test_what_cannot_be_read_holds_the_order_and_names_the_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(RecordError) as caught:
        order(**changes)
    assert caught.value.rule == UNREADABLE
    assert f" cannot be read: {field}" in caught.value.message
    assert leaks(caught.value, repr(caught.value)) == []
    if changes.keys() & {"uid", "orderNumber"} == set():
        assert caught.value.message.startswith("Order '10023' (uid 50023)")


# Local times, to which each test gives its own zone.
LOCAL_TIMES = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1))  # noqa: DTZ001

FIELDS = st.sampled_from(
    [
        "uid",
        "orderNumber",
        "ordered",
        "currency",
        "costs",
        "items",
        "payments",
        "customer",
        "delivery",
        "note",
    ]
)
NONSENSE: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False) | st.just(PRIVATE["first"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["uid", "info", "x"]), inner),
    max_leaves=6,
)


@given(FIELDS, NONSENSE)
def test_nonsense_is_read_or_refused_and_never_anything_else(field: str, value: Any) -> None:
    try:
        read = order(**{field: value})
    except RecordError as error:
        assert error.rule == UNREADABLE
        if field != "orderNumber":
            assert leaks(error) == []
    else:
        assert read.uid
        assert read.number


@given(LOCAL_TIMES, st.sampled_from([0, 60, 120, -300]))
def test_times_with_an_offset_are_read_exactly(at: datetime, minutes: int) -> None:
    whole = at.replace(microsecond=0)
    sign = "-" if minutes < 0 else "+"
    offset = f"{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
    expected = whole.replace(tzinfo=UTC) - timedelta(minutes=minutes)
    for joint in ("T", " "):
        assert parse_time(f"{whole.isoformat(sep=joint)}{offset}") == expected


@given(LOCAL_TIMES)
def test_times_without_a_zone_are_swedish(at: datetime) -> None:
    whole = at.replace(microsecond=0)
    assert parse_time(whole.isoformat()) == whole.replace(tzinfo=STOCKHOLM)


@given(st.text(max_size=30))
def test_any_other_text_is_no_time(text: str) -> None:
    found = parse_time(text)
    assert found is None or found.tzinfo is not None


def test_the_nights_when_clocks_change() -> None:
    spring, autumn = parse_time("2026-03-29T02:30:00"), parse_time("2026-10-25T02:30:00")
    assert spring is not None
    assert autumn is not None
    assert spring.astimezone(UTC) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert autumn.astimezone(UTC) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_the_document_takes_no_part_in_comparing() -> None:
    assert replace(order(), document={}) == order()


def test_a_variant_may_have_its_number_itself() -> None:
    plain = {"uid": 5551, "definedBy": {"2001": "3002"}, "articleNumber": "ART-001-M"}
    shown = row(article=article(variants=[plain, variant(5552, "3003", "ART-001-L")]))
    assert same(order(items=[shown]), order())
