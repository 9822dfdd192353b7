"""The people in Specter: what they change in a case, and everything that each product ever was there."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from import_draw import Edit
from import_stage import ImportStage

ORE = Decimal("0.01")


@dataclass(frozen=True)
class Present:
    """A product in Specter at one time; ``regular`` is its price when there is no sale."""

    price: Decimal
    vat: Decimal
    old: Decimal
    show: bool
    name: str
    available: Decimal | None

    @property
    def sale(self) -> bool:
        return self.show and self.old > self.price

    @property
    def regular(self) -> Decimal:
        return self.old if self.sale else self.price


class People:
    """``history``: product number → what it was, in order, from the beginning of the case."""

    def __init__(self, stage: ImportStage) -> None:
        self.stage = stage
        self.plain = [one["product_number"] for one in stage.items if one["kind"] == "article"]
        self.variants: dict[int, list[str]] = {}
        for one in stage.items:
            if one["kind"] == "variant":
                self.variants.setdefault(one["article_uid"], []).append(one["product_number"])
        self.numbers = [one["product_number"] for one in stage.items]
        self.history: dict[str, list[Present]] = {number: [] for number in self.numbers}
        self.delivered: set[int] = set()
        self.note()

    def note(self) -> None:
        """Look at everything."""
        for row in self.stage.specter.inspect("articles"):
            if row["number"] in self.history:
                present = _present(row)
                past = self.history[row["number"]]
                if not past or past[-1] != present:
                    past.append(present)

    def do(self, edits: list[Edit]) -> None:
        for edit in edits:
            getattr(self, f"_{edit.kind}")(edit)
            self.note()

    def _now(self, edit: Edit) -> tuple[str, Present]:
        number = self.plain[edit.which % len(self.plain)]
        return number, self.history[number][-1]

    def _change(self, number: str, **values: Any) -> None:
        self.stage.specter.edit("article.change", number=number, **values)

    def _priced(self, number: str, price: Decimal) -> None:
        self._change(number, price=str(max(price, ORE)), show_old_price=False)

    def _price(self, edit: Edit) -> None:
        number, now = self._now(edit)
        self._priced(number, _times(now.price, 0.85 + 0.3 * edit.size))

    def _price_far(self, edit: Edit) -> None:
        number, now = self._now(edit)
        self._priced(number, _times(now.price, 0.3 if edit.size < 0.5 else 2.5))

    def _price_back(self, edit: Edit) -> None:
        """To a price that it had before; products that were changed already come first."""
        number, _ = self._touched(edit)
        past = self.history[number]
        self._priced(number, past[int(edit.size * len(past))].price)

    def _touched(self, edit: Edit) -> tuple[str, Present]:
        changed = [one for one in self.plain if len(self.history[one]) > 1] or self.plain
        number = changed[edit.which % len(changed)]
        return number, self.history[number][-1]

    def _vat(self, edit: Edit) -> None:
        number, now = self._now(edit)
        rates = [rate for rate in (25, 12, 6) if rate != now.vat]
        self._change(number, vat_percent=rates[int(edit.size * len(rates))])

    def _name(self, edit: Edit) -> None:
        number, _ = self._now(edit)
        self._change(number, name=f"Åäö {edit.size} & {edit.which}")

    def _name_back(self, edit: Edit) -> None:
        number, _ = self._touched(edit)
        past = self.history[number]
        self._change(number, name=past[int(edit.size * len(past))].name)

    def _sale(self, edit: Edit) -> None:
        number, now = self._now(edit)
        price = max(_times(now.regular, 0.8 + 0.15 * edit.size), ORE)
        self._change(number, old_price=str(now.regular), price=str(price), show_old_price=True)

    def _sale_end(self, edit: Edit) -> None:
        """Of one that is on sale, if any is."""
        on_sale = [one for one in self.plain if self.history[one][-1].sale]
        for number in on_sale[:1]:
            self._change(number, price=str(self.history[number][-1].old), show_old_price=False)

    def _all_variants(self, edit: Edit) -> None:
        numbers = self._siblings(edit)
        factor = 0.85 + 0.3 * edit.size
        for number in numbers:
            self._priced(number, _times(self.history[number][-1].price, factor))

    def _one_variant(self, edit: Edit) -> None:
        """The others stay, so that no price of the shop's product suits them all."""
        number = self._siblings(edit)[0]
        self._priced(number, self.history[number][-1].price + 7)

    def _siblings(self, edit: Edit) -> list[str]:
        groups = list(self.variants.values())
        return groups[edit.which % len(groups)]

    def _touch(self, edit: Edit) -> None:
        self.stage.specter.edit("article.touch", number=self.numbers[edit.which % len(self.numbers)])

    def _stock(self, edit: Edit) -> None:
        number = self.numbers[edit.which % len(self.numbers)]
        available = 0 if edit.size < 0.2 else int(edit.size * 50)
        self.stage.specter.edit("article.stock", number=number, available=available)

    def _deliver(self, edit: Edit) -> None:
        uids = list(self.stage.orders)
        uid = uids[edit.which % len(uids)]
        self.stage.specter.edit("order.deliver", number=self.stage.orders[uid])
        self.delivered.add(uid)


def _present(row: dict[str, Any]) -> Present:
    available = row["available"]
    return Present(
        Decimal(row["price"]),
        Decimal(row["vat_percent"]),
        Decimal(row["old_price"]),
        bool(row["show_old_price"]),
        row["name"],
        None if available is None else Decimal(available),
    )


def _times(price: Decimal, factor: float) -> Decimal:
    return (price * Decimal(str(factor))).quantize(ORE, ROUND_HALF_UP)
