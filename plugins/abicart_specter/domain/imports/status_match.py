"""Which of the shop's orders a Specter order number means, and when nobody can say so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OwnOrder:
    """A version of a shop's order that is in Specter.

    :param superseded: the order was sent again as a new order since.
    :param specter_no: the number that counts for this version.
    :param has_second: Specter has answered more than one number for it.
    """

    uid: int
    generation: int
    superseded: bool
    number: str
    specter_no: str
    has_second: bool


@dataclass(frozen=True, slots=True)
class Match:
    """The order that is meant, or why none is acted on.

    :param about: the uid of the shop's order that a person should look at, if it is one.
    :param number: its number in the shop.
    """

    order: OwnOrder | None
    rule: str = ""
    words: str = ""
    remedy: str = ""
    about: int | None = None
    number: str = ""


def match_of(specter_no: str, owners: Sequence[OwnOrder]) -> Match:
    """The shop's order with this Specter number.

    :param owners: every version of every order with that number; at least one.
    """
    uids = sorted({owner.uid for owner in owners})
    if len(uids) > 1:
        numbers = ", ".join(sorted({owner.number for owner in owners}))
        return Match(
            None,
            "number_of_several_orders",
            f"orders {numbers} are all known as Specter's {specter_no}",
            "See which of them it is; the others were linked by mistake.",
        )
    newest = max(owners, key=lambda owner: owner.generation)
    if newest.has_second:
        return Match(
            None,
            "double_order",
            f"order {newest.number} has two orders in Specter, this one and another",
            "Cancel one of the two in Specter, and set the shop's order by hand.",
            newest.uid,
            newest.number,
        )
    if newest.superseded:
        return Match(
            None,
            "earlier_version",
            f"an earlier version of order {newest.number}, which was sent again as a new order",
            "Nothing, if it is the one that was cancelled; else see which of the two is to be delivered.",
            newest.uid,
            newest.number,
        )
    return Match(newest, about=newest.uid, number=newest.number)
