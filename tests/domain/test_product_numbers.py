"""The catalogue-wide rules, and the promise that suggestions are valid and unique."""

from __future__ import annotations

import string
import tracemalloc
from collections import Counter
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abicart_specter.domain import product_numbers
from abicart_specter.domain.catalogue_rules import MOST_OWNERS
from abicart_specter.domain.number_rule_table import NUMBER_RULES, RULES
from abicart_specter.domain.product_numbers import FRAME_COLUMNS, check_catalogue, frame
from abicart_specter.domain.records import Flag, ItemKey, Kind, Severity
from abicart_specter.settings import NumberRules
from abicart_specter.settings.numbers import fold

RULE = NumberRules()
RESERVED = {"FRAKT": "delivery", "RABATT": "discount"}


def row(uid: int, number: str | None, kind: str = "article", **changes: Any) -> tuple[Any, ...]:
    values = {
        "kind": kind,
        "uid": uid,
        "article_uid": uid,
        "product_number": number,
        "own_number": True,
        "name": "Blå mössa",
        "price": Decimal("199.00"),
        "vat_rate": Decimal("0.25"),
        "stock_managed": True,
        "is_package": False,
    }
    return tuple((values | changes)[column] for column in FRAME_COLUMNS)


def check(*rows: tuple[Any, ...], rules: NumberRules = RULE) -> list[Flag]:
    return check_catalogue(frame(rows), rules, RESERVED)


def found(flags: list[Flag]) -> list[tuple[int, str]]:
    return [(flag.key.uid, flag.rule) for flag in flags]


def test_a_good_catalogue_has_no_flags() -> None:
    assert check(row(1, "A-1"), row(2, "A-2"), row(1, "A-3", "variant")) == []
    assert check() == []


def test_a_number_on_several_products_holds_all_of_them_and_lists_all() -> None:
    flags = check(row(1, "A-1"), row(2, "B"), row(3, "A-1"), row(1, "A-1", "variant"))
    owners = (ItemKey(Kind.ARTICLE, 1), ItemKey(Kind.ARTICLE, 3), ItemKey(Kind.VARIANT, 1))
    assert [flag.key for flag in flags] == list(owners)
    for flag in flags:
        assert flag.rule == "number_duplicate"
        assert flag.severity is Severity.ERROR
        assert flag.owners == owners
        assert flag.message == "3 products have the product number 'A-1': article 1, article 3, variant 1."
    assert [flag.suggestion for flag in flags] == ["A-1-2", "A-1-3", "A-1-4"]


@pytest.mark.parametrize(("first", "second"), [("ab-1", "AB-1"), ("007", "7"), ("A-1", "A-1 "), ("0", "00")])
def test_twins_are_pointed_out_or_held(first: str, second: str) -> None:
    rows = (row(1, first), row(2, second))
    warned = [flag for flag in check(*rows) if flag.rule == "number_twin"]
    assert [flag.key.uid for flag in warned] == [1, 2]
    assert {flag.severity for flag in warned} == {Severity.WARNING}
    assert warned[0].owners == (ItemKey(Kind.ARTICLE, 1), ItemKey(Kind.ARTICLE, 2))
    assert f"{second!r} (article 2)" in warned[0].message
    held = [flag for flag in check(*rows, rules=NumberRules(hold_twins=True)) if flag.rule == "number_twin"]
    assert {flag.severity for flag in held} == {Severity.ERROR}


def test_equal_numbers_are_duplicates_and_no_twins() -> None:
    assert found(check(row(1, "a"), row(2, "a"))) == [(1, "number_duplicate"), (2, "number_duplicate")]


def test_missing_and_blank_numbers_are_no_duplicates() -> None:
    flags = check(row(1, None), row(2, None), row(3, ""), row(4, ""), row(5, " "), row(6, "  "))
    assert Counter(flag.rule for flag in flags) == {"number_missing": 2, "number_blank": 4}
    assert [flag.suggestion for flag in flags] == ["A1", "A2", "A3", "A4", "A5", "A6"]


def test_a_variant_that_inherits_its_number_needs_its_own() -> None:
    flags = check(
        row(11, "A-1", "variant", own_number=False, article_uid=1),
        row(12, "A-1", "variant", own_number=False, article_uid=1),
        row(13, None, "variant", own_number=False, article_uid=2),
    )
    assert [(flag.key.uid, flag.rule, flag.suggestion) for flag in flags] == [
        (11, "variant_without_number", "A-1-2"),
        (12, "variant_without_number", "A-1-3"),
        (13, "variant_without_number", "V13"),
    ]


