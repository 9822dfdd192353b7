"""What Specter's status asks for, and what is done with the shop's order: pure rules (rule 35)."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abicart_specter.domain.imports.status import (
    Delivery,
    Do,
    OrderTold,
    ShopOrderNow,
    Step,
    Wish,
    WishFor,
    delivery_of,
    step_for,
    tracking_url,
    wish_of,
)
from abicart_specter.settings.imports import StatusSettings

DEFAULT = StatusSettings()
CANCELS = StatusSettings(write_cancelled=True)
LEARNT = StatusSettings(
    write_cancelled=True,
    partly_delivered_codes=["P"],
    other_delivery_codes=["N"],
    other_status_codes=["1", "2", "3"],
)
PARTLY_IS_SENT = StatusSettings(partly_delivered="sent", partly_delivered_codes=["P"])


def now(word: str = "unsent", *, discarded: bool = False) -> ShopOrderNow:
    return ShopOrderNow(discarded, word, None)


@pytest.mark.parametrize(
    ("settings", "told", "wish", "rule"),
    [
        (DEFAULT, OrderTold("3", "D"), Wish.SENT, "delivered"),
        (DEFAULT, OrderTold("", "D"), Wish.SENT, "delivered"),
        (StatusSettings(mark_delivered=False), OrderTold("", "D"), Wish.LISTED, "delivered_not_written"),
        (StatusSettings(delivered_codes=["X"]), OrderTold("", "X"), Wish.SENT, "delivered"),
        (StatusSettings(delivered_codes=["X"]), OrderTold("", "D"), Wish.UNKNOWN, "status_code_unknown"),
        (DEFAULT, OrderTold("5", ""), Wish.LISTED, "cancelled_in_specter"),
        (DEFAULT, OrderTold("5", "N"), Wish.LISTED, "cancelled_in_specter"),
        (CANCELS, OrderTold("5", "N"), Wish.CANCELLED, "cancelled"),
        (CANCELS, OrderTold("5", "D"), Wish.LISTED, "cancelled_and_delivered"),
        (CANCELS, OrderTold("5", "", True), Wish.LISTED, "cancelled_and_delivered"),
        (CANCELS, OrderTold("D", "5"), Wish.UNKNOWN, "status_code_unknown"),
        (DEFAULT, OrderTold("2", "P"), Wish.UNKNOWN, "status_code_unknown"),
        (DEFAULT, OrderTold("2", "P", True), Wish.LISTED, "partly_delivered"),
        (DEFAULT, OrderTold("", "", True), Wish.LISTED, "partly_delivered"),
        (LEARNT, OrderTold("2", "P"), Wish.LISTED, "partly_delivered"),
        (PARTLY_IS_SENT, OrderTold("2", "P"), Wish.SENT, "partly_delivered_as_sent"),
        (PARTLY_IS_SENT, OrderTold("2", "N", True), Wish.SENT, "partly_delivered_as_sent"),
        (
            StatusSettings(partly_delivered="sent", mark_delivered=False),
            OrderTold("", "", True),
            Wish.LISTED,
            "partly_delivered",
        ),
        (DEFAULT, OrderTold("1", "N"), Wish.UNKNOWN, "status_code_unknown"),
        (LEARNT, OrderTold("1", "N"), Wish.NOTHING, ""),
        (LEARNT, OrderTold("7", "N"), Wish.UNKNOWN, "status_code_unknown"),
        (DEFAULT, OrderTold(), Wish.NOTHING, ""),
    ],
)
def test_codes_are_read_by_the_settings(
    settings: StatusSettings, told: OrderTold, wish: Wish, rule: str
) -> None:
    found = wish_of(told, settings)
    assert (found.wish, found.rule) == (wish, rule)
    assert bool(found.remedy) is (wish in (Wish.LISTED, Wish.UNKNOWN))


def test_only_the_code_that_is_not_known_is_named() -> None:
    assert (
        wish_of(OrderTold("7", "N"), LEARNT).words == "Specter tells statusId “7”, which no setting explains"
    )
    assert "statusId “7” and deliveryStatus “Q”" in wish_of(OrderTold("7", "Q"), LEARNT).words


CODES = st.one_of(st.sampled_from(["", "D", "5", "P", "N", "1", "d", "05", "5.0"]), st.text(max_size=3))


@given(CODES, CODES, st.booleans())
def test_a_cancel_needs_the_setting_and_the_code_and_nothing_against_it(
    status: str, delivery: str, changed: bool
) -> None:
    told = OrderTold(status, delivery, changed)
    assert wish_of(told, DEFAULT).wish is not Wish.CANCELLED
    expected = status == "5" and delivery != "D" and not changed
    assert (wish_of(told, CANCELS).wish is Wish.CANCELLED) is expected


@given(CODES, CODES, st.booleans())
def test_an_order_is_sent_by_its_code_alone(status: str, delivery: str, changed: bool) -> None:
    sent = wish_of(OrderTold(status, delivery, changed), DEFAULT).wish is Wish.SENT
    assert sent is (delivery == "D" and status != "5")


@pytest.mark.parametrize(
    ("word", "delivery"),
    [
        ("sent", Delivery.SENT),
        ("Sent", Delivery.SENT),
        ("SHIPPED", Delivery.SENT),
        ("delivered", Delivery.SENT),
        ("partlySent", Delivery.PARTLY),
        ("partly_sent", Delivery.PARTLY),
        ("unsent", Delivery.UNSENT),
        ("Unsent", Delivery.UNSENT),
        ("", Delivery.UNSENT),
        ("returned", None),
        ("unknown", None),
    ],
)
def test_the_shops_words(word: str, delivery: Delivery | None) -> None:
    assert delivery_of(word) is delivery


@pytest.mark.parametrize(
    ("wish", "order", "do", "rule"),
    [
        (Wish.SENT, now(), Do.MARK_SENT, ""),
        (Wish.SENT, now("partlySent"), Do.MARK_SENT, ""),
        (Wish.SENT, now("Shipped"), Do.DONE, ""),
        (Wish.SENT, now(discarded=True), Do.LIST, "delivered_but_cancelled_in_shop"),
        (Wish.SENT, now("sent", discarded=True), Do.LIST, "delivered_but_cancelled_in_shop"),
        (Wish.SENT, now("returned"), Do.LIST, "shop_status_unknown"),
        (Wish.CANCELLED, now(), Do.CANCEL, ""),
        (Wish.CANCELLED, now("sent"), Do.LIST, "cancelled_but_sent_in_shop"),
        (Wish.CANCELLED, now("partlySent"), Do.LIST, "cancelled_but_sent_in_shop"),
        (Wish.CANCELLED, now(discarded=True), Do.DONE, ""),
        (Wish.CANCELLED, now("returned"), Do.LIST, "shop_status_unknown"),
    ],
)
def test_the_shops_order_is_looked_at_before_it_is_written(
    wish: Wish, order: ShopOrderNow, do: Do, rule: str
) -> None:
    step = step_for(WishFor(wish), order)
    assert (step.do, step.rule) == (do, rule)
    assert bool(step.words) is bool(step.remedy) is (do is Do.LIST)


@pytest.mark.parametrize(
    ("told", "settled", "open_"),
    [
        (OrderTold("5", "N"), [now(discarded=True)], [now(), now("sent")]),
        (OrderTold("5", "D"), [now(discarded=True)], [now(), now("sent")]),
        (OrderTold("", "", True), [now("sent")], [now(), now("partlySent"), now("sent", discarded=True)]),
    ],
)
def test_what_is_listed_is_settled_when_a_person_did_it_in_the_shop(
    told: OrderTold, settled: list[ShopOrderNow], open_: list[ShopOrderNow]
) -> None:
    wish = wish_of(told, DEFAULT)
    assert [step_for(wish, one).do for one in settled] == [Do.DONE] * len(settled)
    assert [step_for(wish, one) for one in open_] == [
        Step(Do.LIST, wish.rule, wish.words, wish.remedy)
    ] * len(open_)


@pytest.mark.parametrize("wish", [Wish.UNKNOWN, Wish.NOTHING])
def test_what_is_not_understood_never_comes_near_the_shop(wish: Wish) -> None:
    with pytest.raises(ValueError, match="asks nothing of the shop"):
        step_for(WishFor(wish), now())


@given(CODES, CODES, st.booleans(), st.sampled_from(["sent", "unsent", "partlySent", "odd"]), st.booleans())
def test_without_the_opt_in_nothing_is_ever_cancelled(
    status: str, delivery: str, changed: bool, word: str, discarded: bool
) -> None:
    wish = wish_of(OrderTold(status, delivery, changed), DEFAULT)
    if wish.wish in (Wish.UNKNOWN, Wish.NOTHING):
        return
    assert step_for(wish, now(word, discarded=discarded)).do is not Do.CANCEL


TEMPLATES = {7: "https://tracking.example/find?id={tracking_number}&lang=sv"}


def test_an_address_needs_a_number_and_a_template_for_the_method() -> None:
    assert tracking_url(TEMPLATES, 7, "AB 12/3") == "https://tracking.example/find?id=AB%2012%2F3&lang=sv"
    assert tracking_url(TEMPLATES, 8, "AB123") is None
    assert tracking_url(TEMPLATES, None, "AB123") is None
    assert tracking_url(TEMPLATES, 7, "") is None


@given(
    st.text(min_size=1).filter(lambda text: text.isascii() or text.encode("utf-8", "ignore").decode() == text)
)
def test_whatever_the_number_holds_stays_in_its_place(number: str) -> None:
    address = tracking_url(TEMPLATES, 7, number)
    assert address is not None
    parts = urlsplit(address)
    assert (parts.scheme, parts.netloc, parts.path, parts.fragment) == (
        "https",
        "tracking.example",
        "/find",
        "",
    )
    assert parts.query.startswith("id=") and parts.query.endswith("&lang=sv")
    assert unquote(parts.query[3 : -len("&lang=sv")]) == number
