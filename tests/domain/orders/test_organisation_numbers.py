"""Organisation, personal and VAT numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abicart_specter.domain.orders.organisation_numbers import (
    NumberKind,
    check_number,
    has_right_check_digit,
    normal_number,
    normal_vat_number,
    vat_number_problem,
)
from abicart_specter.domain.orders.places import COUNTRIES, country_code, postcode

NINE_DIGITS = st.text("0123456789", min_size=9, max_size=9)


def completed(nine: str) -> str:
    """The digits with the one check digit that is right."""
    (found,) = [nine + digit for digit in "0123456789" if has_right_check_digit(nine + digit)]
    return found


@pytest.mark.parametrize(
    ("entered", "kind", "right"),
    [
        ("556036-0793", NumberKind.ORGANISATION, True),
        ("5560360793", NumberKind.ORGANISATION, True),
        ("SE556036079301", NumberKind.ORGANISATION, True),
        ("556036-0794", NumberKind.ORGANISATION, False),
        ("19900101-9802", NumberKind.PERSON, True),
        ("900101-9802", NumberKind.PERSON, True),
        ("900101+9802", NumberKind.PERSON, True),
        ("900161-9809", NumberKind.PERSON, True),
        ("901301-9801", NumberKind.UNUSUAL, True),
        ("900101-9803", NumberKind.PERSON, False),
        ("900101", NumberKind.UNUSUAL, False),
        ("DE123456789", NumberKind.UNUSUAL, False),
        ("٥٥٦٠٣٦٠٧٩٣", NumberKind.UNUSUAL, False),
    ],
)
def test_kind_and_check_digit(entered: str, kind: NumberKind, right: bool) -> None:
    checked = check_number(entered)
    assert checked.kind is kind
    assert checked.is_right is (right and kind is not NumberKind.UNUSUAL)


@given(NINE_DIGITS, st.integers(0, 9), st.integers(1, 9))
def test_a_single_wrong_digit_is_always_found(nine: str, place: int, by: int) -> None:
    number = completed(nine)
    wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    assert not has_right_check_digit(wrong)


@given(
    NINE_DIGITS.filter(lambda nine: normal_number(completed(nine)) != ""),
    st.sampled_from(["16", "18", "19", "20"]),
)
def test_every_way_of_writing_a_number_is_the_same(nine: str, century: str) -> None:
    number = completed(nine)
    written = [
        f"{number[:6]}-{number[6:]}",
        f" {number[:6]} {number[6:]} ",
        f"{century}{number}",
        f"{century}{number[:6]}-{number[6:]}",
        f"{number[:6]}+{number[6:]}",
        f"se{number}01",
        f"SE {number} 01",
    ]
    assert {normal_number(one) for one in written} == {number}


@pytest.mark.parametrize(
    "entered",
    [
        "",
        "-",
        "0",
        "0000000000",
        "000000-0000",
        "1111111111",
        "xxxx",
        "saknas",
        "12-34",
        "1234567890",
        "0123456789",
        "٥٥٦٠٣٦٠٧٩٣",
    ],
)
def test_a_number_that_many_could_enter_is_none(entered: str) -> None:
    assert normal_number(entered) == ""


@pytest.mark.parametrize(
    ("entered", "problem"),
    [
        ("SE556036079301", ""),
        ("se 556036-0793 01", ""),
        ("DE123456789", ""),
        ("ATU12345678", ""),
        ("NL123456789B01", ""),
        ("SE5560360793", "12 digits"),
        ("SE556036079401", "check digit"),
        ("556036079301", "two letters"),
        ("SE", "two letters"),
    ],
)
def test_vat_numbers(entered: str, problem: str) -> None:
    words = vat_number_problem(normal_vat_number(entered))
    assert (problem in words) if problem else words == ""


def test_the_list_of_countries_is_whole() -> None:
    # ISO 3166 has 249 codes; Kosovo's XK is in use beside them.
    assert len(COUNTRIES) == 250
    assert all(len(code) == 2 and code.isalpha() and code.isupper() for code in COUNTRIES)


@pytest.mark.parametrize(
    ("entered", "code"),
    [
        ("SE", "SE"),
        (" se ", "SE"),
        ("Sverige", "SE"),
        ("UK", "GB"),
        ("Norge", "NO"),
        ("", ""),
        ("ZZ", None),
        ("Narnia", None),
    ],
)
def test_countries(entered: str, code: str | None) -> None:
    assert country_code(entered) == code


@pytest.mark.parametrize(
    ("entered", "country", "written", "right"),
    [
        ("11122", "SE", "111 22", True),
        ("111 22", "SE", "111 22", True),
        ("SE-111 22", "SE", "111 22", True),
        ("1112", "SE", "1112", False),
        ("S 11122", "SE", "111 22", True),
        ("111a22", "SE", "111a22", False),
        ("0150", "NO", "0150", True),
        ("00100", "FI", "00100", True),
        ("FI-00100", "FI", "00100", True),
        ("D-10115", "DE", "10115", True),
        ("1011ab", "NL", "1011 AB", True),
        ("sw1a1aa", "GB", "SW1A 1AA", True),
        ("00950", "PL", "00-950", True),
        (" 12  AB ", "IE", "12 AB", True),
        ("", "SE", "", False),
    ],
)
def test_postcodes(entered: str, country: str, written: str, right: bool) -> None:
    assert postcode(entered, country) == (written, right)