def test_a_number_that_another_products_variants_go_by_is_ambiguous() -> None:
    flags = check(row(1, "A-1"), row(11, "A-1", "variant", own_number=False, article_uid=2))
    assert found(flags) == [(1, "number_duplicate"), (11, "variant_without_number")]
    assert flags[0].owners == (ItemKey(Kind.ARTICLE, 1), ItemKey(Kind.VARIANT, 11))


def test_reserved_numbers_name_what_they_are_for() -> None:
    flags = check(row(1, "FRAKT"), row(2, "rabatt"), row(3, "FRAKT-2"))
    assert found(flags) == [(1, "number_reserved"), (2, "number_reserved")]
    assert "reserved: order rows for delivery use it" in flags[0].message
    assert "RABATT, which order rows for discount use" in flags[1].message
    assert flags[0].suggestion == "FRAKT-3"  # FRAKT-2 is another product's


@pytest.mark.parametrize(
    ("changes", "rule", "severity"),
    [
        ({"is_package": True}, "package", Severity.ERROR),
        ({"price": None}, "price_missing", Severity.ERROR),
        ({"vat_rate": None}, "vat_rate_missing", Severity.ERROR),
        ({"vat_rate": Decimal("0.15")}, "vat_rate_unusual", Severity.WARNING),
        ({"stock_managed": False}, "stock_not_managed", Severity.WARNING),
        ({"stock_managed": None}, "stock_management_unknown", Severity.WARNING),
    ],
)
def test_rules_that_are_not_about_the_number(changes: dict[str, Any], rule: str, severity: Severity) -> None:
    (flag,) = check(row(1, "A-1", **changes), row(2, "A-2"))
    assert (flag.key.uid, flag.rule, flag.severity) == (1, rule, severity)
    assert flag.suggestion is None


def test_a_rate_is_usual_however_it_is_written() -> None:
    rates = ["0.25", "0.250", "0.12", "0.06", "0", "0.00", Decimal("0.2500")]
    assert check(*(row(uid, f"A-{uid}", vat_rate=rate) for uid, rate in enumerate(rates, 1))) == []


def test_an_unusual_rate_is_named_in_percent() -> None:
    (flag,) = check(row(1, "A-1", vat_rate="0.255"))
    assert flag.message == "The VAT rate is 25.5 %, which is none of the usual ones (25, 12, 6, 0 %)."


def test_errors_come_before_warnings_and_items_in_order_of_their_keys() -> None:
    flags = check(
        row(9, "Z", "variant", stock_managed=False), row(3, "A 1", stock_managed=False), row(2, None)
    )
    assert found(flags) == [
        (2, "number_missing"),
        (3, "number_space"),
        (3, "stock_not_managed"),
        (9, "stock_not_managed"),
    ]


def test_an_edge_blank_is_suggested_away() -> None:
    (flag,) = check(row(1, "A-1 "))
    assert flag.suggestion == "A-1"


@pytest.mark.parametrize("number", ["FRÅKT", "FRAKT ", " frakt", "FRАKT"])  # the last with a Cyrillic А
def test_a_reserved_number_is_never_suggested(number: str) -> None:
    suggestions = {flag.suggestion for flag in check(row(1, number))}
    assert len(suggestions) == 1
    assert next(iter(suggestions)) in ("FRAKT-2", "frakt-2")


def test_a_look_alike_is_replaced_by_what_it_looks_like() -> None:
    (flag,) = check(row(1, "А\u2013Ö 1"))[:1]
    assert flag.suggestion == "A-O-1"


def test_a_crowd_with_one_number_is_listed_once_in_full() -> None:
    flags = check(*(row(uid, "0") for uid in range(1, 1001)))
    assert len(flags) == 1000
    assert len(flags[0].owners) == 1000
    assert {len(flag.owners) for flag in flags[1:]} == {MOST_OWNERS}
    assert flags[0].message.startswith("1000 products have the product number '0': article 1, article 2,")
    assert flags[0].message.endswith(" and 995 more.")


def test_other_dtypes_give_the_same() -> None:
    rows = [row(1, "A 1"), row(2, None, stock_managed=None), row(3, "B", price=None, vat_rate=None)]
    plain = pd.DataFrame(rows, columns=list(FRAME_COLUMNS))
    assert check_catalogue(plain, RULE, RESERVED) == check_catalogue(frame(rows), RULE, RESERVED)


# ---------------------------------------------------------------------------------------------- suggestions ----

