from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abicart_specter.domain.number_check import check_number, is_blank, lookalike_of
from abicart_specter.domain.number_rule_table import (
    ERROR_RULES,
    NUMBER_BLANK,
    NUMBER_FORBIDDEN_CHARACTER,
    NUMBER_LOOKALIKE,
    NUMBER_MISSING,
    NUMBER_RULES,
    NUMBER_SPACE,
    NUMBER_TOO_LONG,
    RULES,
)
from abicart_specter.settings import NumberRules

RULE = NumberRules()
ANY_BUT_BLANKS = NumberRules(allowed=None)
WITH_RING = NumberRules(allowed=frozenset("åA1"))


@pytest.mark.parametrize("number", ["A-1", "abc_9.z/0", "0", "007", "x" * 50])
def test_good_numbers_pass(number: str) -> None:
    assert check_number(number, RULE) == []
    assert RULE.accepts(number)


@pytest.mark.parametrize(
    ("number", "rules", "expected"),
    [
        (None, RULE, [NUMBER_MISSING]),
        ("", RULE, [NUMBER_BLANK]),
        ("  \t", RULE, [NUMBER_BLANK]),
        ("\u00a0\u200b", RULE, [NUMBER_BLANK]),
        ("A 1", RULE, [NUMBER_SPACE]),
        (" A1", RULE, [NUMBER_SPACE]),
        ("A1\n", RULE, [NUMBER_SPACE]),
        ("A–1", RULE, [NUMBER_LOOKALIKE]),
        ("A\u00a01", RULE, [NUMBER_LOOKALIKE]),
        ("A\u20111", RULE, [NUMBER_LOOKALIKE]),
        ("A\u00ad1", RULE, [NUMBER_LOOKALIKE]),
        ("Ａ1", RULE, [NUMBER_LOOKALIKE]),
        ("А-1", RULE, [NUMBER_LOOKALIKE]),  # Cyrillic
        ("Β-1", RULE, [NUMBER_LOOKALIKE]),  # Greek
        ("A\u3000B", RULE, [NUMBER_LOOKALIKE]),
        ("A⁄B", RULE, [NUMBER_LOOKALIKE]),
        ("Å1", RULE, [NUMBER_FORBIDDEN_CHARACTER]),
        ("A\u030a1", RULE, [NUMBER_FORBIDDEN_CHARACTER]),
        ("A,1", RULE, [NUMBER_FORBIDDEN_CHARACTER]),
        ("A&%¤#€", RULE, [NUMBER_FORBIDDEN_CHARACTER]),
        ("A\u200b1", RULE, [NUMBER_FORBIDDEN_CHARACTER]),
        ("A\x001", RULE, [NUMBER_FORBIDDEN_CHARACTER]),
        ("漢", RULE, [NUMBER_FORBIDDEN_CHARACTER]),
        ("\ud800", RULE, [NUMBER_FORBIDDEN_CHARACTER]),
        ("x" * 51, RULE, [NUMBER_TOO_LONG]),
        (
            "å –" + "x" * 48,
            RULE,
            [NUMBER_SPACE, NUMBER_LOOKALIKE, NUMBER_FORBIDDEN_CHARACTER, NUMBER_TOO_LONG],
        ),
        ("å", WITH_RING, []),
        ("B", WITH_RING, [NUMBER_FORBIDDEN_CHARACTER]),
        ("Ärt&%#,", ANY_BUT_BLANKS, []),
        ("A 1", ANY_BUT_BLANKS, [NUMBER_SPACE]),
        ("A\u00a01", ANY_BUT_BLANKS, [NUMBER_LOOKALIKE]),
        ("A–1", ANY_BUT_BLANKS, [NUMBER_LOOKALIKE]),
        ("A;1", ANY_BUT_BLANKS, [NUMBER_FORBIDDEN_CHARACTER]),
        ("5€", ANY_BUT_BLANKS, [NUMBER_FORBIDDEN_CHARACTER]),
    ],
)
def test_each_rule(number: str | None, rules: NumberRules, expected: list[str]) -> None:
    assert [finding.rule for finding in check_number(number, rules)] == expected


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (
            "ABå",
            'The product number holds what is not allowed: "å" (U+00E5 LATIN SMALL LETTER A WITH RING ABOVE) '
            "at position 3.",
        ),
        (
            "å,å",
            'The product number holds what is not allowed: "å" (U+00E5 LATIN SMALL LETTER A WITH RING ABOVE) '
            'at positions 1, 3; "," (U+002C COMMA) at position 2.',
        ),
        ("A1 ", 'The product number holds a blank at its end: " " (U+0020 SPACE) at position 3.'),
        (
            " A 1",
            'The product number holds a blank at its beginning and inside: " " (U+0020 SPACE) at positions 1, 3.',
        ),
        (
            "A–1",
            'The product number holds a look-alike: "–" (U+2013 EN DASH) at position 2, easily taken for "-".',
        ),
        (
            "A\u00a01",
            "The product number holds a look-alike: (U+00A0 NO-BREAK SPACE) at position 2, easily taken for a blank.",
        ),
        ("x" * 52, "The product number is 52 characters long; at most 50 are allowed."),
    ],
)
def test_messages_name_the_very_character(number: str, message: str) -> None:
    (finding,) = check_number(number, RULE)
    assert finding.message == message
    assert finding.remedy.endswith(".")


@given(st.text(max_size=60))
def test_a_number_has_no_findings_exactly_when_the_rule_accepts_it(number: str) -> None:
    for rules in (RULE, ANY_BUT_BLANKS):
        assert (check_number(number, rules) == []) == rules.accepts(number)


@given(st.text(string.ascii_letters + string.digits + "-_./", min_size=1, max_size=50))
def test_what_the_rule_permits_passes(number: str) -> None:
    assert check_number(number, RULE) == []


@given(st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1), st.text(" \t\u00a0\u200b"))
def test_what_can_be_seen_is_not_blank(visible: str, invisible: str) -> None:
    assert is_blank(invisible)
    assert not is_blank(invisible + visible + invisible)


@pytest.mark.parametrize(
    ("char", "plain"), [("–", "-"), ("О", "O"), ("\u2007", " "), ("５", "5"), ("é", None), ("A", None)]
)
def test_lookalikes(char: str, plain: str | None) -> None:
    assert lookalike_of(char) == plain


def test_every_rule_has_a_name_a_meaning_and_an_effect() -> None:
    for name, rule in RULES.items():
        assert rule.name == name
        assert rule.meaning.endswith(".")
        assert (name in ERROR_RULES) == (rule.effect.value == "held")
    assert set(RULES) > NUMBER_RULES
