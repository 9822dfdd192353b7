"""What matters of an order once it was sent, and what differs afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domain.orders.order_cases import (
    MAPPING,
    PRIVATE,
    SECRET,
    article,
    cost,
    customer,
    document,
    leaks,
    order,
    row,
)

from abicart_specter.domain.orders.content import content_hash, snapshot
from abicart_specter.domain.orders.differences import ChangeKind, Difference, differences, kind_of
from abicart_specter.domain.orders.read_order import read_order
from abicart_specter.domain.orders.records import ShopOrder

Document = dict[str, Any]
Edit = Callable[[Document], None]


def edited(*edits: Edit) -> ShopOrder:
    shown = document(
        items=[row(), row(uid=70002, choices={"2001": "3003", "quantity": 1}, articleNumber="ART-001-L")]
    )
    for edit in edits:
        edit(shown)
    return read_order(shown, MAPPING.names)


BEFORE = edited()
SENT = snapshot(BEFORE, SECRET)


def found(*edits: Edit) -> list[Difference]:
    return differences(SENT, edited(*edits), SECRET)


def put(*path: Any, to: Any) -> Edit:
    """An edit that sets one value."""

    def edit(shown: Document) -> None:
        inner: Any = shown
        for part in path[:-1]:
            inner = inner[part]
        inner[path[-1]] = to

    return edit


def remove_row(shown: Document) -> None:
    del shown["items"][1]


def add_row(shown: Document) -> None:
    shown["items"].append(row(uid=70003, choices={"2001": "3002", "quantity": 3}))


def reorder(shown: Document) -> None:
    shown["items"].reverse()


def add_payment(amount: str, method: int = 9901) -> Edit:
    payment = {"uid": 8809, "method": method, "status": "paid", "amount": Decimal(amount)}
    return lambda shown: shown["payments"].append(payment)


NOTHING: dict[str, Edit] = {
    "note": put("note", to=PRIVATE["note"]),
    "mark": put("externalOrderNumber", to="5512"),
    "time": put("changed", to="2026-06-01T00:00:00Z"),
    "paid": put("paymentStatus", to="paid"),
    "sent": put("deliveryStatus", to="sent"),
    "payment is paid": put("payments", 0, "status", to="paid"),
    "reference": put("payments", 0, "externalRef", to="REF"),
    "a failed attempt": lambda shown: shown["payments"].append(
        {"uid": 1, "method": 9902, "status": "error", "amount": 447}
    ),
    "order of rows": reorder,
    "a number written otherwise": put("items", 0, "costs", "total", "incVat", to=Decimal("398.00")),
    "uids as text": put("items", 0, "uid", to="70001"),
    "a renumbered product": put("items", 0, "article", to=article(articleNumber="X-1")),
    "a product that is gone": put("items", 0, "article", to=1001),
    "a product that is gone altogether": put("items", 0, "article", to=None),
    "quantity elsewhere": put("items", 0, "choices", to={"2001": 3002, "quantity": Decimal("2.0")}),
    "language of the name": put("items", 0, "articleName", to="Blue cap"),
    "custom fields in another shape": put("customer", "custom", to={"Portkod": PRIVATE["custom"]}),
}

EDITS: dict[str, tuple[Edit, ChangeKind, str]] = {
    "row removed": (remove_row, ChangeKind.EDITED, "row 70002, product 'ART-001-L': removed"),
    "row added": (add_row, ChangeKind.EDITED, "row 70003, product 'ART-001-M': added"),
    "quantity": (
        put("items", 0, "choices", "quantity", to=5),
        ChangeKind.EDITED,
        "row 70001, product 'ART-001-M': quantity",
    ),
    "price": (
        put("items", 0, "costs", "total", to=cost("300")),
        ChangeKind.EDITED,
        "row 70001, product 'ART-001-M': amount",
    ),
    "VAT": (
        put("items", 0, "costs", "total", to=cost("398", "0.12")),
        ChangeKind.EDITED,
        "row 70001, product 'ART-001-M': amount",
    ),
    "discount on a row": (
        put("items", 0, "discountInfo", to={"incVat": 10, "exVat": 8}),
        ChangeKind.EDITED,
        "row 70001, product 'ART-001-M': amount",
    ),
    "goods": (put("costs", "cart", to=cost("397")), ChangeKind.EDITED, "goods"),
    "freight": (put("costs", "shipment", to=cost("59")), ChangeKind.EDITED, "delivery cost"),
    "fee": (put("costs", "payment", to=cost("29")), ChangeKind.EDITED, "payment fee"),
    "total": (put("costs", "total", to=cost("400")), ChangeKind.EDITED, "total"),
    "discount": (put("discount", to={"incVat": 20, "exVat": 16}), ChangeKind.EDITED, "discount on the order"),
    "delivery": (put("delivery", to={"method": 4412}), ChangeKind.EDITED, "delivery method"),
    "paid more": (add_payment("53"), ChangeKind.EDITED, "payments"),
    "paid otherwise": (put("payments", 0, "method", to=9902), ChangeKind.EDITED, "payments"),
    "paid back by a row": (add_payment("-100"), ChangeKind.REFUNDED, "payments"),
    "paid back by a lower amount": (
        put("payments", 0, "amount", to=Decimal(347)),
        ChangeKind.REFUNDED,
        "payments",
    ),
    "payment cancelled": (put("payments", 0, "status", to="cancelled"), ChangeKind.REFUNDED, "payments"),
    "cancelled": (put("discarded", to=True), ChangeKind.CANCELLED, "order"),
    "street": (
        put("customer", "address", "address", to="Nya gatan 2"),
        ChangeKind.EDITED,
        "buyer or addresses",
    ),
    "e-mail": (put("customer", "info", "email", to="ny@example.se"), ChangeKind.EDITED, "buyer or addresses"),
    "another delivery address": (
        put("customer", "deliveryAddress", to={"copyAddress": False, "name": "Lo Ek"}),
        ChangeKind.EDITED,
        "buyer or addresses",
    ),
    "checkout field": (put("customer", "custom", to=[]), ChangeKind.EDITED, "buyer or addresses"),
    "engraving": (
        put("items", 0, "choices", "2009", to=PRIVATE["text"]),
        ChangeKind.EDITED,
        "row 70001, product 'ART-001-M': what the buyer chose or entered",
    ),
}


@pytest.mark.parametrize("edit", NOTHING.values(), ids=NOTHING)
def test_what_does_not_matter_changes_nothing(edit: Edit) -> None:
    after = edited(edit)
    assert content_hash(after) == content_hash(BEFORE)
    assert differences(SENT, after, SECRET) == []


@pytest.mark.parametrize(("edit", "kind", "what"), EDITS.values(), ids=EDITS)
def test_what_matters_is_found_and_named(edit: Edit, kind: ChangeKind, what: str) -> None:
    after = edited(edit)
    assert content_hash(after) != content_hash(BEFORE)
    listed = differences(SENT, after, SECRET)
    assert what in [one.what for one in listed]
    assert kind_of(listed) is kind
    assert all(one.before != one.after and one.remedy for one in listed)
    assert leaks(*(json.dumps(one.as_document()) for one in listed)) == []


@given(st.lists(st.sampled_from([*NOTHING.values(), *(edit for edit, _, _ in EDITS.values())]), max_size=5))
def test_a_hash_that_differs_is_always_explained_and_only_then(edits: list[Edit]) -> None:
    if edits.count(remove_row) > 1 or edits.count(add_row) > 1:
        edits = [edit for edit in edits if edit not in (remove_row, add_row)]
    edits = sorted(edits, key=lambda edit: edit in (remove_row, reorder))
    if sum(1 for edit in edits if edit.__name__ in ("<lambda>",)) > 1:
        edits = [edit for edit in edits if edit.__name__ != "<lambda>"]
    after = edited(*edits)
    listed = differences(SENT, after, SECRET)
    assert bool(listed) is (content_hash(after) != content_hash(BEFORE))
    assert snapshot(after, SECRET) == json.loads(json.dumps(snapshot(after, SECRET)))


def test_the_effect_on_the_stock_is_told() -> None:
    (removed,) = found(remove_row)
    assert (removed.product_number, removed.stock) == ("ART-001-L", -1)
    assert (removed.before, removed.after) == ("1", "none")
    assert "1 too low" in removed.remedy
    (added,) = found(add_row)
    assert (added.product_number, added.stock) == ("ART-001-M", 3)
    assert "3 too high" in added.remedy
    (more,) = found(put("items", 0, "choices", "quantity", to=Decimal("2.5")))
    assert (more.before, more.stock) == ("2", Decimal("0.5"))
    assert more.after.startswith("2.5 for 398.00 SEK with VAT (318.40 without, 25 %)")


def test_a_cancelled_order_names_every_product_with_its_stock() -> None:
    listed = found(put("discarded", to=True), put("payments", 0, "status", to="cancelled"))
    assert [(one.kind, one.product_number, one.stock) for one in listed] == [
        (ChangeKind.CANCELLED, None, 0),
        (ChangeKind.CANCELLED, "ART-001-M", -2),
        (ChangeKind.CANCELLED, "ART-001-L", -1),
        (ChangeKind.CANCELLED, None, 0),
    ]
    assert listed[-1].what == "payments"


def test_a_cancelling_that_is_taken_back() -> None:
    cancelled = snapshot(edited(put("discarded", to=True)), SECRET)
    listed = differences(cancelled, BEFORE, SECRET)
    assert [(one.what, one.after) for one in listed] == [("cancelling", "not cancelled")]


def test_a_refund_shows_both_amounts() -> None:
    (listed,) = found(add_payment("-100"))
    assert listed.before == "447.00 SEK by payment method 9901"
    assert listed.after == "-100.00 SEK by payment method 9901, 447.00 SEK by payment method 9901"


def test_rows_that_explain_the_goods_are_listed_alone() -> None:
    listed = found(
        put("items", 0, "costs", "total", to=cost("300")),
        put("costs", "cart", to=cost("300")),
        put("costs", "total", to=cost("349")),
    )
    assert [one.what for one in listed] == ["row 70001, product 'ART-001-M': amount", "total"]


@pytest.mark.parametrize("kept", [{}, {"version": 0}])
def test_a_snapshot_that_is_no_longer_kept(kept: dict[str, Any]) -> None:
    (listed,) = differences(kept, BEFORE, SECRET)
    assert (listed.kind, listed.before) == (ChangeKind.EDITED, "no longer kept")


def test_the_snapshot_holds_nothing_personal_and_survives_json() -> None:
    full = edited(put("note", to=PRIVATE["note"]), put("items", 0, "choices", "2009", to=PRIVATE["text"]))
    kept = snapshot(full, SECRET)
    assert leaks(json.dumps(kept, ensure_ascii=False)) == []
    assert differences(json.loads(json.dumps(kept)), full, SECRET) == []
    assert snapshot(full, b"another")["buyer_hash"] != kept["buyer_hash"]


def test_the_hash_is_stable() -> None:
    # Stored in ledgers: it may not change with a version of this program.
    assert content_hash(order()) == ("592c7fc27c3d6969022bec3e683687ba4e55469f4c86299f606ee1d9e350f103")


def test_an_order_without_a_customer_has_a_hash_too() -> None:
    assert len(content_hash(order(customer={**customer(), "info": {}, "address": {}}))) == 64
