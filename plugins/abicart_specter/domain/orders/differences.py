"""What became of an order in the shop after it was sent: edited, cancelled or refunded (fault F10, F21).

Nothing is ever sent again by itself. Each difference says what to do in Specter, with its effect on the stock,
which the shop has corrected already and Specter has not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from abicart_specter.domain.money import shortest
from abicart_specter.domain.orders.change_words import (
    amount_words,
    apart,
    discount_words,
    payment_words,
    row_name,
)
from abicart_specter.domain.orders.content import snapshot
from abicart_specter.domain.orders.records import ShopOrder

ZERO = Decimal(0)

_BOOKED = "If the order is invoiced already, credit it instead: a booked invoice is never changed."


class ChangeKind(StrEnum):
    """What was done to an order in the shop."""

    EDITED = "edited"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs from what was sent. Holds nothing personal.

    ``stock`` is by how much more (or, below zero, less) of the product the shop has sold than Specter knows.
    """

    kind: ChangeKind
    what: str
    before: str
    after: str
    remedy: str
    product_number: str | None = None
    stock: Decimal = ZERO

    def as_document(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "kind": self.kind.value,
            "what": self.what,
            "before": self.before,
            "after": self.after,
            "remedy": self.remedy,
            "product_number": self.product_number,
            "stock": shortest(self.stock),
        }


def differences(before: Mapping[str, Any], order: ShopOrder, secret: bytes) -> list[Difference]:
    """What differs between the snapshot taken when the order was sent and the order as it is now.

    :param before: :func:`snapshot` of then; empty where the ledger no longer keeps it.
    :param secret: the key that the snapshot was made with.
    :returns: in reading order: cancelling, rows, costs, delivery, payments, buyer. Empty if nothing differs.
    """
    after = snapshot(order, secret)
    if before.get("version") != after["version"]:
        return [
            Difference(
                ChangeKind.EDITED,
                "order",
                "no longer kept",
                "changed",
                "Compare the order in the shop with the one in Specter by hand.",
            )
        ]
    cancelled = list(_cancelling(before, after))
    if after["discarded"]:
        # A cancelled order's payments are cancelled with it; its rows are undone as a whole.
        return [*cancelled, *_money_back(before, after, order.currency)]
    rows = list(_row_changes(before, after, order.currency))
    return [
        *cancelled,
        *rows,
        *_cost_changes(before, after, order.currency, goods=not rows),
        *_money_back(before, after, order.currency),
        *_other_changes(before, after),
    ]


def kind_of(found: list[Difference]) -> ChangeKind | None:
    """The gravest of what was found; ``None`` if nothing was."""
    kinds = {one.kind for one in found}
    return next(
        (one for one in (ChangeKind.CANCELLED, ChangeKind.REFUNDED, ChangeKind.EDITED) if one in kinds), None
    )