numbers = (
    st.none()
    | st.text(st.sampled_from("aAbB01-_. åÅ–\u00a0,АX"), max_size=8)
    | st.sampled_from(
        ["A-1", "a-1", "A-1-2", "FRAKT", "frakt", "X" * 60, "X" * 50, "A1", "V1", "0", "00", "007", "7"]
    )
)
catalogues = st.lists(st.tuples(numbers, st.booleans()), min_size=1, max_size=25)


def rows_of(catalogue: list[tuple[str | None, bool]]) -> list[tuple[Any, ...]]:
    return [
        row(index + 1, number, "article" if own else "variant", own_number=own)
        for index, (number, own) in enumerate(catalogue)
    ]


@settings(max_examples=300)
@given(catalogues, st.sampled_from([RULE, NumberRules(allowed=None), NumberRules(max_length=6)]))
def test_suggestions_are_valid_and_unlike_every_other_number(
    catalogue: list[tuple[str | None, bool]], rules: NumberRules
) -> None:
    flags = check_catalogue(frame(rows_of(catalogue)), rules, RESERVED)
    suggestions = {flag.key: flag.suggestion for flag in flags if flag.rule in NUMBER_RULES}
    existing = Counter(number for number, _ in catalogue)
    for key, suggestion in suggestions.items():
        assert suggestion is not None
        assert rules.accepts(suggestion)
        assert existing[suggestion] == 0
        assert fold(suggestion) not in {fold(number) for number in RESERVED}
        others = [
            fold(number) for index, (number, _) in enumerate(catalogue, 1) if number and index != key.uid
        ]
        assert fold(suggestion) not in others
    folded = [fold(suggestion or "") for suggestion in suggestions.values()]
    assert len(set(folded)) == len(folded)


@given(catalogues, st.randoms(use_true_random=False))
def test_the_same_catalogue_gets_the_same_flags_in_any_order(
    catalogue: list[tuple[str | None, bool]], random: Any
) -> None:
    rows = rows_of(catalogue)
    expected = check_catalogue(frame(rows), RULE, RESERVED)
    random.shuffle(rows)
    assert check_catalogue(frame(rows), RULE, RESERVED) == expected


@given(catalogues)
def test_taking_every_suggestion_mends_every_number(catalogue: list[tuple[str | None, bool]]) -> None:
    flags = check_catalogue(frame(rows_of(catalogue)), RULE, RESERVED)
    better = {flag.key.uid: flag.suggestion for flag in flags if flag.suggestion is not None}
    mended = [(better.get(uid, number), True) for uid, (number, _) in enumerate(catalogue, 1)]
    assert check_catalogue(frame(rows_of(mended)), RULE, RESERVED) == []


@given(catalogues)
def test_a_product_is_flagged_exactly_when_something_is_wrong(
    catalogue: list[tuple[str | None, bool]],
) -> None:
    """Against the plainest reading of the rules, one product at a time."""
    flags = check_catalogue(frame(rows_of(catalogue)), RULE, RESERVED)
    flagged = {flag.key.uid for flag in flags}
    numbers_in_use = [number for number, _ in catalogue if number is not None and number.strip()]
    for uid, (number, own) in enumerate(catalogue, 1):
        bad = (
            not own
            or number is None
            or not 0 < len(number) <= RULE.max_length
            or any(char not in string.ascii_letters + string.digits + "-_./" for char in number)
            or fold(number) in {fold(reserved) for reserved in RESERVED}
            or [fold(other) for other in numbers_in_use].count(fold(number)) > 1
        )
        assert (uid in flagged) == bad


def test_the_check_takes_less_than_500_bytes_a_product() -> None:
    size = 20_000
    catalogue = frame(row(uid, f"ART-{uid // 2 if uid % 50 == 0 else uid:07d}") for uid in range(1, size + 1))
    tracemalloc.start()
    try:
        count = sum(1 for _ in product_numbers.iter_flags(catalogue, RULE, RESERVED))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count > 0
    assert peak / size < 500


def test_every_rule_of_the_table_can_be_broken() -> None:
    """A rule that nothing can break would be a rule that does not work."""
    flags = check(
        row(1, None),
        row(2, ""),
        row(3, "å"),
        row(4, "A 1"),
        row(5, "A–1"),
        row(6, "x" * 99),
        row(7, "DUP"),
        row(8, "DUP"),
        row(9, "dup"),
        row(10, "FRAKT"),
        row(11, "Q", "variant", own_number=False),
        row(12, "P", is_package=True),
        row(13, "S", stock_managed=False),
        row(14, "T", stock_managed=None),
        row(15, "U", price=None),
        row(16, "W", vat_rate=None),
        row(17, "Y", vat_rate="0.3"),
    )
    assert {flag.rule for flag in flags} == set(RULES)
