"""What an order's status in Specter asks of the shop's order (rule 35). Pure; payments do not occur here.

Two steps. :func:`wish_of` reads Specter's codes with the shop's settings, whatever the shop looks like.
:func:`step_for` looks at the shop's order as it is now and says whether to write, or why not. Only a known code is ever
acted on, what contradicts itself never is, and nothing is ever taken back: an order sent in the shop stays sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote

from abicart_specter.settings.imports import StatusSettings


class Delivery(StrEnum):
    """How far the shop's order is delivered, by the shop's own word."""

    SENT = "sent"
    PARTLY = "partly"
    UNSENT = "unsent"


_WORDS = {
    Delivery.SENT: ("sent", "shipped", "delivered"),
    Delivery.PARTLY: ("partlysent", "partlyshipped", "partlydelivered"),
    Delivery.UNSENT: ("", "unsent", "notsent"),
}
"""Abicart reference 10 #18: "sent" and "unsent" are official; "shipped" is seen for suborders; the rest is inferred."""
_BY_WORD = {word: delivery for delivery, words in _WORDS.items() for word in words}


class Wish(StrEnum):
    """What Specter's status asks for."""

    SENT = "sent"
    CANCELLED = "cancelled"
    LISTED = "listed"
    """Known, and for people: no write."""
    UNKNOWN = "unknown"
    """Codes that nobody has explained yet."""
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class OrderTold:
    """What Specter told of one of its orders, over all batches.

    :param status_id: newest; empty if never told. So ``delivery_status``.
    :param deliveries_changed: Specter has said at least once that its deliveries changed.
    :param tracking_number: newest; empty if there is none.
    """

    status_id: str = ""
    delivery_status: str = ""
    deliveries_changed: bool = False
    tracking_number: str = ""

    @property
    def codes(self) -> str:
        """For people: both codes."""
        return f"statusId {self.status_id or 'none'}, deliveryStatus {self.delivery_status or 'none'}"


@dataclass(frozen=True, slots=True)
class WishFor:
    """A wish with the rule it came from and, unless it is clear, words and a remedy for people.

    :param settled_by: of what is listed: the state of the shop's order (``SENT`` or ``CANCELLED``) with which a person
        has dealt with it.
    """

    wish: Wish
    rule: str = ""
    words: str = ""
    remedy: str = ""
    settled_by: Wish | None = None


@dataclass(frozen=True, slots=True)
class ShopOrderNow:
    """The shop's order as it is now. ``delivery_status`` in the shop's own word."""

    discarded: bool
    delivery_status: str
    delivery_method: int | None


class Do(StrEnum):
    """What to do with the shop's order."""

    MARK_SENT = "mark_sent"
    CANCEL = "cancel"
    DONE = "done"
    """The shop's order is already as Specter says."""
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Step:
    """What to do, and for ``LIST`` why nothing is done and what a person can do."""

    do: Do
    rule: str = ""
    words: str = ""
    remedy: str = ""


def wish_of(told: OrderTold, settings: StatusSettings) -> WishFor:
    """Read Specter's codes. Cancelled goes before delivered, both together are for a person."""
    delivered = told.delivery_status in settings.delivered_codes
    partly = not delivered and (
        told.delivery_status in settings.partly_delivered_codes or told.deliveries_changed
    )
    if told.status_id in settings.cancelled_codes:
        return _cancelled(settings, "delivered" if delivered else "partly delivered" if partly else "")
    if delivered:
        if settings.mark_delivered:
            return WishFor(Wish.SENT, "delivered")
        return WishFor(
            Wish.LISTED,
            "delivered_not_written",
            "delivered in Specter; status.mark_delivered is off",
            "Mark the order as sent in the shop, or switch status.mark_delivered on.",
            Wish.SENT,
        )
    if partly:
        return _partly(settings)
    unknown = _unknown_codes(told, settings)
    if not unknown:
        return WishFor(Wish.NOTHING)
    return WishFor(
        Wish.UNKNOWN,
        "status_code_unknown",
        f"Specter tells {unknown}, which no setting explains",
        "Look the order up in Specter and see what the code means; then enter it in the status settings.",
    )