def _cancelling(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    if before["discarded"] == after["discarded"]:
        return
    if not after["discarded"]:
        yield Difference(
            ChangeKind.EDITED,
            "cancelling",
            "cancelled",
            "not cancelled",
            "The order lives again in the shop: look whether Specter has it, else send it again as a new order.",
        )
        return
    yield Difference(
        ChangeKind.CANCELLED,
        "order",
        "placed",
        "cancelled",
        f"Cancel the order in Specter, which gives its stock back. {_BOOKED}",
    )
    for row in before["rows"]:
        yield Difference(
            ChangeKind.CANCELLED,
            row_name(row),
            f"{row['quantity']} sold",
            "none",
            "Its stock is back in the shop; Specter gives it back when the order is cancelled there.",
            row["number"],
            -Decimal(row["quantity"]),
        )


def _row_changes(before: Mapping[str, Any], after: Mapping[str, Any], currency: str) -> Iterator[Difference]:
    old = {row["uid"]: row for row in before["rows"]}
    new = {row["uid"]: row for row in after["rows"]}
    for uid, row in old.items():
        if uid not in new:
            yield _stock_change(
                row, Decimal(row["quantity"]), ZERO, "removed", "Remove the row from", currency
            )
        else:
            yield from _row_change(row, new[uid], currency)
    for uid, row in new.items():
        if uid not in old:
            yield _stock_change(row, ZERO, Decimal(row["quantity"]), "added", "Add the row to", currency)


def _row_change(old: Mapping[str, Any], new: Mapping[str, Any], currency: str) -> Iterator[Difference]:
    had, has = Decimal(old["quantity"]), Decimal(new["quantity"])
    if had != has:
        yield _stock_change(new, had, has, "quantity", "Change the quantity on", currency)
    elif _amounts(old) != _amounts(new):
        yield Difference(
            ChangeKind.EDITED,
            f"{row_name(new)}: amount",
            amount_words(old, currency),
            amount_words(new, currency),
            f"Change price, discount or VAT of the row in Specter. {_BOOKED}",
            new["number"],
        )
    if old["choices_hash"] != new["choices_hash"]:
        yield _hidden(f"{row_name(new)}: what the buyer chose or entered", new["number"])


def _stock_change(
    row: Mapping[str, Any], had: Decimal, has: Decimal, what: str, remedy: str, currency: str
) -> Difference:
    return Difference(
        ChangeKind.EDITED,
        f"{row_name(row)}: {what}",
        shortest(had) if had else "none",
        f"{shortest(has)} for {amount_words(row, currency)}" if has else "none",
        f"{remedy} the order in Specter: until then its stock of this product is {apart(has - had)}. {_BOOKED}",
        row["number"],
        has - had,
    )


def _cost_changes(
    before: Mapping[str, Any], after: Mapping[str, Any], currency: str, *, goods: bool
) -> Iterator[Difference]:
    """:param goods: whether the sum of the goods is to be compared as well: no row explains it."""
    names = {"cart": "goods"} if goods else {}
    for name, words in (
        names | {"shipment": "delivery cost", "fee": "payment fee", "total": "total"}
    ).items():
        if _amounts(before[name]) != _amounts(after[name]):
            remedy = (
                "The rows above should explain it; the order in Specter must come to this total."
                if name == "total"
                else f"Change the row of the {words} in Specter. {_BOOKED}"
            )
            yield Difference(
                ChangeKind.EDITED,
                words,
                amount_words(before[name], currency),
                amount_words(after[name], currency),
                remedy,
            )
    if before["discount"] != after["discount"]:
        yield Difference(
            ChangeKind.EDITED,
            "discount on the order",
            discount_words(before["discount"], currency),
            discount_words(after["discount"], currency),
            f"Change the discount's rows in Specter. {_BOOKED}",
        )


def _money_back(before: Mapping[str, Any], after: Mapping[str, Any], currency: str) -> Iterator[Difference]:
    """Other payments than before. Less than before, one way or the other, is a refund."""
    had, has = _living(before), _living(after)
    if had == has:
        return
    less = sum((amount for _, amount in has), ZERO) < sum((amount for _, amount in had), ZERO)
    living = ChangeKind.REFUNDED if less else ChangeKind.EDITED
    if after["discarded"]:
        remedy = "Covered when the order is cancelled or credited; see to it that money paid goes back."
    elif less:
        remedy = "Credit the difference in Specter by hand; nothing is credited by itself."
    elif {method for method, _ in had} == {method for method, _ in has}:
        remedy = "Nothing, when the order in Specter comes to the new total; of a gift card, correct its row."
    else:
        remedy = "Correct the order's payment code, and the rows of gift cards, in Specter."
    yield Difference(
        ChangeKind.CANCELLED if after["discarded"] else living,
        "payments",
        payment_words(had, currency),
        payment_words(has, currency),
        remedy,
    )


def _other_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    if before["currency"] != after["currency"]:
        yield Difference(
            ChangeKind.EDITED,
            "currency",
            before["currency"],
            after["currency"],
            "Correct the order in Specter by hand.",
        )
    if before["delivery_method"] != after["delivery_method"]:
        yield Difference(
            ChangeKind.EDITED,
            "delivery method",
            str(before["delivery_method"] or "none"),
            str(after["delivery_method"] or "none"),
            "Change the delivery method in Specter before it is delivered.",
        )
    if before["buyer_hash"] != after["buyer_hash"]:
        yield _hidden("buyer or addresses")


def _hidden(what: str, product_number: str | None = None) -> Difference:
    return Difference(
        ChangeKind.EDITED,
        what,
        "as sent",
        "changed",
        "Look at the order in the shop and correct it in Specter; personal data are not shown here.",
        product_number,
    )


def _living(document: Mapping[str, Any]) -> list[tuple[int, Decimal]]:
    """(method, amount) of the payments that did not come to nothing."""
    return sorted((one["method"], Decimal(one["amount"])) for one in document["payments"] if one["alive"])


def _amounts(cost: Mapping[str, Any]) -> tuple[Any, ...]:
    return cost["inc"], cost["ex"], cost["rate"], cost.get("discount")
