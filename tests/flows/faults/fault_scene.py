"""The scene of most fault tests: a shop with every planted fault, a Specter account that has some of it, a poison row.

Specter is master of names, prices and VAT rates, so that its article-info queue is drained before anything is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fault_lab import Lab, all_items, articles, shop_settings
from fault_runner import Ran

IMPORTS = {"imports__name": True, "imports__price": True, "imports__vat": True}
REFUSED = "refused_by_specter"
KNOWN_STOCK = "7"


def settings(**changes: object):
    """The demo shop's settings with the imports on."""
    return shop_settings(**(IMPORTS | changes))


@dataclass
class Scene:
    """Both servers.

    :param known: numbers that Specter has before the first run, with names and prices of its own.
    :param poison: a number that Specter refuses.
    """

    abicart: Any
    specter: Any
    known: list[str] = field(default_factory=list)
    poison: str = ""

    def set(
        self,
        *,
        items: int = 200,
        seed: int = 1,
        faults: float = 1.0,
        modes: tuple[str, str] = ("strict", "strict"),
        abicart_switches: Mapping[str, Any] | None = None,
        specter_switches: Mapping[str, Any] | None = None,
        known: bool = True,
        poison: bool = True,
        shop: Mapping[str, Any] | None = None,
        accounts: list[dict[str, Any]] | None = None,
    ) -> None:
        """Both servers as described, with their counters at 0.

        :param modes: Abicart's and Specter's.
        :param shop: further options of Abicart's seed.
        :param accounts: Specter's accounts, if others than usual.
        """
        self.abicart.control.reset(
            seed={
                "items": items,
                "seed": seed,
                "faults": faults,
                "orders": 10,
                "customers": 10,
                **(shop or {}),
            },
            mode=modes[0],
            switches=dict(abicart_switches or {}),
        )
        good = self._good_numbers()
        self.poison = good[1] if poison else ""
        self.known = good[3:40:5] if known else []
        refused = {"refused_numbers": [self.poison]} if poison else {}
        self.specter.control.reset(
            seed={} if accounts is None else {"accounts": accounts},
            mode=modes[1],
            switches=refused | dict(specter_switches or {}),
        )
        self.specter.control.edit(
            "bulk",
            edits=[
                {
                    "what": "article.new",
                    "number": number,
                    "name": f"Specters namn på {number}",
                    "price": f"{100 + place}.55",
                    "vat_percent": "12",
                    "available": KNOWN_STOCK,
                }
                for place, number in enumerate(self.known)
            ],
        )

    def _good_numbers(self) -> list[str]:
        """Of the products that nothing is wrong with."""
        rules = self.abicart.control.inspect("manifest")["rules"]
        planted = {tuple(item) for items in rules.values() for item in items}
        return [
            item["product_number"]
            for item in all_items(self.abicart.control)
            if (item["kind"], item["uid"]) not in planted
        ]

    def clear_faults(self) -> None:
        self.abicart.control.clear_faults()
        self.specter.control.clear_faults()

    def article_calls(self) -> int:
        """Writes of articles that Specter received since the scene was set."""
        return int(self.specter.control.counters()["calls"].get("newArticleSubmit", 0))


@dataclass(frozen=True)
class Picture:
    """What a run left behind."""

    outcomes: dict[str, tuple[str, str]]
    flags: set[tuple[str, str]]
    articles: dict[str, dict[str, Any]]


def picture(lab: Lab, ran: Ran) -> Picture:
    """Of a run that is over."""
    return Picture(lab.outcomes(ran.run_id), lab.flags(ran.run_id), articles(lab.specter_control))