def _cancelled(settings: StatusSettings, delivery: str) -> WishFor:
    if delivery:
        return WishFor(
            Wish.LISTED,
            "cancelled_and_delivered",
            f"cancelled in Specter, and {delivery} as well",
            "Look at both: cancel or credit the order in the shop by hand if nothing of it is to be kept.",
            Wish.CANCELLED,
        )
    if settings.write_cancelled:
        return WishFor(Wish.CANCELLED, "cancelled")
    return WishFor(
        Wish.LISTED,
        "cancelled_in_specter",
        "cancelled in Specter; the shop's order lives on",
        "Cancel the order in the shop, which tells the payment provider, or see why Specter's was cancelled. "
        "status.write_cancelled would do the former by itself.",
        Wish.CANCELLED,
    )


def _partly(settings: StatusSettings) -> WishFor:
    if settings.partly_delivered == "sent" and settings.mark_delivered:
        return WishFor(Wish.SENT, "partly_delivered_as_sent")
    return WishFor(
        Wish.LISTED,
        "partly_delivered",
        "a part of it was delivered; Specter does not say which rows",
        "Tell the buyer from the shop if need be; the order is marked as sent when the rest is delivered.",
        Wish.SENT,
    )


def _unknown_codes(told: OrderTold, settings: StatusSettings) -> str:
    unknown = []
    if told.status_id and told.status_id not in settings.other_status_codes:
        unknown.append(f"statusId “{told.status_id}”")
    if told.delivery_status and told.delivery_status not in settings.other_delivery_codes:
        unknown.append(f"deliveryStatus “{told.delivery_status}”")
    return " and ".join(unknown)


def delivery_of(word: str) -> Delivery | None:
    """What the shop's ``deliveryStatus`` says; ``None`` for a word that is not known."""
    return _BY_WORD.get("".join(char for char in word.casefold() if char.isalnum()))


def step_for(wish: WishFor, now: ShopOrderNow) -> Step:
    """What to do with the shop's order. What is only listed never becomes a write, but may be settled by now.

    :raises ValueError: a wish that asks nothing of the shop.
    """
    delivery = delivery_of(now.delivery_status)
    if wish.wish is Wish.SENT:
        return _to_sent(now, delivery)
    if wish.wish is Wish.CANCELLED:
        return _to_cancelled(now, delivery)
    if wish.wish is Wish.LISTED:
        sent = delivery is Delivery.SENT and not now.discarded
        settled = {Wish.SENT: sent, Wish.CANCELLED: now.discarded}.get(wish.settled_by or Wish.NOTHING, False)
        return Step(Do.DONE) if settled else Step(Do.LIST, wish.rule, wish.words, wish.remedy)
    raise ValueError(f"{wish.wish.value} asks nothing of the shop")


def _to_sent(now: ShopOrderNow, delivery: Delivery | None) -> Step:
    if now.discarded:
        return Step(
            Do.LIST,
            "delivered_but_cancelled_in_shop",
            "delivered in Specter, but cancelled in the shop",
            "The goods have left: take the cancelling back in the shop, or get them back and credit the order.",
        )
    if delivery is None:
        return _odd_word(now)
    return Step(Do.DONE if delivery is Delivery.SENT else Do.MARK_SENT)


def _to_cancelled(now: ShopOrderNow, delivery: Delivery | None) -> Step:
    if now.discarded:
        return Step(Do.DONE)
    if delivery is None:
        return _odd_word(now)
    if delivery is not Delivery.UNSENT:
        return Step(
            Do.LIST,
            "cancelled_but_sent_in_shop",
            f"cancelled in Specter, but {'' if delivery is Delivery.SENT else 'partly '}sent in the shop",
            "Find out whether the goods have left; then cancel or credit the order in the shop by hand.",
        )
    return Step(Do.CANCEL)


def _odd_word(now: ShopOrderNow) -> Step:
    return Step(
        Do.LIST,
        "shop_status_unknown",
        f"the shop's own status “{now.delivery_status[:40]}” is not known, so it is left alone",
        "Set the order's status in the shop by hand.",
    )


def tracking_url(templates: Mapping[int, str], method: int | None, number: str) -> str | None:
    """The address of a parcel, or ``None`` without a number or a template for the shop's delivery method.

    The number is percent-encoded whole, so that whatever somebody typed in Specter stays inside its place.
    """
    template = templates.get(method) if method is not None else None
    if not number or template is None:
        return None
    return template.replace("{tracking_number}", quote(number, safe=""))
