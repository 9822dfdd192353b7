"""Every order, product and value stands somewhere, and only what has no reason is unexplained."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abicart_specter.domain.reconcile.orders import (
    ORDER_COLUMNS,
    OrderDays,
    OrderSeen,
    Scanned,
    explain_order,
)
from abicart_specter.domain.reconcile.products import ProductSeen, explain_product
from abicart_specter.domain.reconcile.standing import Reason, Standing
from abicart_specter.domain.reconcile.values import edited_in_shop, explain_change, same_value
from abicart_specter.domain.records import Outcome

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
SCANNED = Scanned(to=NOW - HOUR, overlap=timedelta(minutes=10))


def order(
    state: str | None, *, ago: timedelta = 5 * HOUR, since: timedelta = 2 * HOUR, rule: str = ""
) -> OrderSeen:
    return OrderSeen("1001", NOW - ago, state, NOW - since, rule, "Why it is so.", "What to do.")


@pytest.mark.parametrize("state", ["sent", "linked"])
def test_an_order_in_specter_needs_no_reason(state: str) -> None:
    assert explain_order(order(state), SCANNED, NOW) == Reason(Standing(state))


@pytest.mark.parametrize("state", ["held", "excluded", "unconfirmed", "failed"])
def test_the_ledgers_reason_is_told(state: str) -> None:
    found = explain_order(order(state, rule="no_number"), SCANNED, NOW)
    assert found == Reason(Standing(state), "no_number", "Why it is so.", "What to do.")
    assert explain_order(order(state), SCANNED, NOW).rule == state


@pytest.mark.parametrize("state", ["new", "intent"])
def test_an_order_that_runs_pass_by_is_not_waiting_for_ever(state: str) -> None:
    assert explain_order(order(state, since=24 * HOUR), SCANNED, NOW).standing is Standing.WAITING
    late = order(state, since=24 * HOUR + timedelta(seconds=1))
    assert explain_order(late, SCANNED, NOW).rule == "not_taken_up"
    by_hand = Scanned(SCANNED.to, SCANNED.overlap, by_hand=True)
    assert explain_order(late, by_hand, NOW).standing is Standing.WAITING


def test_an_order_that_is_not_recorded_waits_only_where_nothing_was_read_yet() -> None:
    assert SCANNED.to is not None
    edge = NOW - (SCANNED.to - SCANNED.overlap)
    unread = explain_order(order(None, ago=edge), SCANNED, NOW)
    read = explain_order(order(None, ago=edge + timedelta(seconds=1)), SCANNED, NOW)
    assert (unread.standing, read.standing) == (Standing.WAITING, Standing.UNEXPLAINED)
    assert read.rule == "not_in_ledger"
    assert explain_order(order(None), Scanned(None, SCANNED.overlap), NOW).standing is Standing.WAITING
    off = explain_order(order(None), Scanned(SCANNED.to, SCANNED.overlap, off="It is off."), NOW)
    assert (off.standing, off.rule, off.words) == (Standing.WAITING, "export_off", "It is off.")


@given(st.lists(st.tuples(st.integers(0, 500_000), st.sampled_from(Standing))))
def test_each_days_orders_add_up(orders: list[tuple[int, Standing]]) -> None:
    days = OrderDays()
    for minutes, standing in orders:
        days.add(NOW + timedelta(minutes=minutes), standing)
    rows = list(days.rows())
    assert all(len(row) == len(ORDER_COLUMNS) for row in rows)
    assert all(row[1] == sum(int(str(one)) for one in row[2:]) for row in rows)
    assert rows[-1][:2] == ("all", len(orders))
    assert sum(int(str(row[1])) for row in rows[:-1]) == len(orders)
    assert [row[0] for row in rows[:-1]] == sorted({str(row[0]) for row in rows[:-1]}, reverse=True)


def test_a_day_is_a_day_in_sweden() -> None:
    days = OrderDays()
    assert days.add(datetime(2026, 3, 1, 22, 59, tzinfo=UTC), Standing.SENT) == date(2026, 3, 1)
    assert days.add(datetime(2026, 3, 1, 23, 0, tzinfo=UTC), Standing.SENT) == date(2026, 3, 2)
    assert days.add(datetime(2026, 7, 1, 22, 0, tzinfo=UTC), Standing.SENT) == date(2026, 7, 2)


FLAGGED = {"number_doubled": ("Two have it.", "Change one.")}


@pytest.mark.parametrize(
    ("product", "standing", "rule"),
    [
        (ProductSeen("A-1", True, "A-1"), Standing.SENT, ""),
        (ProductSeen("A-1", True), Standing.SENT, ""),
        (ProductSeen("A-1", True, "A-2"), Standing.SENT, "renumbered"),
        (ProductSeen(None, True, "A-2"), Standing.SENT, "number_lost"),
        (ProductSeen("", True, "A-2"), Standing.SENT, "number_lost"),
        (ProductSeen("A-1", True, "A-1", flagged=FLAGGED), Standing.SENT, "later_values_held"),
        (ProductSeen("A-1", False, begun=True), Standing.UNCONFIRMED, "answer_lost"),
        (ProductSeen("A-1", False, outcome=Outcome.HELD, rule="no_vat"), Standing.HELD, "no_vat"),
        (
            ProductSeen("A-1", False, outcome=Outcome.EXCLUDED, rule="not_wanted"),
            Standing.EXCLUDED,
            "not_wanted",
        ),
        (ProductSeen("A-1", False, outcome=Outcome.FAILED), Standing.FAILED, "failed"),
        (ProductSeen("A-1", False, outcome=Outcome.UNCONFIRMED), Standing.UNCONFIRMED, "unconfirmed"),
        (ProductSeen("A-1", False, outcome=Outcome.SENT), Standing.UNEXPLAINED, "no_record"),
        (ProductSeen("A-1", False, outcome=Outcome.UNCHANGED), Standing.UNEXPLAINED, "no_record"),
        (ProductSeen("A-1", False, flagged=FLAGGED), Standing.HELD, "number_doubled"),
        (ProductSeen("A-1", False), Standing.WAITING, "not_exported_yet"),
    ],
)
def test_where_a_product_stands(product: ProductSeen, standing: Standing, rule: str) -> None:
    found = explain_product(product)
    assert (found.standing, found.rule) == (standing, rule)


def test_a_held_product_without_a_remedy_takes_that_of_its_finding() -> None:
    product = ProductSeen(
        "A-1", False, outcome=Outcome.HELD, rule="number_doubled", reason="No.", flagged=FLAGGED
    )
    assert explain_product(product) == Reason(Standing.HELD, "number_doubled", "No.", "Change one.")


@pytest.mark.parametrize(
    ("state", "more", "standing", "rule"),
    [
        ("waiting", {}, Standing.WAITING, "waits_for_approval"),
        ("refused", {}, Standing.HELD, "refused"),
        ("refused", {"told_since": True}, Standing.HELD, "refused"),
        ("failed", {}, Standing.FAILED, "not_written"),
        ("writing", {}, Standing.UNCONFIRMED, "answer_lost"),
        ("voided", {}, Standing.WAITING, "changed_since"),
        ("planned", {"approved": True}, Standing.WAITING, "being_written"),
        ("planned", {}, Standing.UNEXPLAINED, "not_settled_planned"),
        ("planned", {"told_since": True}, Standing.WAITING, "told_since"),
        ("applied", {}, Standing.UNEXPLAINED, "not_settled_applied"),
        ("applied", {"told_since": True}, Standing.WAITING, "told_since"),
        (None, {"held_rule": "vat_read_only"}, Standing.HELD, "vat_read_only"),
        (None, {"told_since": True}, Standing.WAITING, "told_since"),
        (None, {}, Standing.UNEXPLAINED, "not_settled"),
    ],
)
def test_why_a_told_value_is_not_in_the_shop(
    state: str | None, more: dict[str, object], standing: Standing, rule: str
) -> None:
    facts = {"told_since": False, "held_rule": "", "approved": False} | more
    found = explain_change(state, "Words.", **facts)  # type: ignore[arg-type]
    assert (found.standing, found.rule) == (standing, rule)
    assert found.words


@given(st.decimals(min_value=0, max_value=99_999, places=2), st.integers(0, 3))
def test_numbers_are_equal_however_they_are_written(number: Decimal, zeros: int) -> None:
    assert same_value("price", str(number), f"{number}{'0' * zeros}")
    assert not same_value("price", str(number), str(number + Decimal("0.01")))


def test_texts_are_equal_by_what_can_be_read() -> None:
    assert same_value("name", "Tröja  röd", "Tröja röd")
    assert same_value("name", None, "")
    assert not same_value("name", "Tröja", None)
    assert not same_value("name", "10", "10.0")
    assert not same_value("price", "10", "dyrt")


def test_an_edit_in_the_shop_is_explained_by_who_is_master() -> None:
    held = Reason(Standing.HELD, "number_doubled")
    assert edited_in_shop("price", specter_is_master=True, held=held).rule == "edited_in_shop"
    assert edited_in_shop("price", specter_is_master=False, held=None).rule == "changed_since_sent"
    assert edited_in_shop("price", specter_is_master=False, held=held) is held
