"""The two systems of the import benchmark: products without faults, and price lists entered in Specter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from local_stack.errors import StackError
from local_stack.files import PROJECT, Home
from local_stack.follow import FinishedRun
from local_stack.running import SHOP, RunningAirflow

RISE = "1.05"
ORE = Decimal("0.01")
NAMED = 5


def shops_folder(home: Home) -> Path:
    """The demo's shop file, beside the stack's folder, with a guard that lets the whole catalogue change."""
    folder = home.path.with_name(home.path.name + "-shops")
    folder.mkdir(parents=True, exist_ok=True)
    text = (PROJECT / "include" / "shops" / f"{SHOP}.yaml").read_text(encoding="utf-8")
    guarded = "largest_share_percent: 10\n"
    if guarded not in text:
        raise StackError(f"The demo's shop file does not say {guarded.strip()}.")
    text = text.replace(guarded, "largest_share_percent: 100\n")
    (folder / f"{SHOP}.yaml").write_text(text, encoding="utf-8")
    return folder


@dataclass(slots=True)
class Shop:
    """The shop of a stack that runs.

    :param changed: articles of the shop whose price the last price list changed.
    """

    stack: RunningAirflow
    items: int
    articles: int = 0
    numbers: dict[int, list[str]] = field(default_factory=dict)
    changed: list[int] = field(default_factory=list)
    _before: dict[str, Any] = field(default_factory=dict)

    def seed(self) -> None:
        """Products and nothing else, no faults, no latency."""
        abicart, specter = self.stack.sandboxes["abicart"], self.stack.sandboxes["specter"]
        abicart.reset(seed={"items": self.items, "customers": 0, "orders": 0, "faults": 0}, log_size=0)
        specter.reset(log_size=0)
        for item in abicart.inspect("items", limit=self.items):
            self.numbers.setdefault(item["article_uid"], []).append(item["product_number"])
        self.articles = len(self.numbers)

    def slow_down(self, request_ms: float) -> None:
        """From now on every request takes so long."""
        for control in self.stack.sandboxes.values():
            control.latency(request_ms=request_ms)

    def price_list(self, percent: float) -> None:
        """So many of the articles cost 5 % more in Specter, in all their sizes and colours.

        Not those of which a size or a colour costs more than the others: the shop has fixed surcharges, which do not
        rise by 5 %, so that an import rightly holds such a price list.
        """
        self._before = self._shop_prices()
        specter = self.stack.sandboxes["specter"].inspect("prices")
        uniform = [
            uid
            for uid, numbers in sorted(self.numbers.items())
            if len({specter[number]["price"] for number in numbers}) == 1
        ]
        self.changed = uniform[:: round(100 / percent)] if percent else []
        numbers = [number for uid in self.changed for number in self.numbers[uid]]
        if numbers:
            self.stack.sandboxes["specter"].edit("article.prices", factor=RISE, numbers=numbers)

    def told(self) -> int:
        """Product numbers whose price the last price list changed."""
        return sum(len(self.numbers[uid]) for uid in self.changed)

    def exactly_the_changes_came(
        self, stack: RunningAirflow, _run: FinishedRun, figures: Mapping[str, Any]
    ) -> list[str]:
        """Each changed price is in the shop, to the öre; nothing else was touched; each was written once."""
        now, specter = self._shop_prices(), stack.sandboxes["specter"].inspect("prices")
        touched = {int(uid) for uid, row in now.items() if row != self._before[uid]}
        writes = stack.sandboxes["abicart"].counters()["calls"].get("Article.set", 0)
        found = _unlike("were changed in Specter, but not in the shop", set(self.changed) - touched)
        found += _unlike("were changed in the shop, but not in Specter", touched - set(self.changed))
        wrong = {
            uid
            for uid in self.changed
            if Decimal(str(now[str(uid)]["regular"]["SEK"]))
            != _with_vat(specter[self.numbers[uid][0]]["price"], now[str(uid)]["vat_rate"])
        }
        found += _unlike("have another price in the shop than in Specter", wrong)
        if writes != len(self.changed):
            found.append(f"{len(self.changed)} articles were to be written, {writes} writes were made.")
        if figures["applied"] != len(self.changed):
            found.append(
                f"{len(self.changed)} articles were to be changed, the run says {figures['applied']}."
            )
        return found

    def _shop_prices(self) -> dict[str, Any]:
        return dict(self.stack.sandboxes["abicart"].inspect("prices"))


def _with_vat(price: Any, rate: Any) -> Decimal:
    return (Decimal(str(price)) * (1 + Decimal(str(rate)))).quantize(ORE, ROUND_HALF_UP)


def _unlike(words: str, uids: Sequence[int] | set[int]) -> list[str]:
    if not uids:
        return []
    return [f"{len(uids)} articles {words}, such as {', '.join(map(str, sorted(uids)[:NAMED]))}."]
