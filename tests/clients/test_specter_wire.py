"""Keys and form bodies for Specter."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abicart_specter.clients.options import SpecterConnection
from abicart_specter.clients.specter_form import LARGEST_BODY, encode_pairs, encode_rows, encoded_size
from abicart_specter.clients.specter_key import request_key
from abicart_specter.errors import RecordError

CONNECTION = SpecterConnection(
    "demo", "https://api.example", 1000, 2, 12, "demo-user-key", "demo-integration-key", None
)
LATIN1 = st.text(st.characters(max_codepoint=0xFF))
NAMES = st.text("abcdefghijklmnopqrstuvwxyzABCDEFG", min_size=1)
ROWS = st.lists(
    st.dictionaries(NAMES, LATIN1).map(lambda row: {"articleNo": "A-1", **row}), min_size=1, max_size=12
)


@pytest.mark.parametrize(
    ("covered", "key"),
    [
        ("5001", "7701d01819296eb88d8f6a5ef0c3b2b3"),
        ("ABC-1", "53e17c2d133bc16db5679040b7638ab6"),
        ("batch-0001", "c812eb78dc48541e8d15b8f6ee56bcef"),
        ("Åsa Öberg AB", "b36baefdfa460fcfeda8609df547c6ba"),
    ],
)
def test_keys_are_those_of_the_reference(covered, key):
    assert request_key(CONNECTION, covered) == key


def test_version_1_is_the_same_chain_with_its_own_names():
    old = SpecterConnection(
        "demo", "https://api.example", 1000, 1, None, "demo-user-key", "demo-integration-key", None
    )
    assert request_key(old, "ABC-1") == "53e17c2d133bc16db5679040b7638ab6"


def test_a_key_over_text_that_specter_cannot_take_does_not_exist():
    with pytest.raises(RecordError, match=r"U\+0142") as caught:
        request_key(CONNECTION, "Paweł Hemlig")
    assert "Hemlig" not in str(caught.value)
    assert caught.value.__context__ is None


@given(ROWS)
def test_a_body_decodes_to_what_was_put_in(rows):
    body = encode_rows(rows)
    wanted = [(f"{name}_{place}", value) for place, row in enumerate(rows, 1) for name, value in row.items()]
    assert parse_qsl(body.decode("ascii"), keep_blank_values=True, encoding="iso-8859-1") == wanted


@given(ROWS)
def test_the_size_is_known_before_encoding(rows):
    sizes = [encoded_size(row, place) for place, row in enumerate(rows, 1)]
    assert sum(sizes) == len(encode_rows(rows)) + 1


def test_swedish_letters_go_as_single_bytes_and_blanks_as_plus():
    assert encode_rows([{"articleNo": "A 1", "name": "Blå & grön 50%"}]) == (
        b"articleNo_1=A+1&name_1=Bl%E5+%26+gr%F6n+50%25"
    )
    assert encode_rows([{"articleNo": "A"}], [("addSupplier", "1")]) == b"addSupplier=1&articleNo_1=A"
    assert encode_pairs([("X", "Åsa Öberg")]) == "X=%C5sa+%D6berg"


@pytest.mark.parametrize("char", ["€", "ł", "—", "😀", "\u0100"])
def test_what_does_not_fit_is_refused_with_product_field_and_character(char):
    with pytest.raises(RecordError) as caught:
        encode_rows([{"articleNo": "A-1", "name": "ok"}, {"articleNo": "A-2", "name": f"x{char}"}])
    assert "Product number A-2: field name" in str(caught.value)
    assert f"U+{ord(char):04X}" in str(caught.value)
    assert caught.value.rule == "text_outside_latin1"


def test_a_row_that_is_too_large_alone_is_a_record_at_fault():
    with pytest.raises(RecordError, match="A-1") as caught:
        encode_rows([{"articleNo": "A-1", "name": "x" * LARGEST_BODY}])
    assert caught.value.rule == "row_too_large"


def test_a_group_that_is_too_large_is_the_callers_mistake():
    half = {"articleNo": "A-1", "name": "x" * (LARGEST_BODY // 2)}
    with pytest.raises(ValueError, match="2 rows"):
        encode_rows([half, half])
    with pytest.raises(ValueError, match="articleNo"):
        encode_rows([{"name": "x"}])
