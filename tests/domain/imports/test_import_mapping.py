"""article_import.yaml: candidate names, steps of texts, and what a wrong file is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.domain.imports.cases import DEMO

from abicart_specter.domain.imports.import_mapping import ImportMapping, import_mapping, load_import_mapping
from abicart_specter.domain.imports.records import Told
from abicart_specter.errors import ConfigurationError

NOW = datetime(2026, 5, 1, tzinfo=UTC)
SHORT = """\
source: getArticleInfoExternalNeedUpdate
fields:
  name: {from: [name]}
  price: {from: [priceExclVat]}
  former_price: {from: [standardOldPrice]}
  show_former_price: {from: [showStandardOldPrice]}
  vat: {from: [vatPercent]}
"""


@dataclass(frozen=True)
class Row:
    row_id: int
    value: str | None
    seen_at: datetime = NOW


Load = Callable[[str], ImportMapping]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def of(text: str) -> ImportMapping:
        path = tmp_path / "mappings" / "x.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return load_import_mapping(path)

    return of


def test_the_demo_shops_mapping_knows_every_field() -> None:
    mapping = import_mapping(DEMO)
    assert {
        "name",
        "priceexclvat",
        "vatpercent",
        "standardoldprice",
        "showstandardoldprice",
    } <= mapping.wire_names()
    assert mapping.names_of("price") == ("priceexclvat",)
    assert len(mapping.names_of("description")) > 1
    assert mapping.names_of("stock") == ()


def test_rows_become_our_fields_as_they_came(load: Load) -> None:
    told = load(SHORT).told(
        {"priceexclvat": Row(4, " 12,50"), "barcode": Row(5, "1"), "vatpercent": Row(6, None)}
    )
    assert told == {"price": Told(" 12,50", 4, NOW)}


def test_the_first_name_that_was_ever_told_counts(load: Load) -> None:
    mapping = load(SHORT + "  description: {from: [LongText, shortText]}\n")
    assert mapping.told({"shorttext": Row(9, "kort")})["description"].value == "kort"
    assert (
        mapping.told({"shorttext": Row(9, "kort"), "longtext": Row(1, "lång")})["description"].value == "lång"
    )
    assert mapping.told({"shorttext": Row(9, "kort"), "longtext": Row(1, "")})["description"].value == ""


@pytest.mark.parametrize(
    ("steps", "value", "expected"),
    [
        ("[text]", "  Blå\n mössa ", "Blå mössa"),
        ("[unescape_html]", "&lt;p&gt;Å &amp;amp; &quot;B&quot;&lt;/p&gt;", '<p>Å &amp; "B"</p>'),
        ("[unescape_html]", "<p>5 &lt; 6</p>", "<p>5 &lt; 6</p>"),
        ("[unescape_html, strip_html]", "&lt;p&gt;Varm&lt;/p&gt;&lt;p&gt;Mjuk&lt;/p&gt;", "Varm\n\nMjuk"),
        ("[lines]", "a  b \r\n\r\n\r\n c", "a b\n\nc"),
        ("[max_length: 3]", "abcdef", "abc"),
        ("[lookup: {ja: '1'}]", "ja", "1"),
        ("[lookup: {ja: '1'}]", "nej", "nej"),
    ],
)
def test_steps(load: Load, steps: str, value: str, expected: str) -> None:
    mapping = load(SHORT.replace("{from: [name]}", f"{{from: [name], transforms: {steps}}}"))
    assert mapping.told({"name": Row(1, value)})["name"].value == expected


def test_a_number_may_be_looked_up_but_not_rewritten(load: Load) -> None:
    table = SHORT.replace(
        "[showStandardOldPrice]", "[showStandardOldPrice], transforms: [lookup: {'True': '1'}]"
    )
    assert load(table).told({"showstandardoldprice": Row(1, "True")})["show_former_price"].value == "1"


def test_the_fingerprint_follows_what_the_file_says(load: Load) -> None:
    first = load(SHORT).fingerprint
    assert load("# A note.\n" + SHORT).fingerprint == first
    assert load(SHORT.replace("[vatPercent]", "[vatPercent, vat]")).fingerprint != first


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (SHORT + "  stock: {from: [x]}\n", 8, "there is no field “stock”"),
        (SHORT.replace("  vat: {from: [vatPercent]}\n", ""), 2, "vat is missing"),
        (SHORT.replace("[vatPercent]", "[]"), 7, "fields.vat.from: expected at least 1"),
        (SHORT.replace("[vatPercent]", "[priceexclvat]"), 7, "“priceexclvat” is listed already, for price"),
        (SHORT.replace("[vatPercent]", "[vat, VAT]"), 7, "“VAT” is listed already, for vat"),
        (SHORT.replace("[vatPercent]", "['vat %']"), 7, "cannot be the name"),
        (SHORT.replace("[name]", "[name], transforms: [shout]"), 3, "there is no transform “shout”"),
        (SHORT.replace("[name]", "[name], transforms: [max_length]"), 3, "“max_length” needs a value"),
        (SHORT.replace("[name]", "[name], transforms: [max_length: 0]"), 3, "needs a whole number from 1"),
        (SHORT.replace("[name]", "[name], transforms: [lookup: 3]"), 3, "needs texts"),
        (SHORT.replace("[name]", "[name], transforms: [text: 3]"), 3, "“text” takes no value"),
        (SHORT.replace("[name]", "[name], transforms: [other: 3]"), 3, "there is no transform “other”"),
        (SHORT.replace("[name]", "[name], transforms: [7]"), 3, "expected the name of a transform"),
        (
            SHORT.replace("[vatPercent]", "[vatPercent], transforms: [strip_html]"),
            7,
            "“strip_html” is for texts; vat is none",
        ),
        (
            SHORT.replace("[priceExclVat]", "[priceExclVat], transforms: [max_length: 3]"),
            4,
            "“max_length” is for texts; price is none",
        ),
        (SHORT.replace("getArticleInfo", "getStock"), 1, "source"),
        (SHORT + "more: 1\n", 8, "there is no key “more”"),
    ],
)
def test_a_wrong_file_is_told_where_and_why(load: Load, text: str, line: int, words: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        load(text)
    assert f"mappings/x.yaml:{line}" in str(error.value) or f"line {line}" in str(error.value)
    assert words in str(error.value)
    assert "article_import.yaml" in error.value.remedy


def test_a_missing_file_is_told() -> None:
    settings = DEMO.model_copy(
        update={"mappings": DEMO.mappings.model_copy(update={"article_import": "nothing.yaml"})}
    )
    with pytest.raises(ConfigurationError, match=r"nothing\.yaml"):
        import_mapping(settings)
