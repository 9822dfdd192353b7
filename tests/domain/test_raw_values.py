from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from abicart_specter.domain.raw_values import ValueReader, uid_of


@pytest.mark.parametrize(
    ("value", "uid"),
    [
        (7, 7),
        ("7", 7),
        ("0007", None),
        (0, None),
        (-1, None),
        (True, None),
        (7.0, None),
        (Decimal(7), None),
        ("7 ", None),
        ("sju", None),
        (None, None),
        ("٧", None),
    ],
)
def test_a_uid_is_a_number_or_its_digits(value: object, uid: int | None) -> None:
    assert uid_of(value) == uid


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (None, None),
        (12, Decimal(12)),
        (Decimal("1.50"), Decimal("1.50")),
        ("1.5", Decimal("1.5")),
        ("-2", Decimal(-2)),
    ],
)
def test_numbers_that_are_read(value: object, number: Decimal | None) -> None:
    reader = ValueReader()
    assert reader.number(value, "x") == number
    assert reader.problems == []


@pytest.mark.parametrize(
    "value",
    ["1,5", "", " 1", "1e5", "ett", True, 1.5, [], {}, Decimal("NaN"), Decimal("Infinity"), Decimal("1E+400"), 10**30,
     Decimal("1E-50")],
)  # fmt: skip
def test_what_is_no_number_is_noted_by_field(value: Any) -> None:
    reader = ValueReader()
    assert reader.number(value, "price.regular.SEK") is None
    assert len(reader.problems) == 1
    assert reader.problems[0].startswith("price.regular.SEK: ")


@pytest.mark.parametrize(("value", "expected"), [({"a": 1}, {"a": 1}), ([], {}), (None, {}), ({}, {})])
def test_an_empty_list_is_an_empty_object(value: object, expected: dict[str, int]) -> None:
    reader = ValueReader()
    assert reader.mapping(value, "x") == expected
    assert reader.problems == []


@pytest.mark.parametrize("value", ["text", 3, [1], True])
def test_what_is_no_object_is_noted(value: object) -> None:
    reader = ValueReader()
    assert reader.mapping(value, "price") == {}
    assert reader.problems == [f"price: expected an object, found {reader.problems[0].split('found ')[1]}"]


@pytest.mark.parametrize(
    ("value", "language", "text"),
    [
        ({"sv": "Blå", "en": "Blue"}, "sv", "Blå"),
        ({"sv": "Blå", "en": "Blue"}, "en", "Blue"),
        ({"sv": " ", "en": "Blue"}, "sv", "Blue"),
        ({"fi": "Sininen", "de": "Blau"}, "sv", "Blau"),
        ("Blå", "sv", "Blå"),
        ({}, "sv", ""),
        ([], "sv", ""),
        (None, "sv", ""),
        ({"sv": None, "en": "Blue"}, "sv", "Blue"),
    ],
)
def test_the_shops_language_comes_first(value: object, language: str, text: str) -> None:
    reader = ValueReader()
    assert reader.text(value, "name", language) == text
    assert reader.problems == []


def test_a_name_that_is_no_text_is_noted() -> None:
    reader = ValueReader()
    assert reader.text({"sv": 7, "en": "Blue"}, "name", "sv") == "Blue"
    assert reader.problems == ["name.sv: expected text, found the number 7"]


@pytest.mark.parametrize(("value", "code"), [("007", "007"), (7, "7"), (None, None), ("", "")])
def test_codes_stay_as_they_are(value: object, code: str | None) -> None:
    reader = ValueReader()
    assert reader.code(value, "articleNumber") == code
    assert reader.problems == []


@pytest.mark.parametrize("value", [True, Decimal("1.5"), ["A"], {"sv": "A"}])
def test_what_is_no_code_is_noted(value: object) -> None:
    reader = ValueReader()
    assert reader.code(value, "articleNumber") is None
    assert reader.problems[0].startswith("articleNumber: expected text, found ")
