"""Decimal comma and point, and what is no number at all, from both sides (F39)."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

import pytest
from fault_lab import all_items, articles
from fault_scene import Scene, settings
from relay import Passing, relay_to

NUMBER = "specter_number_unreadable"
ITEMS = 40

SPECTER_PRICES = {
    "1234.5": "1234.50",
    "0.01": "0.01",
    "1234567.89": "1234567.89",
    "12.3456": "12.3456",
    "79": "79.00",
    "0": "0.00",
}
"""Price in Specter → as it is written back."""

UNREADABLE = [
    ("priceExclVat", "-"),
    ("priceExclVat", "noItemsAvailable"),
    ("priceExclVat", "1 234,50"),
    ("priceExclVat", "1,2,3"),
    ("priceExclVat", "NaN"),
    ("vatPercent", "12.345.67"),
    ("vatPercent", "kr 5"),
    ("vatPercent", "1e3"),
]
"""What Specter's queue may say of a field, each of another article."""

EMPTY = {"priceExclVat": "priceExclVAT", "vatPercent": "vatPercent", "name": "name"}
"""Field of the queue → field of a write."""

SHOP_PRICES = {
    "199": "159.20",
    "199.00": "159.20",
    "199.005": "159.20",
    "1.99e2": "159.20",
    "0.01": "0.01",
    '"199.90"': "159.92",
    "0": "0.00",
}
"""Price with 25 % VAT as the shop writes it in JSON → as Specter gets it."""

NO_PRICES = ['"199,90"', '"1 199.90"', '"kr 5"', "true", "[1]", '{"a":1}', "1e15", '""', "-5", "1e-25"]
"""What no price can mean, in JSON."""


def sent_rows(scene: Scene) -> dict[str, list[dict[str, str]]]:
    """Every row that Specter received by product number, oldest first."""
    rows: dict[str, list[dict[str, str]]] = {}
    for request in scene.specter.control.requests(action="newArticleSubmit"):
        by_index: dict[str, dict[str, str]] = {}
        for name, value in parse_qsl(request["body"], keep_blank_values=True, encoding="latin-1"):
            field, _, index = name.rpartition("_")
            by_index.setdefault(index, {})[field] = value
        for row in by_index.values():
            rows.setdefault(row["articleNo"], []).append(row)
    return rows


@pytest.mark.parametrize("mark", ["comma", "point"])
def test_prices_come_and_go_with_either_mark(scene: Scene, new_lab, mark: str) -> None:
    """What Specter told is written back as the same amount, always with a point, whichever marks it takes."""
    scene.set(
        items=ITEMS,
        faults=0,
        specter_switches={"decimal_output": mark, "decimal_input": "point"},
        poison=False,
    )
    priced = dict(zip(scene.known, SPECTER_PRICES, strict=False))
    assert len(priced) == len(SPECTER_PRICES)
    for number, price in priced.items():
        scene.specter.control.edit("article.change", number=number, price=price, vat_percent="6")
    lab = new_lab(settings=settings())
    assert lab.airflow("run").green
    rows, kept = sent_rows(scene), articles(scene.specter.control)
    for number, price in priced.items():
        sent = {(row["priceExclVAT"], row["vatPercent"]) for row in rows[number]}
        assert sent == {(SPECTER_PRICES[price], "6")}
        assert Decimal(kept[number]["price"]) == Decimal(price)


def test_a_number_that_cannot_be_read_holds_its_product(scene: Scene, new_lab) -> None:
    """Neither the odd text nor the shop's own figure goes over what Specter has and we do not understand."""
    scene.set(items=ITEMS, faults=0, poison=False)
    odd = dict(zip(scene.known, UNREADABLE, strict=False))
    assert len(odd) == len(UNREADABLE)
    before = articles(scene.specter.control)
    with relay_to(scene.specter.url, after=in_the_queue(odd)) as relay:
        lab = new_lab(settings=settings(), specter_url=relay.url)
        ran = lab.airflow("run")
    assert ran.green
    assert (ran.report.sent, ran.report.held) == (ITEMS - len(odd), len(odd))
    assert ran.report.flags[NUMBER] == len(odd)
    after = articles(scene.specter.control)
    assert {number: after[number] for number in odd} == {number: before[number] for number in odd}
    found = {row.flag.product_number: row.flag.message for row in lab.ledger.iter_open_flags("demo")}
    for number, (_, text) in odd.items():
        assert number in found[number]
        assert repr(text) in found[number]
    # Specter tells numbers; the products go, and the flags are resolved.
    for number in odd:
        scene.specter.control.edit("article.touch", number=number)
    lab.specter_url = scene.specter.url
    again = lab.airflow("next")
    assert (again.green, again.report.sent, again.report.held) == (True, len(odd), 0)
    assert NUMBER not in {row.flag.rule for row in lab.ledger.iter_open_flags("demo")}


