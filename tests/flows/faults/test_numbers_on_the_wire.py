"""Decimal comma and point, and what is no number at all, from both sides (F39)."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

import pytest
from fault_lab import all_items, articles
from fault_scene import Scene, settings
from relay import Passing, relay_to

NUMBER = "specter_number_unreadable"


def sent_rows(scene: Scene, number: str) -> list[dict[str, str]]:
    """Every row with this product number that Specter received, oldest first."""
    rows = []
    for request in scene.specter.control.requests(action="newArticleSubmit"):
        by_index: dict[str, dict[str, str]] = {}
        for name, value in parse_qsl(request["body"], keep_blank_values=True, encoding="latin-1"):
            field, _, index = name.rpartition("_")
            by_index.setdefault(index, {})[field] = value
        rows += [row for row in by_index.values() if row["articleNo"] == number]
    return rows


@pytest.mark.parametrize("mark", ["comma", "point"])
@pytest.mark.parametrize(
    ("price", "sent"),
    [
        ("1234.5", "1234.50"),
        ("0.01", "0.01"),
        ("1234567.89", "1234567.89"),
        ("12.3456", "12.3456"),
        ("79", "79.00"),
        ("0", "0.00"),
    ],
)
def test_prices_come_and_go_with_either_mark(scene: Scene, new_lab, mark: str, price: str, sent: str) -> None:
    """What Specter told is written back as the same amount, always with a point, whichever marks it takes."""
    scene.set(
        items=20, faults=0, specter_switches={"decimal_output": mark, "decimal_input": "point"}, poison=False
    )
    number = scene.known[0]
    scene.specter.control.edit("article.change", number=number, price=price, vat_percent="6")
    lab = new_lab(settings=settings())
    assert lab.airflow("run").green
    rows = sent_rows(scene, number)
    assert {row["priceExclVAT"] for row in rows} == {sent}
    assert {row["vatPercent"] for row in rows} == {"6"}
    assert Decimal(articles(scene.specter.control)[number]["price"]) == Decimal(price)


@pytest.mark.parametrize(
    ("field", "odd"),
    [
        ("priceExclVat", "-"),
        ("priceExclVat", "noItemsAvailable"),
        ("priceExclVat", "1 234,50"),
        ("priceExclVat", "1,2,3"),
        ("priceExclVat", "NaN"),
        ("priceExclVat", "1e3"),
        ("vatPercent", "12.345.67"),
        ("vatPercent", "kr 5"),
        ("vatPercent", "½"),
    ],
)
def test_a_number_that_cannot_be_read_holds_its_product(scene: Scene, new_lab, field: str, odd: str) -> None:
    """Neither the odd text nor the shop's own figure goes over what Specter has and we do not understand."""
    scene.set(items=20, faults=0, poison=False)
    number = scene.known[0]
    before = articles(scene.specter.control)[number]
    with relay_to(scene.specter.url, after=in_the_queue(number, field, odd)) as relay:
        lab = new_lab(settings=settings(), specter_url=relay.url)
        ran = lab.airflow("run")
    assert ran.green
    assert (ran.report.sent, ran.report.held, ran.report.flags[NUMBER]) == (19, 1, 1)
    assert articles(scene.specter.control)[number] == before
    [message] = [row.flag.message for row in lab.ledger.iter_open_flags("demo") if row.flag.rule == NUMBER]
    assert number in message
    # Specter tells a number; the product goes, and the flag is resolved.
    scene.specter.control.edit("article.touch", number=number)
    lab.specter_url = scene.specter.url
    after = lab.airflow("next")
    assert (after.green, after.report.sent, after.report.held) == (True, 1, 0)
    assert NUMBER not in {row.flag.rule for row in lab.ledger.iter_open_flags("demo")}


@pytest.mark.parametrize("field", ["priceExclVat", "vatPercent", "name"])
def test_an_empty_field_says_nothing(scene: Scene, new_lab, field: str) -> None:
    """Above all it is not zero, and not a reason to send an empty price or VAT rate: the shop's value goes."""
    scene.set(items=20, faults=0, poison=False)
    number = scene.known[0]
    shop = new_lab()
    usual = shop.airflow("run")
    assert usual.green
    own = sent_rows(scene, number)[0]
    scene.set(items=20, faults=0, poison=False)
    with relay_to(scene.specter.url, after=in_the_queue(number, field, "")) as relay:
        lab = new_lab(settings=settings(), specter_url=relay.url)
        assert lab.airflow("run").green
    wire = {"priceExclVat": "priceExclVAT", "vatPercent": "vatPercent", "name": "name"}[field]
    assert {row[wire] for row in sent_rows(scene, number)} == {own[wire]}
    assert own[wire] != ""


def in_the_queue(number: str, field: str, text: str):
    """A hook that has the article-info queue say something else of one article."""

    def after(passing: Passing) -> None:
        if passing.action != "getArticleInfoExternalNeedUpdate":
            return
        document = passing.answer.decode("latin-1")
        for article in document.split("<article ")[1:]:
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


@pytest.mark.parametrize(
    ("price", "sent"),
    [
        ("199", "159.20"),
        ("199.00", "159.20"),
        ("199.005", "159.20"),
        ("1.99e2", "159.20"),
        ("0.01", "0.01"),
        ('"199.90"', "159.92"),
        ("0", "0.00"),
    ],
)
def test_prices_of_the_shop_however_they_are_written(scene: Scene, new_lab, price: str, sent: str) -> None:
    ran, rows = export_with_price(scene, new_lab, price)
    assert ran.green
    assert {row["priceExclVAT"] for row in rows} == {sent}


@pytest.mark.parametrize(
    "price", ['"199,90"', '"1 199.90"', '"kr 5"', "true", "[1]", '{"a":1}', "1e15", '""', "-5", "1e-25"]
)
def test_a_price_that_cannot_be_meant_holds_its_product(scene: Scene, new_lab, price: str) -> None:
    """One poison value in the shop's answer: held and named, all others go (F30)."""
    ran, rows = export_with_price(scene, new_lab, price)
    assert ran.green
    assert (ran.report.sent, ran.report.held) == (19, 1)
    assert rows == []


def export_with_price(scene: Scene, new_lab, price: str) -> tuple[Any, list[dict[str, str]]]:
    """A run in which one article's regular price is this piece of JSON; VAT 25 %."""
    scene.set(items=20, faults=0, poison=False, known=False)
    item = next(one for one in all_items(scene.abicart.control) if one["kind"] == "article")
    scene.abicart.control.edit("Article", uid=item["article_uid"], patch={"vatRate": 0.25})

    def after(passing: Passing) -> None:
        if passing.action != "Article.list":
            return
        document = json.loads(passing.answer, parse_float=str)
        for article in document["result"]:
            if article["uid"] == item["article_uid"]:
                article["price"] = {"regular": {"SEK": "@@"}}
                article.pop("pricing", None)
        passing.answer = json.dumps(document).replace('"@@"', price).encode()

    with relay_to(scene.abicart.url, after=after) as relay:
        lab = new_lab(abicart_url=relay.url)
        ran = lab.airflow("run")
    return ran, sent_rows(scene, item["product_number"])
