"""Both servers compared directly, and every difference with what explains it: nothing more, nothing less."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from week_flows import Run
from week_lab import WeekLab
from week_people import Bought, People

from abicart_specter.domain.catalogue import ARTICLE_FIELDS, normalise
from abicart_specter.domain.records import ItemKey, Kind
from abicart_specter.domain.text import clean_line
from abicart_specter.ledger.status_records import StatusState

ORE = Decimal("0.01")
CANCELLED = 5
STATUS_RULES = frozenset(
    {
        "order_cancelled",
        "order_edited",
        "order_refunded",
        "cancelled_in_specter",
        "delivered_but_cancelled_in_shop",
        "partly_delivered",
    }
)
_GO_TOGETHER = {"price": {"extra_price", "vat"}, "extra_price": {"vat"}}
"""With another VAT rate the shop's prices are others, though Specter's are the same; a sale makes two prices of one."""
NUMBER_RULES = frozenset(
    {
        "number_lost",
        "number_missing",
        "number_blank",
        "number_duplicate",
        "number_reserved",
        "number_space",
        "number_lookalike",
        "number_too_long",
        "number_forbidden_character",
        "variant_without_number",
        "renumbered",
        "price_missing",
        "package",
    }
)
TEXT_RULES = frozenset({"text_changed", "text_cut"})
NOT_DONE = frozenset(StatusState) - {StatusState.DONE, StatusState.NOTHING, StatusState.NEW}


@dataclass(frozen=True)
class Difference:
    """What one system has otherwise than the other."""

    key: ItemKey
    article_uid: int
    number: str
    field: str
    shop: str
    specter: str

    def __str__(self) -> str:
        return f"{self.key} {self.number} {self.field}: shop {self.shop!r}, Specter {self.specter!r}"


@dataclass
class Verdict:
    """``unexplained`` and ``needless`` must be empty; ``explained`` counts differences by what explains them."""

    unexplained: list[str] = field(default_factory=list)
    needless: list[str] = field(default_factory=list)
    explained: dict[str, int] = field(default_factory=dict)

    def because(self, why: str) -> None:
        self.explained[why] = self.explained.get(why, 0) + 1


@dataclass
class Comparison:
    """At one moment, right after a reconciliation. ``last_stock``: the last stock import."""

    lab: WeekLab
    people: People
    run: Run
    last_stock: Run | None = None
    verdict: Verdict = field(default_factory=Verdict)

    def __post_init__(self) -> None:
        self.items = self.lab.shop_items()
        self.articles = self.lab.specter_articles()
        self.shop_articles = {
            one["uid"]: one for one in self.lab.abicart_server.control.inspect("Article", limit=100_000)
        }
        with self.lab.abicart() as client:
            facts = client.webshop()
            articles = client.get_articles(sorted(self.shop_articles), ARTICLE_FIELDS)
            found = [item for one in articles for item in normalise(one, facts)]
        self.names = {(one.key.kind.value, one.key.uid): one.name for one in found}
        self.shop_orders = {one["uid"]: one for one in self.lab.shop_orders()}
        self.specter_orders: dict[str, list[dict[str, Any]]] = {}
        for one in self.lab.specter_orders():
            self.specter_orders.setdefault(one["external_number"], []).append(one)
        self.lines = self._csv("reconciliation.csv")
        self.unconfirmed = {
            int(line["uid"])
            for line in self.lines
            if line["what"] == "order" and line["standing"] == "unconfirmed"
        }
        self.flags: dict[ItemKey, set[str]] = {}
        for row in self.lab.ledger.iter_open_flags("demo"):
            self.flags.setdefault(row.flag.key, set()).add(row.flag.rule)
        self.held = {
            one.product_number: one.rule for one in self.lab.ledger.imports.iter_held(self.run.ctx.run)
        }

    def _csv(self, name: str) -> list[dict[str, str]]:
        path = self.run.ctx.reports_dir / "demo" / self.run.flow / self.run.run_id / name
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file, delimiter=";"))

    def check(self) -> Verdict:
        differences = list(self._differences())
        for one in differences:
            why = self._why(one)
            if why:
                self.verdict.because(f"{one.field}: {why}")
            else:
                self.verdict.unexplained.append(str(one))
        self._needless_values(differences)
        self._products_gone()
        self._stock()
        self._orders()
        self._status()
        return self.verdict

    # products and their values

    def _differences(self) -> Iterator[Difference]:
        owners: dict[str, int] = {}
        for one in self.items:
            owners[one["product_number"]] = owners.get(one["product_number"], 0) + 1
        for item in self.items:
            number = item["product_number"] or ""
            article = self.articles.get(number)
            key = ItemKey(Kind(item["kind"]), item["uid"])
            if article is None or owners[number] > 1:
                specter = "none" if article is None else "one for several"
                yield Difference(key, item["article_uid"], number, "", item["name"] or "", specter)
                continue
            for name, shop, specter in self._values(item, article):
                yield Difference(key, item["article_uid"], number, name, shop, specter)

    def _values(self, item: dict[str, Any], article: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
        shop = self.shop_articles[item["article_uid"]]
        rate, percent = Decimal(str(item["vat_rate"])), Decimal(str(article["vat_percent"]))
        if rate * 100 != percent:
            yield "vat", str(rate), str(percent)
        price, old = Decimal(str(article["price"])), Decimal(str(article["old_price"]))
        sale = _on_sale(article)
        regular = self._price(shop, "regular")
        campaign = self._price(shop, "specialOffer")
        imports = self.lab.settings.imports
        expected = old if sale and imports.price else price
        # At another rate than Specter's a price means another one: that the rates differ is told above.
        if not any(_same_price(regular, expected, one) for one in {rate, percent / 100}):
            yield "price", str(regular), str(expected)
        if (
            imports.price
            and imports.extra_price
            and sale
            and not any(_same_price(campaign, price, one) for one in {rate, percent / 100})
        ):
            yield "extra_price", str(campaign), str(price)
        name = clean_line(self.names[item["kind"], item["uid"]])
        if name != clean_line(str(article["name"])):
            yield "name", name, str(article["name"])
        if imports.description and article["description"]:
            text = str((shop.get("description") or {}).get("sv") or "")
            if clean_line(text) != clean_line(article["description"]):
                yield "description", text, article["description"]

    @staticmethod
    def _price(article: dict[str, Any], which: str) -> Decimal | None:
        value = ((article.get("price") or {}).get(which) or {}).get("SEK")
        return None if value is None else Decimal(str(value))

    def _why(self, one: Difference) -> str:
        """What explains it; empty if nothing does."""
        for line in self.lines:
            mine = int(line["uid"] or 0) in (one.key.uid, one.article_uid) or (
                one.number and one.number in line["number"].split(", ")
            )
            if not mine:
                continue
            if line["what"] == "value" and line["field"] == one.field and one.field:
                return f"line {line['standing']} {line['rule']}"
            if line["what"] == "product" and line["standing"] != "unexplained":
                return f"product {line['standing']} {line['rule']}"
        if one.number in self.held:
            return f"held {self.held[one.number]}"
        if rules := self.flags.get(one.key, set()) & ({*NUMBER_RULES} if not one.field else {*TEXT_RULES}):
            return f"flag {', '.join(sorted(rules))}"
        if one.field and not getattr(self.lab.settings.imports, one.field):
            # Nothing lists it: the shop's value goes when the product changes in the shop.
            return "changed in Specter, of which the shop is master"
        if (to := self.people.renumbered_in_specter.get(one.number)) and self._has_line(to, "number_unknown"):
            return "line excluded number_unknown"
        return ""

    def _has_line(self, number: str, rule: str) -> bool:
        return any(line["number"] == number and line["rule"] == rule for line in self.lines)

    def _needless_values(self, differences: list[Difference]) -> None:
        """Lines about values that both systems have alike."""
        for line in self.lines:
            if line["standing"] == "unexplained":
                self.verdict.unexplained.append(f"red line: {line}")
            if line["what"] != "value" or line["rule"] in ("number_unknown", "number_ambiguous"):
                continue
            numbers, uid = line["number"].split(", "), int(line["uid"] or 0)
            if line["field"] == "extra_price" and self._ends_a_campaign(line, numbers):
                continue
            fields = {line["field"], ""} | _GO_TOGETHER.get(line["field"], set())
            if not any(
                one.field in fields and (one.number in numbers or uid in (one.key.uid, one.article_uid))
                for one in differences
            ):
                self.verdict.needless.append(f"line about what is alike: {line}")

    def _ends_a_campaign(self, line: dict[str, str], numbers: list[str]) -> bool:
        """The shop has a campaign, Specter no sale: alike if the campaign is the shop's own, which only we know."""
        article = self.shop_articles.get(int(line["uid"] or 0))
        return bool(article and self._price(article, "specialOffer")) and not any(
            _on_sale(self.articles[number]) for number in numbers if number in self.articles
        )

    def _products_gone(self) -> None:
        """Articles of Specter's that the shop does not have."""
        there = {one["product_number"] for one in self.items}
        for number in self.articles.keys() - there - self.people.reserved:
            rules = {line["rule"] for line in self.lines if number in (line["number"], *line["why"].split())}
            rules |= {
                line["rule"]
                for line in self.lines
                if line["what"] == "product" and f" {number}" in line["why"]
            }
            if rules:
                self.verdict.because(f"not in the shop: {', '.join(sorted(rules))}")
            else:
                self.verdict.unexplained.append(f"only Specter has {number}: {self.articles[number]['name']}")

    # stock

    def _stock(self) -> None:
        keys = {one["product_number"]: ItemKey(Kind(one["kind"]), one["uid"]) for one in self.items}
        settled = self.lab.ledger.stock.figures("demo", keys.values())
        first = self.lab.ledger.stock.exported("demo", [number for number in keys if number])
        counts: dict[str, int] = {}
        for one in self.items:
            counts[one["product_number"]] = counts.get(one["product_number"], 0) + 1
        for item in self.items:
            number = item["product_number"] or ""
            article = self.articles.get(number)
            if article is None or counts[number] > 1 or not item["stock_managed"]:
                continue
            key, available = keys[number], article["available"]
            stock = Decimal(str(item["stock"] or 0))
            if available is None:
                self.verdict.because("stock: no stock article in Specter")
                continue
            waiting = sum(one.rows.get(key, 0) for one in self.people.bought.values() if self._waits(one))
            expected = max(Decimal(0), Decimal(str(available)) - waiting)
            if stock == expected:
                continue
            back = sum(one.rows.get(key, 0) for one in self.people.bought.values() if self._came_back(one))
            figure = settled.get(key)
            spared = Decimal(0) if figure is None else figure.subtracted
            if why := self._stock_is_held(number, first.get(number, [])):
                self.verdict.because(f"stock: held {why}")
            elif figure is None and number not in self._told_stock():
                self.verdict.because("stock: Specter has not told it yet")
            elif number in self.people.set_by_hand:
                self.verdict.because("stock: set by hand in the shop since Specter told it last")
            elif max(Decimal(0), expected - spared) <= stock <= expected + back:
                self.verdict.because("stock: order_cancelled" if stock > expected else "stock: taken twice")
            else:
                self.verdict.unexplained.append(
                    f"{key} {number} stock: shop {stock}, Specter {available}, not sent {waiting}, back {back}, "
                    f"settled {figure}"
                )

    def _told_stock(self) -> set[str]:
        """Whose stock Specter has told at all; of what we send, only the opening stock is known."""
        with closing(sqlite3.connect(self.lab.folder / "ledger.db")) as connection, connection:
            rows = connection.execute(
                "SELECT DISTINCT product_number FROM inbox_row WHERE function = 'stock'"
            )
            return {number for (number,) in rows}

    def _stock_is_held(self, number: str, exported: list[Any]) -> str:
        """By which rule; empty if it is not."""
        if len(exported) != 1:
            return "number_ambiguous" if exported else "not exported as this number"
        if not exported[0].managed_at_first:
            return "stock_off_at_first"
        last = self.last_stock
        if last is None:
            return ""
        found = {one.product_number: one.rule for one in self.lab.ledger.stock.iter_held(last.ctx.run)}
        return found.get(number, "")

    def _waits(self, one: Bought) -> bool:
        return not one.discarded and one.number not in self.specter_orders

    def _came_back(self, one: Bought) -> bool:
        """Cancelled in the shop, not in Specter, and said so."""
        orders = self.specter_orders.get(one.number, [])
        live = any(order["status_id"] != CANCELLED for order in orders)
        return one.discarded and live and "order_cancelled" in self.flags.get(_order(one.uid), ())

    # orders

    def _orders(self) -> None:
        lines = {int(line["uid"]): line for line in self.lines if line["what"] == "order"}
        known = {one.number for one in self.people.bought.values()}
        for number, orders in self.specter_orders.items():
            if len(orders) > 1:
                self.verdict.unexplained.append(f"order {number} is twice in Specter")
            if number not in known:
                self.verdict.unexplained.append(f"order {number} in Specter was placed by nobody")
        for one in self.people.bought.values():
            there, line = one.number in self.specter_orders, lines.get(one.uid)
            if not there and line is None:
                self.verdict.unexplained.append(f"order {one.number} is not in Specter")
            elif not there and line is not None:
                self.verdict.because(f"order: {line['standing']} {line['rule']}")
            elif line is not None and line["standing"] not in ("unconfirmed", "sent", "linked"):
                self.verdict.needless.append(f"order {one.number} is in Specter, but: {line}")

    def _status(self) -> None:
        records = self.lab.ledger.status.by_uid("demo", list(self.people.bought))
        for one in self.people.bought.values():
            orders = self.specter_orders.get(one.number, [])
            if not orders:
                continue
            shop, specter = self.shop_orders[one.uid], orders[0]
            sent = str(shop["deliveryStatus"]).lower() in ("sent", "shipped")
            discarded = bool(shop["discarded"])
            cancelled = specter["status_id"] == CANCELLED
            rules = self.flags.get(_order(one.uid), set()) & STATUS_RULES
            states = {record.state for record in records.get(one.uid, [])} & NOT_DONE
            delivered = specter["delivery_status"] == "D" and not cancelled
            alike = sent == delivered and discarded == cancelled and specter["delivery_status"] in ("N", "D")
            if not alike and one.uid in self.unconfirmed:
                self.verdict.because("status: the order is unconfirmed")
            elif not alike and not (rules or states):
                self.verdict.unexplained.append(
                    f"order {one.number}: shop sent {sent} discarded {discarded}, Specter "
                    f"{specter['status_id']} {specter['delivery_status']}"
                )
            elif not alike:
                words = sorted(rules) + sorted(state.value for state in states)
                self.verdict.because(f"status: {', '.join(words)}")
            elif rules or states:
                self.verdict.needless.append(
                    f"order {one.number} is alike, but flagged {sorted(rules)} {sorted(states)}"
                )


def _order(uid: int) -> ItemKey:
    return ItemKey(Kind.ORDER, uid)


def _on_sale(article: dict[str, Any]) -> bool:
    return bool(article["show_old_price"]) and Decimal(str(article["old_price"])) > Decimal(
        str(article["price"])
    )


def _same_price(shop: Decimal | None, specter: Decimal, rate: Decimal) -> bool:
    """Equal by rounding in either direction (rule 22)."""
    if shop is None:
        return False
    there = (shop / (1 + rate)).quantize(ORE, ROUND_HALF_UP)
    back = (specter * (1 + rate)).quantize(ORE, ROUND_HALF_UP)
    return there == specter or back == shop