def test_an_empty_field_says_nothing(scene: Scene, new_lab) -> None:
    """Above all it is not zero, and not a reason to send an empty price or VAT rate: the shop's value goes."""
    scene.set(items=ITEMS, faults=0, poison=False)
    assert new_lab().airflow("run").green
    own = {number: rows[0] for number, rows in sent_rows(scene).items()}
    scene.set(items=ITEMS, faults=0, poison=False)
    empty = {number: (field, "") for number, field in zip(scene.known, EMPTY, strict=False)}
    with relay_to(scene.specter.url, after=in_the_queue(empty)) as relay:
        lab = new_lab(settings=settings(), specter_url=relay.url)
        assert lab.airflow("run").green
    for number, (field, _) in empty.items():
        wire = EMPTY[field]
        assert {row[wire] for row in sent_rows(scene)[number]} == {own[number][wire]}
        assert own[number][wire] != ""


def in_the_queue(texts: dict[str, tuple[str, str]]) -> Callable[[Passing], None]:
    """A hook that has the article-info queue say something else: number → field and text."""

    def after(passing: Passing) -> None:
        if passing.action != "getArticleInfoExternalNeedUpdate":
            return
        document = passing.answer.decode("latin-1")
        for article in document.split("<article ")[1:]:
            for number, (field, text) in texts.items():
                if f"[{number}]" in article.split("</article>")[0]:
                    document = document.replace(article, changed(article, field, text))
        passing.answer = document.encode("latin-1")

    return after


def changed(article: str, field: str, text: str) -> str:
    if field == "name":
        before, _, rest = article.partition("<name>")
        return f"{before}<name>{text}</name>{rest.partition('</name>')[2]}"
    before, found, rest = article.partition(f'{field}="')
    assert found
    return f'{before}{found}{text}"{rest.partition(chr(34))[2]}'


def test_prices_of_the_shop_however_they_are_written(scene: Scene, new_lab) -> None:
    ran, numbers = export_with_prices(scene, new_lab, list(SHOP_PRICES))
    assert (ran.green, ran.report.held) == (True, 0)
    rows = sent_rows(scene)
    sent = {price: {row["priceExclVAT"] for row in rows[number]} for price, number in numbers.items()}
    assert sent == {price: {wanted} for price, wanted in SHOP_PRICES.items()}


def test_a_price_that_cannot_be_meant_holds_its_product(scene: Scene, new_lab) -> None:
    """Poison values in the shop's answer: held and named, all others go (F30)."""
    ran, numbers = export_with_prices(scene, new_lab, NO_PRICES)
    assert ran.green
    assert (ran.report.sent, ran.report.held) == (ITEMS - len(NO_PRICES), len(NO_PRICES))
    assert set(numbers.values()).isdisjoint(sent_rows(scene))


def export_with_prices(scene: Scene, new_lab, prices: list[str]) -> tuple[Any, dict[str, str]]:
    """A run in which some articles' regular prices are these pieces of JSON; returns it and price → number."""
    scene.set(items=ITEMS, faults=0, poison=False, known=False)
    plain = [item for item in all_items(scene.abicart.control) if item["kind"] == "article"]
    priced = dict(zip(prices, plain, strict=False))
    assert len(priced) == len(prices)
    for item in priced.values():
        scene.abicart.control.edit("Article", uid=item["article_uid"], patch={"vatRate": 0.25})
    pieces = {item["article_uid"]: price for price, item in priced.items()}

    def after(passing: Passing) -> None:
        if passing.action != "Article.list":
            return
        document = json.loads(passing.answer, parse_float=str)
        for article in document["result"]:
            if article["uid"] in pieces:
                article["price"] = {"regular": {"SEK": f"@{article['uid']}@"}}
                article.pop("pricing", None)
        text = json.dumps(document)
        for uid, piece in pieces.items():
            text = text.replace(f'"@{uid}@"', piece)
        passing.answer = text.encode()

    with relay_to(scene.abicart.url, after=after) as relay:
        ran = new_lab(abicart_url=relay.url).airflow("run")
    return ran, {price: item["product_number"] for price, item in priced.items()}
