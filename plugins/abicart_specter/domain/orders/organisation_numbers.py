"""Swedish organisation and personal numbers, and VAT numbers: normal form, check digit, kind (fault F22, F23).

A number is personal data of a private person: nothing here puts one into words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

_SEPARATORS = re.compile(r"[\s.\-+/]")
_VAT_NUMBER = re.compile(r"[A-Z]{2}[0-9A-Z]{2,13}")
_SWEDISH_VAT = re.compile(r"SE([0-9]{10})[0-9]{2}")
FEWEST_DIGITS = 5
"""German registers have numbers as short as this; shorter is no organisation's number."""

_CENTURIES = ("16", "18", "19", "20")

COUNTRIES_OF_VAT = {"EL": "GR", "XI": "GB"}
"""Prefixes of VAT numbers that are no country codes."""


class NumberKind(StrEnum):
    """What a number looks like by its digits."""

    ORGANISATION = "organisation number"
    PERSON = "personal number"
    UNUSUAL = "neither a Swedish organisation number nor a personal number"


@dataclass(frozen=True, slots=True)
class CheckedNumber:
    """A number in its normal form, with what its digits say.

    ``text`` is empty where there is no number that could tell one customer from another. ``check_digit_is_right``
    is true only for a Swedish number.
    """

    text: str
    kind: NumberKind
    check_digit_is_right: bool

    @property
    def is_right(self) -> bool:
        """Whether it is a Swedish number with the right check digit."""
        return self.kind is not NumberKind.UNUSUAL and self.check_digit_is_right


def normal_number(entered: str) -> str:
    """What is the same for every way of writing one number: capitals and digits, no century, no separators.

    A Swedish VAT number in its place gives the organisation number in it. Empty for what buyers enter to get past
    the field, which must match nobody: too few digits ("-", "saknas"), one digit over and over (0000000000), or
    digits in a row (1234567890).
    """
    text = _SEPARATORS.sub("", entered).upper()
    in_vat = _SWEDISH_VAT.fullmatch(text)
    if in_vat:
        text = in_vat.group(1)
    if len(text) == 12 and text.isdigit() and text.isascii() and text[:2] in _CENTURIES:
        text = text[2:]
    return "" if _is_filler(text) else text


def _is_filler(text: str) -> bool:
    digits = [char for char in text if char in "0123456789"]
    if len(digits) < FEWEST_DIGITS or len(set(text)) < 2:
        return True
    in_a_row = all((int(one) + 1) % 10 == int(two) for one, two in pairwise(digits))
    return in_a_row and len(digits) == len(text)


def check_number(entered: str) -> CheckedNumber:
    """Normal form, kind and check digit of a number."""
    text = normal_number(entered)
    if not (len(text) == 10 and text.isdigit() and text.isascii()):
        return CheckedNumber(text, NumberKind.UNUSUAL, False)
    if int(text[2]) >= 2:
        kind = NumberKind.ORGANISATION
    elif 1 <= int(text[2:4]) <= 12 and 1 <= int(text[4:6]) % 60 <= 31:
        # Coordination numbers have 60 added to the day.
        kind = NumberKind.PERSON
    else:
        kind = NumberKind.UNUSUAL
    return CheckedNumber(text, kind, has_right_check_digit(text))


def has_right_check_digit(digits: str) -> bool:
    """Whether the last of the digits is the check digit of the others (every other one doubled, digits added)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value // 10 + value % 10
    return total % 10 == 0


def normal_vat_number(entered: str) -> str:
    """Capitals and digits without separators."""
    return _SEPARATORS.sub("", entered).upper()


def vat_number_problem(normal: str) -> str:
    """What is wrong with a VAT number, in words without the number; empty if nothing is seen to be wrong."""
    if not _VAT_NUMBER.fullmatch(normal):
        return "it does not begin with two letters for the country, or is too short or too long"
    if normal.startswith("SE"):
        swedish = _SWEDISH_VAT.fullmatch(normal)
        if not swedish:
            return "a Swedish one has 12 digits after SE"
        if not has_right_check_digit(swedish.group(1)):
            return "the check digit of the organisation number in it is wrong"
    return ""
