"""Whatever a shop can hold comes out of the ledger as it went in."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abicart_specter.ledger import Ledger, RunKey, documents
from abicart_specter.ledger.column_types import escape_text, unescape_text

ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=20)
AWKWARD_KEYS = st.sampled_from(["$d", "$dict", '"$d":', '\\"$d', "$", "article"])
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | ANY_TEXT
    | st.decimals(allow_nan=False)
    | st.floats(allow_nan=False, allow_infinity=False)
)
DOCUMENTS = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(AWKWARD_KEYS | ANY_TEXT, inner, max_size=4),
)


def alike(one: Any, other: Any) -> bool:
    """Equal in value, in type, and in a decimal's digits."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return list(one) == list(other) and all(alike(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, Decimal):
        return one.as_tuple() == other.as_tuple()
    return bool(one == other)


@settings(deadline=None)
@given(DOCUMENTS)
def test_a_document_comes_back_as_it_was(document: Any) -> None:
    text = documents.dump(document)
    assert text.isascii()
    assert alike(documents.load(text), document)


@pytest.mark.parametrize(
    "awkward",
    [
        {"$d": "1"},
        {"$d": Decimal(1)},
        {"$dict": [["a", 1]]},
        {"a": {"$d": "x", "b": Decimal("1.10")}},
        [{"$d": {"$d": {"$dict": Decimal("0.0")}}}],
        {'x"$d': Decimal(1)},
        "\x00\ud800\ue000",
    ],
)
def test_a_document_that_looks_like_our_own_marks_comes_back_as_it_was(awkward: Any) -> None:
    assert alike(documents.load(documents.dump(awkward)), awkward)


@pytest.mark.parametrize("value", [200, Decimal("200"), Decimal("200.00"), Decimal("2E+2"), Decimal("-0.0")])
def test_no_digit_of_a_number_is_lost_or_added(value: Any) -> None:
    assert alike(documents.load(documents.dump([value]))[0], value)


@pytest.mark.parametrize("value", [object(), {1, 2}, b"bytes", float("nan")])
def test_what_is_no_document_is_refused(value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        documents.dump([value])


@settings(deadline=None)
@given(ANY_TEXT)
def test_escaped_text_fits_any_database_and_comes_back(text: str) -> None:
    escaped = escape_text(text)
    assert "\x00" not in escaped
    escaped.encode("utf-8")
    assert unescape_text(escaped) == text


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=ANY_TEXT, document=DOCUMENTS)
def test_both_databases_keep_any_text_and_document(ledger: Ledger, text: str, document: Any) -> None:
    run = RunKey(text, "flow", text)
    ledger.start_run(run, {"kept": document})
    kept = ledger.get_run(run)
    assert kept is not None
    assert kept.key == run
    assert alike(kept.params, {"kept": document})
