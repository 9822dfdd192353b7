"""What people do in a week, drawn from the seed: buyers, staff in the shop, staff in Specter."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from week_lab import WeekLab

from abicart_specter.domain.records import ItemKey, Kind

ORE = Decimal("0.01")
RATES = ("0.25", "0.12", "0.06")
MOST_AT_ONCE = 3

SHOP_EDITS = {
    "reprice": 6,
    "campaign": 4,
    "change_vat": 2,
    "rename": 4,
    "describe": 2,
    "set_stock": 2,
    "renumber": 2,
    "lose_number": 1,
    "duplicate": 2,
    "heal": 3,
    "delete": 1,
    "add": 3,
}
SPECTER_EDITS = {
    "price": 8,
    "sale": 4,
    "end_sale": 2,
    "vat": 2,
    "name": 4,
    "description": 2,
    "stock": 8,
    "touch": 2,
    "new": 2,
    "renumber": 1,
    "deliver": 8,
    "deliver_part": 3,
    "cancel": 3,
    "odd_status": 1,
    "price_list": 1,
}


@dataclass
class Bought:
    """An order of the shop: what of each item, and whether it still takes of the stock."""

    uid: int
    number: str
    rows: dict[ItemKey, int]
    discarded: bool = False


@dataclass
class People:
    """``did`` counts what was done.

    :param disturbed: product numbers of which Specter has fewer than the shop was told, with how often that happened;
        the next stock import puts that right.
    :param unsure: product numbers that moved between products.
    :param set_by_hand: product numbers whose stock in the shop is somebody's own idea, until Specter tells it again.
    """

    lab: WeekLab
    draw: random.Random
    reserved: frozenset[str]
    did: Counter[str] = field(default_factory=Counter)
    story: list[str] = field(default_factory=list)
    bought: dict[int, Bought] = field(default_factory=dict)
    disturbed: Counter[str] = field(default_factory=Counter)
    renumbered_in_specter: dict[str, str] = field(default_factory=dict)
    lost: dict[int, tuple[str, str]] = field(default_factory=dict)
    unsure: set[str] = field(default_factory=set)
    set_by_hand: set[str] = field(default_factory=set)
    oversold: list[str] = field(default_factory=list)
    bad_list: Decimal | None = None
    _made: int = 0

    @property
    def shop(self) -> Any:
        return self.lab.abicart_server.control

    @property
    def specter(self) -> Any:
        return self.lab.specter_server.control

    def note(self, what: str, words: str = "") -> None:
        self.did[what] += 1
        self.story.append(f"{self.lab.clock.now():%a %d %H:%M:%S} {what} {words}")

    def something(self) -> None:
        """A buyer or somebody of the staff."""
        who = self.draw.choices(("buyer", "shop", "specter"), (5, 3, 4))[0]
        if who == "buyer":
            self.draw.choices((self.buy, self.cancel_in_shop), (9, 1))[0]()
        else:
            table = SHOP_EDITS if who == "shop" else SPECTER_EDITS
            what = self.draw.choices(list(table), list(table.values()))[0]
            getattr(self, f"{who}_{what}")()

    # buyers

    def buy(self) -> None:
        """One to three rows of what the shop shows as in stock."""
        may = [one for one in self.lab.shop_items() if _can_be_bought(one)]
        if not may:
            return
        rows: dict[ItemKey, int] = {}
        for item in self.draw.sample(may, min(len(may), self.draw.randint(1, MOST_AT_ONCE))):
            most = MOST_AT_ONCE
            if item["stock_managed"]:
                most = min(MOST_AT_ONCE, int(Decimal(str(item["stock"]))))
            if most > 0:
                rows[ItemKey(Kind(item["kind"]), item["uid"])] = self.draw.randint(1, most)
        if not rows:
            return
        numbers = {ItemKey(Kind(one["kind"]), one["uid"]): one["product_number"] for one in may}
        customers = self.shop.inspect("Customer", limit=100)
        order = self.shop.edit(
            "place_order",
            rows=[{key.kind.value: key.uid, "quantity": quantity} for key, quantity in rows.items()],
            customer=self.draw.choice(customers)["uid"],
            paid=self.draw.random() < 0.7,
        )
        self.bought[order["uid"]] = Bought(order["uid"], order["orderNumber"], rows)
        self.note("buy", f"{order['orderNumber']} {[(numbers[key], n) for key, n in rows.items()]}")
        self._look_for_oversold(rows, numbers)

    def _look_for_oversold(self, rows: dict[ItemKey, int], numbers: dict[ItemKey, str]) -> None:
        articles = self.lab.specter_articles()
        in_specter: dict[str, list[dict[str, Any]]] = {}
        for one in self.lab.specter_orders():
            in_specter.setdefault(one["external_number"], []).append(one)
        for key in rows:
            number = numbers[key]
            article = articles.get(number)
            if article is None or not article["stock"] or self.disturbed[number]:
                continue
            if number in self.unsure or number in self.set_by_hand:
                continue
            left = sum((Decimal(str(site["shelf"])) for site in article["stock"].values()), Decimal(0))
            left -= sum(
                bought.rows.get(key, 0) - _delivered(in_specter.get(bought.number, []), article["id"])
                for bought in self.bought.values()
                if not bought.discarded and not _cancelled(in_specter.get(bought.number, []))
            )
            if left < 0:
                self.oversold.append(f"{number} {left} at {self.story[-1]}")

    def cancel_in_shop(self) -> None:
        live = [one for one in self.bought.values() if not one.discarded]
        if live:
            one = self.draw.choice(live)
            self._gives_back_what_is_not_there(one)
            self.shop.edit("discard_order", uid=one.uid)
            one.discarded = True
            self.note("cancel_in_shop", one.number)

    def _gives_back_what_is_not_there(self, one: Bought) -> None:
        """Goods that have left, or that Specter gave back already; until the next stock import the shop sells them."""
        orders = self.specter.inspect("orders", external_number=one.number)
        if any(order["status_id"] != 1 for order in orders):
            keys = {(key.kind.value, key.uid) for key in one.rows}
            for item in self.lab.shop_items():
                if (item["kind"], item["uid"]) in keys:
                    self.disturbed[item["product_number"]] += 1

    # staff in the shop

    def _item(self, *, plain: bool = False) -> dict[str, Any] | None:
        items = [
            one
            for one in self.lab.shop_items()
            if one["product_number"] not in self.reserved and not one["is_package"]
        ]
        if plain:
            items = [one for one in items if one["kind"] == "article"]
        return self.draw.choice(items) if items else None

    def _patch(self, what: str, item: dict[str, Any] | None, **patch: Any) -> None:
        if item is None:
            return
        self.shop.edit("Article", uid=item["article_uid"], patch=patch)
        self.note(f"shop_{what}", f"{item['product_number']} {patch}")

    def _money(self, item: dict[str, Any], low: float, high: float) -> str:
        factor = Decimal(str(round(self.draw.uniform(low, high), 3)))
        price = Decimal(str(item["price"] or 100)) * factor
        return str(max(ORE, price.quantize(ORE)))

    def shop_reprice(self) -> None:
        if item := self._item():
            self._patch("reprice", item, price={"regular": {"SEK": self._money(item, 0.8, 1.25)}})

    def shop_campaign(self) -> None:
        if item := self._item():
            offer = {"SEK": self._money(item, 0.5, 0.9)} if self.draw.random() < 0.6 else None
            regular = {"SEK": str(item["price"] or 100)}
            self._patch("campaign", item, price={"regular": regular, "specialOffer": offer})

    def shop_change_vat(self) -> None:
        self._patch("change_vat", self._item(), vatRate=self.draw.choice(RATES))

    def shop_rename(self) -> None:
        self._patch("rename", self._item(), name={"sv": f"Namn i butiken {self._next()}"})

    def shop_describe(self) -> None:
        self._patch("describe", self._item(), description={"sv": f"<p>Text i butiken {self._next()}</p>"})

    def shop_set_stock(self) -> None:
        item = self._item()
        if item is None or not item["stock_managed"]:
            return
        stock = self.draw.randint(0, 12)
        self.set_by_hand.add(item["product_number"])
        if item["kind"] == "article":
            self.shop.edit("Article", uid=item["uid"], patch={"stock": {"useStock": True, "stock": stock}})
        else:
            self.shop.edit("ArticleVariant", uid=item["uid"], patch={"stock": stock})
        self.note("shop_set_stock", f"{item['product_number']} {stock}")

    def _number(self, item: dict[str, Any], number: str) -> None:
        what = "Article" if item["kind"] == "article" else "ArticleVariant"
        self.shop.edit(what, uid=item["uid"], patch={"articleNumber": number})
        self.unsure |= {item["product_number"], number}

    def shop_renumber(self) -> None:
        if item := self._item():
            number = f"OMNR-{self._next()}"
            self._number(item, number)
            self.lost[item["uid"]] = (item["kind"], item["product_number"])
            self.note("shop_renumber", f"{item['product_number']} {number}")

    def shop_lose_number(self) -> None:
        if item := self._item(plain=True):
            self._number(item, "")
            self.lost[item["uid"]] = (item["kind"], item["product_number"])
            self.note("shop_lose_number", str(item["product_number"]))

    def shop_duplicate(self) -> None:
        item, other = self._item(), self._item()
        if item and other and other["product_number"] and item["uid"] != other["uid"]:
            self._number(item, other["product_number"])
            self.lost[item["uid"]] = (item["kind"], item["product_number"])
            self.note("shop_duplicate", f"{item['product_number']} becomes {other['product_number']}")

    def shop_heal(self) -> None:
        """One gets its old number back."""
        if not self.lost:
            return
        uid = self.draw.choice(list(self.lost))
        kind, number = self.lost.pop(uid)
        found = [one for one in self.lab.shop_items() if (one["kind"], one["uid"]) == (kind, uid)]
        if found and number:
            self._number(found[0], number)
            self.note("shop_heal", number)

    def shop_delete(self) -> None:
        if item := self._item(plain=True):
            self.shop.edit("delete", **{"class": "Article", "uid": item["article_uid"]})
            self.note("shop_delete", str(item["product_number"]))

    def shop_add(self) -> None:
        number = f"NY-{self._next()}"
        patch = {
            "name": {"sv": f"Ny vara {number}"},
            "articleNumber": number,
            "price": {"regular": {"SEK": str(self.draw.randint(10, 900))}},
            "vatRate": self.draw.choice(RATES),
            "stock": {"useStock": self.draw.random() < 0.8, "stock": self.draw.randint(1, 9)},
        }
        self.unsure.add(
            number
        )  # sold before Specter had it: its opening stock is without those pieces already
        self.shop.edit("Article", patch=patch)
        self.note("shop_add", number)

    # staff in Specter

    def _article(self) -> dict[str, Any] | None:
        found = [one for number, one in self.lab.specter_articles().items() if number not in self.reserved]
        return self.draw.choice(found) if found else None

    def _change(self, what: str, article: dict[str, Any] | None, **values: Any) -> None:
        if article is None:
            return
        self.specter.edit("article.change", number=article["number"], **values)
        self.note(f"specter_{what}", f"{article['number']} {values}")

    def _times(self, article: dict[str, Any], low: float, high: float) -> str:
        factor = Decimal(str(round(self.draw.uniform(low, high), 3)))
        return str(max(ORE, (Decimal(str(article["price"])) * factor).quantize(ORE)))

    def specter_price(self) -> None:
        if article := self._article():
            self._change("price", article, price=self._times(article, 0.75, 1.25))

    def specter_sale(self) -> None:
        """The price goes down, and the old one is shown."""
        if article := self._article():
            old = article["price"]
            self._change(
                "sale", article, price=self._times(article, 0.6, 0.95), old_price=old, show_old_price=True
            )

    def specter_end_sale(self) -> None:
        on = [one for one in self.lab.specter_articles().values() if one["show_old_price"]]
        if on:
            article = self.draw.choice(on)
            self._change("end_sale", article, price=article["old_price"], show_old_price=False)

    def specter_vat(self) -> None:
        self._change("vat", self._article(), vat_percent=self.draw.choice((25, 12, 6)))

    def specter_name(self) -> None:
        self._change("name", self._article(), name=f"Namn i Specter {self._next()}")

    def specter_description(self) -> None:
        self._change("description", self._article(), description=f"<p>Text i Specter {self._next()}</p>")

    def specter_stock(self) -> None:
        stocked = [
            one
            for number, one in self.lab.specter_articles().items()
            if number not in self.reserved and one["stock"]
        ]
        if not stocked:
            return
        article, available = self.draw.choice(stocked), self.draw.randint(0, 15)
        if available < Decimal(str(article["available"])):
            self.disturbed[article["number"]] += 1
        if article["number"] in self.set_by_hand:
            self.set_by_hand.discard(article["number"])
            self.disturbed[article["number"]] += 1
        self.specter.edit("article.stock", number=article["number"], available=available)
        self.note("specter_stock", f"{article['number']} {available}")

    def specter_touch(self) -> None:
        if article := self._article():
            self.specter.edit("article.touch", number=article["number"])
            self.note("specter_touch", article["number"])

    def specter_new(self) -> None:
        number = f"SP-{self._next()}"
        self.specter.edit("article.new", number=number, name="Ny i Specter", price=100, available=4)
        self.note("specter_new", number)

    def specter_renumber(self) -> None:
        if article := self._article():
            to = f"SPNR-{self._next()}"
            self.specter.edit("article.renumber", number=article["number"], to=to)
            self.unsure.add(article["number"])
            self.renumbered_in_specter[article["number"]] = to
            self.note("specter_renumber", f"{article['number']} {to}")

    def specter_price_list(self) -> None:
        """A good one: a few articles, a few percent."""
        numbers = sorted(number for number in self.lab.specter_articles() if number not in self.reserved)
        chosen = self.draw.sample(numbers, min(len(numbers), 4))
        factor = str(round(self.draw.uniform(0.95, 1.1), 3))
        self.specter.edit("article.prices", factor=factor, numbers=chosen)
        self.note("specter_price_list", f"{factor} {chosen}")

    def bad_price_list(self) -> None:
        """A point at the wrong place, for everything; once more, and it is mended."""
        factor = Decimal("0.1") if self.bad_list is None else 1 / self.bad_list
        numbers = [number for number in self.lab.specter_articles() if number not in self.reserved]
        self.specter.edit("article.prices", factor=str(factor), numbers=numbers)
        self.bad_list = factor if self.bad_list is None else None
        self.note("specter_bad_list", str(factor))

    def _order(self) -> dict[str, Any] | None:
        found = [one for one in self.lab.specter_orders() if one["status_id"] == 1]
        return self.draw.choice(found) if found else None

    def _do_order(self, what: str, edit: str, **values: Any) -> None:
        if order := self._order():
            self.specter.edit(edit, number=order["number"], **values)
            self.note(f"specter_{what}", f"{order['number']} ({order['external_number']})")

    def specter_deliver(self) -> None:
        self._do_order("deliver", "order.deliver", tracking=f"SE{self._next():08d}")

    def specter_deliver_part(self) -> None:
        self._do_order("deliver_part", "order.deliver", rows={"1": 1})

    def specter_cancel(self) -> None:
        self._do_order("cancel", "order.cancel")

    def specter_odd_status(self) -> None:
        self._do_order("odd_status", "order.status", status_id=77, delivery_status="X")

    def _next(self) -> int:
        self._made += 1
        return self._made


def _can_be_bought(item: dict[str, Any]) -> bool:
    if item["is_package"] or item["hidden"] or item["draft"] or item["price"] is None:
        return False
    return not item["stock_managed"] or Decimal(str(item["stock"])) >= 1


def _cancelled(orders: list[dict[str, Any]]) -> bool:
    return any(one["status_id"] == 5 for one in orders)


def _delivered(orders: list[dict[str, Any]], article_id: int) -> int:
    """How many of an article left the shelf already."""
    rows = [row for order in orders for row in order["rows"] if row["article_id"] == article_id]
    return int(sum(Decimal(str(row["delivered"])) for row in rows))
