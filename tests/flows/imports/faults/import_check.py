"""What must be true of both systems and the ledger when runs came to their end, whatever happened before."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from cut_lab import CutLab
from import_people import ORE, People, Present
from import_stage import ImportStage
from import_tasks import Wanted

from abicart_specter.clients.specter_batches import Queue
from abicart_specter.domain.catalogue import ARTICLE_FIELDS, normalise
from abicart_specter.domain.masters import Master
from abicart_specter.domain.records import CatalogueItem
from abicart_specter.flows.drain_queue import queue_account
from abicart_specter.flows.imports.queue_rows import article_fields
from abicart_specter.flows.imports.replay import replay
from abicart_specter.flows.journal import Journal
from abicart_specter.ledger import ChangeState, Ledger, RunKey

LOST = frozenset({"cut", "drop_after", "html_500"})
"""Faults of the shop after which a request was worked off and its answer is lost."""
NOT_DONE = frozenset({"drop_before", "unavailable", "rpc_internal", "rpc_server"})
OPEN_STATES = frozenset({ChangeState.WAITING, ChangeState.REFUSED})


@dataclass(frozen=True)
class Write:
    """One write that the shop worked off. ``lost``: its answer did not come."""

    method: str
    uid: int
    patch: dict[str, Any]
    lost: bool

    @property
    def about(self) -> tuple[str, int, frozenset[str]]:
        return self.method, self.uid, frozenset(self.patch)


@dataclass
class Check:
    """:param lost: bodies of requests whose answers were kept from the worker on its line."""

    stage: ImportStage
    lab: CutLab
    people: People
    lost: list[bytes]

    def __post_init__(self) -> None:
        with self.lab.specter() as specter:
            self.account = queue_account(specter)

    def nothing_is_open(self) -> None:
        """No batch anywhere, and nothing left on a queue."""
        assert self.stage.specter.inspect("batches") == []
        assert {name: rows for name, rows in self.stage.specter.inspect("queues").items() if rows} == {}
        for queue in Queue:
            assert self.lab.ledger.in_flight(self.account, queue.value) == [], queue

    # what arrived

    def items(self) -> list[CatalogueItem]:
        """The shop's items as they are now."""
        with self.lab.abicart() as abicart:
            facts = abicart.webshop()
            uids = sorted({one["article_uid"] for one in self.stage.items})
            return [
                item for one in abicart.get_articles(uids, ARTICLE_FIELDS) for item in normalise(one, facts)
            ]

    def everything_arrived_or_waits(self, night: Wanted, stock: Wanted) -> Counter[str]:
        """Each value of Specter is in the shop exactly, or the last run says why it is not."""
        reasons, stock_reasons = self.reasons(night), self.stock_reasons(stock)
        ends: Counter[str] = Counter()
        for item in self.items():
            number = item.product_number or ""
            told = self.people.history[number][-1]
            wrong = list(_differences(item, told, self.people.history[number]))
            for name, words in wrong:
                why = reasons.get(number, {}).get(name)
                assert why, f"{number}: {words}, and nothing says why: {reasons.get(number)}"
                ends[why] += 1
            ends["as in Specter"] += not wrong
            if told.available is not None and item.stock != max(told.available, 0):
                why = stock_reasons.get(number)
                assert why, f"{number}: stock {item.stock} instead of {told.available}"
                ends[f"stock: {why}"] += 1
        heads = {uid: self.stage.abicart.inspect("Order", uid=uid) for uid in self.stage.orders}
        sent = {
            uid for uid, head in heads.items() if str(head["deliveryStatus"]).lower() in ("sent", "shipped")
        }
        assert sent == self.people.delivered
        return ends

    def reasons(self, night: Wanted) -> dict[str, dict[str, str]]:
        """Product number → field → why it is not as Specter told."""
        run = RunKey("demo", night.flow, night.run_id)
        found: dict[str, dict[str, str]] = {}
        for one in self.lab.ledger.imports.iter_held(run):
            for name in ("price", "extra_price") if one.field is Master.PRICE else (one.field.value,):
                found.setdefault(one.product_number, {})[name] = one.rule
        for batch in self.lab.ledger.imports.iter_changes(run, None, sorted(OPEN_STATES)):
            for record in batch:
                for one in record.change.fields:
                    for _, number in record.change.keys:
                        found.setdefault(number, {})[one.field.value] = record.state.value
        return found

    def stock_reasons(self, stock: Wanted) -> dict[str, str]:
        run = RunKey("demo", stock.flow, stock.run_id)
        found = {one.product_number: one.rule for one in self.lab.ledger.stock.iter_held(run)}
        plan = self.lab.ledger.stock.plan(run)
        if plan is not None and plan.reasons and not plan.approved:
            for rows in self.lab.ledger.stock.iter_changes(run):
                found.update({row.change.product_number: "not approved" for row in rows})
        return found

    def only_these_are_open(self, night: Wanted, stock: Wanted) -> None:
        """What the next run would look at is what the last one could not bring to an end."""
        imports = self.lab.ledger.imports
        still = {one.product_number for one in imports.iter_open("demo", Queue.ARTICLE_INFO.value)}
        assert still <= set(self.reasons(night))
        still = {one.product_number for one in imports.iter_open("demo", Queue.STOCK.value)}
        assert still <= set(self.stock_reasons(stock))

    # what was written

    def writes(self) -> list[Write]:
        """Everything that was written to the shop since the case began, in order."""
        found = []
        for entry in self.stage.abicart.requests(limit=100_000):
            if entry["fault"] in NOT_DONE or not any(name.endswith(".set") for name in entry["calls"]):
                continue
            body = entry["body"].encode("latin-1")
            calls = json.loads(body.decode("utf-8"), parse_float=Decimal, parse_int=Decimal)
            lost = entry["fault"] in LOST or body in self.lost
            for call in calls if isinstance(calls, list) else [calls]:
                if call["method"].endswith(".set"):
                    uid, patch = call["params"][:2]
                    found.append(Write(call["method"], int(uid), patch, lost))
        return found

    def nothing_was_written_twice(self, writes: list[Write]) -> None:
        """The same again only after a lost answer; and never an older value after a newer one."""
        last: dict[tuple[str, int, frozenset[str]], Write] = {}
        for write in writes:
            before = last.get(write.about)
            assert before is None or before.patch != write.patch or before.lost, f"written again: {write}"
            last[write.about] = write
        for item in self.stage.items:
            self._in_order(item, writes)

    def _in_order(self, item: dict[str, Any], writes: list[Write]) -> None:
        """What was written to an item is a part of what Specter had, in that order."""
        method = "Article.set" if item["kind"] == "article" else "ArticleVariant.set"
        own = [one for one in writes if (one.method, one.uid) == (method, item["uid"])]
        past = self.people.history[item["product_number"]]
        for name, agrees in (("price", _price_written), ("name", _name_written), ("stock", _stock_written)):
            place = 0
            for write in (one for one in own if name in one.patch):
                while place < len(past) and not agrees(write.patch, past[place]):
                    place += 1
                assert place < len(past), f"{item['product_number']}: {write} is out of order in {past}"

    # the ledger

    def pairs_are_what_both_hold(self, night: Wanted) -> None:
        """Rule 22: both values of each pair are what the systems hold, but for what waits or is held."""
        reasons = self.reasons(night)
        items = self.items()
        pairs = self.lab.ledger.pairs("demo", [item.key for item in items])
        for item in items:
            number = item.product_number or ""
            told = self.people.history[number][-1]
            own = pairs[item.key]
            expected = {
                "price": (item.price_regular, told.price),
                "vat": (item.vat_rate, told.vat),
                "name": (item.name, told.name),
            }
            for name, (shops, specters) in expected.items():
                if name in reasons.get(number, {}) or "extra_price" in reasons.get(number, {}):
                    continue
                pair = own[name]
                held: tuple[Any, Any] = (pair.shop_value, pair.specter_value)
                if name != "name":
                    assert None not in held, f"{number}: {name}: {pair}"
                    held = (Decimal(held[0]), Decimal(held[1].replace(",", ".")))
                assert held == (shops, specters), (
                    f"{number}: {name}: {pair}, and the systems hold {shops}, {specters}"
                )

    def journal_tells_the_same(self) -> None:
        """A fresh ledger, filled from the journal alone, holds the same newest values."""
        fresh = self.stage.folder / "fresh.db"
        shutil.copy(self.stage.fresh_ledger, fresh)
        with Ledger.open(f"sqlite:///{fresh}", clock=self.lab.clock.now) as ledger:
            journal = Journal(self.stage.folder / "journal")
            replay(journal, ledger, fields=article_fields(self.lab.settings))
            for queue in Queue:
                names = self.people.numbers
                if queue is Queue.ORDERS:
                    names = [str(one) for one in self.stage.orders.values()]
                known = self._newest(self.lab.ledger, queue, names)
                assert self._newest(ledger, queue, names) == known
                assert ledger.in_flight(self.account, queue.value) == []

    def _newest(self, ledger: Ledger, queue: Queue, names: list[str]) -> dict[str, dict[str, str | None]]:
        found = ledger.latest_values(self.account, queue.value, names)
        return {number: {name: one.value for name, one in told.items()} for number, told in found.items()}


