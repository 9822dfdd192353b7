"""What the sandbox shop sells, by what an order needs it for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Shelf:
    """What the shop has, by what an order needs it for."""

    of_rate: Mapping[str, list[int]]
    variants: list[int]
    gift_card: int

    @classmethod
    def of(cls, control: Any) -> Shelf:
        rows = control.inspect("items", limit=100)
        of_rate: dict[str, list[int]] = {"0.25": [], "0.12": [], "0.06": []}
        cards = []
        for row in rows:
            if row["kind"] == "article" and row["vat_rate"] in of_rate:
                of_rate[row["vat_rate"]].append(row["uid"])
            elif row["kind"] == "article":
                cards.append(row["uid"])
        return cls(of_rate, [row["uid"] for row in rows if row["kind"] == "variant"], cards[0])


def new_article(control: Any, number: str, **patch: Any) -> int:
    values = {
        "name": {"sv": f"Vara {number}"},
        "articleNumber": number,
        "price": {"regular": {"SEK": "125"}},
        "vatRate": "0.25",
        "stock": {"useStock": True, "stock": 3},
    }
    return int(control.edit("Article", patch=values | patch)["uid"])
