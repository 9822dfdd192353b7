"""What the form of the single-order DAG asks for, checked before anything is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from abicart_specter.errors import ConfigurationError

MOST_NUMBERS = 200
"""More than this is a period, which is what a backfill is for."""

SHORTEST_REASON = 5


@dataclass(frozen=True, slots=True)
class SingleRequest:
    """Orders by number or uid, and what shall be done with them.

    ``link_to`` is Specter's number of an order that a person found there. ``looked_not_there``: a person looked in
    Specter, and the order is not there. ``send_again_reason``: it is sent as a new order, and this is why.
    ``although_not_ripe`` sends an order that still waits for its payment. ``change_dealt_with``: a person carried what
    was changed in the shop after export over into Specter. ``double_cancelled``: Specter had the order twice, and a
    person cancelled one of the two there.
    """

    numbers: tuple[str, ...]
    dry_run: bool = True
    link_to: int | None = None
    looked_not_there: bool = False
    send_again_reason: str = ""
    although_not_ripe: bool = False
    change_dealt_with: bool = False
    double_cancelled: bool = False

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> SingleRequest:
        """From the trigger form's fields.

        :raises ConfigurationError: the fields contradict each other, or one is missing; nothing was done then.
        """
        reason = " ".join(str(params.get("send_again_reason") or "").split())
        link_to = params.get("link_to")
        request = cls(
            numbers=_numbers(params.get("numbers")),
            dry_run=bool(params.get("dry_run", True)),
            link_to=None if link_to is None else int(link_to),
            looked_not_there=bool(params.get("looked_not_there")),
            send_again_reason=reason,
            although_not_ripe=bool(params.get("although_not_ripe")),
            change_dealt_with=bool(params.get("change_dealt_with")),
            double_cancelled=bool(params.get("double_cancelled")),
        )
        request._check()
        return request

    def _check(self) -> None:
        if not self.numbers:
            raise ConfigurationError("No order was named.", remedy="Enter at least one order number or uid.")
        if len(self.numbers) > MOST_NUMBERS:
            raise ConfigurationError(
                f"{len(self.numbers)} orders were named; at most {MOST_NUMBERS} are possible here.",
                remedy="Use a backfill of order_export for a whole period.",
            )
        asked = [
            name
            for name, wanted in (
                ("Link to this Specter order", self.link_to is not None),
                ("Looked in Specter: it is not there", self.looked_not_there),
                ("Send again as a new order", bool(self.send_again_reason)),
                ("Its change is dealt with in Specter", self.change_dealt_with),
                ("One of the two is cancelled in Specter", self.double_cancelled),
            )
            if wanted
        ]
        if len(asked) > 1:
            raise ConfigurationError(
                f"These fields contradict each other: {', '.join(f'“{name}”' for name in asked)}.",
                remedy="Fill in one of them.",
            )
        if asked and self.dry_run:
            raise ConfigurationError(
                f"“{asked[0]}” does nothing in a dry run.",
                remedy="Switch “Dry run” off, or empty the field.",
            )
        if asked and not self.change_dealt_with and len(self.numbers) != 1:
            raise ConfigurationError(
                f"“{asked[0]}” is an answer about one order, but {len(self.numbers)} were named.",
                remedy="Trigger one run for each order.",
            )
        if self.link_to is not None and self.link_to <= 0:
            raise ConfigurationError(
                "“Link to this Specter order” needs Specter's order number.",
                remedy="Enter the number that Specter shows on the order.",
            )
        if self.send_again_reason and len(self.send_again_reason) < SHORTEST_REASON:
            raise ConfigurationError(
                "“Send again as a new order” needs a reason that others will understand.",
                remedy="Write why this order must be in Specter twice. Name no customer: the text is kept for good.",
            )


def _numbers(value: Any) -> tuple[str, ...]:
    words = (
        (str(one) for one in value)
        if isinstance(value, list | tuple)
        else re.split(r"[\s,;]+", str(value or ""))
    )
    return tuple(
        dict.fromkeys(word.strip().removeprefix("#") for word in words if word.strip().removeprefix("#"))
    )