def without_vat(amount: Decimal, rate: Decimal) -> Decimal:
    return (amount / (1 + rate)).quantize(ORE, ROUND_HALF_UP)


def _differences(item: CatalogueItem, told: Present, past: list[Present]) -> Iterator[tuple[str, str]]:
    """Field and words of what the shop has otherwise than Specter."""
    rate = item.vat_rate
    if rate is None or rate * 100 != told.vat:
        yield "vat", f"VAT rate {rate} instead of {told.vat} %"
        return
    if item.price_regular is None or without_vat(item.price_regular, rate) != told.regular:
        yield "price", f"price {item.price_regular} instead of {told.regular} without VAT"
    campaign = item.price_campaign
    if (campaign is None) == told.sale:
        yield "extra_price", f"campaign {campaign}, in Specter a sale: {told.sale}"
    elif campaign is not None and without_vat(campaign, rate) != told.price:
        yield "extra_price", f"campaign {campaign} instead of {told.price} without VAT"
    if (
        item.name != told.name and len({one.name for one in past}) > 1
    ):  # the export tells a variant's name in its way
        yield "name", f"name “{item.name}” instead of “{told.name}”"


def _price_written(patch: dict[str, Any], then: Present) -> bool:
    rate = then.vat / 100
    if "vatRate" in patch and patch["vatRate"] != rate:
        return False
    price = patch["price"]
    offers = price.get("specialOffer") or {}
    if without_vat(price["regular"]["SEK"], rate) != then.regular:
        return False
    return not then.sale or ("SEK" in offers and without_vat(offers["SEK"], rate) == then.price)


def _name_written(patch: dict[str, Any], then: Present) -> bool:
    return bool(patch["name"]["sv"] == then.name)


def _stock_written(patch: dict[str, Any], then: Present) -> bool:
    stock = patch["stock"]["stock"] if isinstance(patch["stock"], dict) else patch["stock"]
    return then.available is not None and stock == max(then.available, 0)
