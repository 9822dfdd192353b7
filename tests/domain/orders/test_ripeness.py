"""When an order may go (rule 8)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.domain.orders.order_cases import cost, document, order, shop

from abicart_specter.domain.orders.ripeness import not_ripe


def payment(status: str, amount: int = 447, method: int = 9901, uid: int = 1) -> dict[str, Any]:
    return {"uid": uid, "method": method, "status": status, "amount": amount}


def why(wanted: str, *payments: dict[str, Any], **changes: Any) -> str:
    settings = shop(orders={"ripe": {"otherwise": wanted, "payment_methods": changes.pop("methods", {})}})
    return not_ripe(order(payments=list(payments), **changes), settings)


STATUSES = ("prepared", "planned", "unpaid", "pending", "reserved", "paid")


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize(
    ("wanted", "enough"),
    [("placed", STATUSES), ("reserved", ("reserved", "paid")), ("paid", ("paid",))],
)
def test_a_payment_must_have_come_as_far_as_the_setting_asks(
    status: str, wanted: str, enough: tuple[str, ...]
) -> None:
    words = why(wanted, payment(status))
    assert (words == "") is (status in enough)
    if words:
        assert words.startswith("awaiting payment: ")
        assert "9901" in words
        assert wanted in words


@pytest.mark.parametrize("status", ["Paid", "PAID"])
def test_words_count_whatever_their_case(status: str) -> None:
    assert why("paid", payment(status)) == ""
    assert why("paid", payment("planned"), paymentStatus=status) == ""


def test_every_payment_must_have_come_so_far() -> None:
    card = payment("paid", 100, 9905, 2)
    assert why("paid", payment("reserved", 347), card) != ""
    assert why("paid", payment("paid", 347), card) == ""
    assert why("paid", payment("cancelled", 347), payment("paid", 347, 9902, 3), card) == ""


def test_a_method_of_its_own() -> None:
    assert why("placed", payment("planned"), methods={9901: "paid"}) != ""
    assert why("paid", payment("planned"), methods={9901: "placed"}) == ""
    assert why("paid", payment("planned"), methods={9902: "placed"}) != ""


def test_an_order_that_costs_nothing_is_paid() -> None:
    free = document()["costs"] | {"total": cost("0")}
    assert why("paid", costs=free) == ""
    assert why("paid", payment("planned", 0), costs=free) == ""


def test_an_order_paid_by_gift_cards_alone_is_paid() -> None:
    assert why("paid", payment("paid", 447, 9905)) == ""


@pytest.mark.parametrize("payments", [[], [payment("cancelled")], [payment("error")]])
def test_an_order_without_a_living_payment_waits_unless_placed_is_enough(
    payments: list[dict[str, Any]],
) -> None:
    assert why("placed", *payments) == ""
    assert why("reserved", *payments) != ""
    assert why("paid", *payments) != ""


def test_the_orders_own_word_for_reserved_counts_where_payments_say_nothing() -> None:
    assert why("reserved", payment(""), paymentStatus="Reserved") == ""
    assert why("paid", payment(""), paymentStatus="Reserved") != ""
