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
    return [
        *cancelled,
        *_row_changes(before, after, order.currency),
        *_cost_changes(before, after, order.currency),
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
            _row_name(row),
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
            f"{_row_name(new)}: amount",
            _amount_words(old, currency),
            _amount_words(new, currency),
            f"Change price, discount or VAT of the row in Specter. {_BOOKED}",
            new["number"],
        )


def _stock_change(
    row: Mapping[str, Any], had: Decimal, has: Decimal, what: str, remedy: str, currency: str
) -> Difference:
    return Difference(
        ChangeKind.EDITED,
        f"{_row_name(row)}: {what}",
        shortest(had) if had else "none",
        f"{shortest(has)} for {_amount_words(row, currency)}" if has else "none",
        f"{remedy} the order in Specter: until then its stock of this product is {_apart(has - had)}. {_BOOKED}",
        row["number"],
        has - had,
    )


def _apart(delta: Decimal) -> str:
    return f"{shortest(abs(delta))} too {'high' if delta > 0 else 'low'}"


def _cost_changes(before: Mapping[str, Any], after: Mapping[str, Any], currency: str) -> Iterator[Difference]:
    for name, words in (("shipment", "delivery cost"), ("fee", "payment fee"), ("total", "total")):
        if _amounts(before[name]) != _amounts(after[name]):
            remedy = (
                "The rows above should explain it; the order in Specter must come to this total."
                if name == "total"
                else f"Change the row of the {words} in Specter. {_BOOKED}"
            )
            yield Difference(
                ChangeKind.EDITED,
                words,
                _amount_words(before[name], currency),
                _amount_words(after[name], currency),
                remedy,
            )
    if before["discount"] != after["discount"]:
        yield Difference(
            ChangeKind.EDITED,
            "discount on the order",
            _discount_words(before["discount"], currency),
            _discount_words(after["discount"], currency),
            f"Change the discount's rows in Specter. {_BOOKED}",
        )


def _money_back(before: Mapping[str, Any], after: Mapping[str, Any], currency: str) -> Iterator[Difference]:
    """Less paid than before: a payment below zero, lowered, taken away, or cancelled in an order that lives."""
    had, has = _living(before), _living(after)
    if sum(has.values(), ZERO) < sum(had.values(), ZERO):
        yield Difference(
            ChangeKind.REFUNDED if not after["discarded"] else ChangeKind.CANCELLED,
            "payments",
            f"{_money(sum(had.values(), ZERO))} {currency}",
            f"{_money(sum(has.values(), ZERO))} {currency}",
            "Credit the difference in Specter by hand; nothing is credited by itself.",
        )
    elif sum(has.values(), ZERO) > sum(had.values(), ZERO):
        yield Difference(
            ChangeKind.EDITED,
            "payments",
            f"{_money(sum(had.values(), ZERO))} {currency}",
            f"{_money(sum(has.values(), ZERO))} {currency}",
            "Look whether the order in Specter still says how it is paid.",
        )
    methods = (sorted({method for method, _ in had}), sorted({method for method, _ in has}))
    if methods[0] != methods[1] and methods[1] and not after["discarded"]:
        yield Difference(
            ChangeKind.EDITED,
            "payment methods",
            ", ".join(map(str, methods[0])) or "none",
            ", ".join(map(str, methods[1])),
            "Correct the order's payment code, and the rows of gift cards, in Specter.",
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
    for name, what in (
        ("buyer_hash", "buyer or addresses"),
        ("choices_hash", "what the buyer chose or entered"),
    ):
        if before[name] != after[name]:
            yield Difference(
                ChangeKind.EDITED,
                what,
                "as sent",
                "changed",
                "Look at the order in the shop and correct it in Specter; personal data are not shown here.",
            )


def _living(document: Mapping[str, Any]) -> dict[tuple[int, int], Decimal]:
    return {
        (one["method"], one["uid"]): Decimal(one["amount"]) for one in document["payments"] if one["alive"]
    }


def _amounts(cost: Mapping[str, Any]) -> tuple[Any, ...]:
    return cost["inc"], cost["ex"], cost["rate"], cost.get("discount")


def _row_name(row: Mapping[str, Any]) -> str:
    number = f"product {row['number']!r}" if row["number"] else "without product"
    return f"row {row['uid']}, {number}"


def _amount_words(cost: Mapping[str, Any], currency: str) -> str:
    rate = shortest(Decimal(cost["rate"]) * 100)
    return f"{_money(Decimal(cost['inc']))} {currency} with VAT ({_money(Decimal(cost['ex']))} without, {rate} %)"


def _money(value: Decimal) -> str:
    """Two decimals at least, more where there are more."""
    text = shortest(value)
    decimals = len(text.partition(".")[2])
    return text if decimals >= 2 else format(value, ".2f")


def _discount_words(discount: Mapping[str, Any] | None, currency: str) -> str:
    if discount is None:
        return "none"
    if discount["inc"] is not None:
        return f"{_money(Decimal(discount['inc']))} {currency} with VAT"
    if discount["ex"] is not None:
        return f"{_money(Decimal(discount['ex']))} {currency} without VAT"
    return f"{shortest(Decimal(discount['rate'] or 0) * 100)} %"
