"""Properties of request text and numbers, against other implementations of the same."""

from __future__ import annotations

from decimal import Decimal
from urllib.parse import parse_qsl, urlencode
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from shop_sandbox.core.switches import SwitchBoard
from shop_sandbox.specter import wire
from shop_sandbox.specter.answers import XmlWriter
from shop_sandbox.specter.switches import SWITCHES

LATIN = st.text(st.characters(max_codepoint=255), max_size=30)
XML_TEXT = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\ufffe\uffff\r", min_codepoint=32),
    max_size=30,
)


@given(st.dictionaries(LATIN.filter(bool).map(str.lower), LATIN, max_size=6))
def test_a_form_is_read_as_it_was_written(fields: dict[str, str]) -> None:
    lowered = {name: value for name, value in fields.items() if name == name.lower()}
    raw = urlencode(lowered, encoding="latin-1").encode()
    assert wire.form_fields(raw, "latin-1") == lowered
    assert dict(parse_qsl(raw.decode(), keep_blank_values=True, encoding="latin-1")) == lowered


@given(st.binary(max_size=60))
def test_every_byte_string_can_be_decoded_and_encoded_back(raw: bytes) -> None:
    for charset in ("windows-1252", "iso-8859-1"):
        assert wire.encode(wire.decode(raw, charset), charset) == raw


@given(st.binary(max_size=80))
def test_no_body_is_too_odd_to_read(raw: bytes) -> None:
    fields = wire.form_fields(raw, "windows-1252")
    assert all(name == name.lower() for name in fields)


@given(st.decimals(-(10**9), 10**9, places=4, allow_nan=False), st.booleans())
def test_numbers_survive_both_marks(value: Decimal, comma: bool) -> None:
    text = wire.number_text(value, comma=comma)
    assert wire.number_from(text, True) == value
    assert "E" not in text and ("." in text) is (not comma and value != value.to_integral_value())


@given(st.decimals(0, 10**6, places=3, allow_nan=False))
def test_rounding_for_display_is_half_up(value: Decimal) -> None:
    shown = Decimal(wire.number_text(value, comma=False, decimals=2))
    assert abs(shown - value) <= Decimal("0.005") and (shown - value) != Decimal("-0.005")


@given(
    XML_TEXT, st.sampled_from(["cdata", "escaped"]), st.sampled_from(["iso-8859-1", "windows-1252", "utf-8"])
)
def test_any_text_survives_xml(text: str, form: str, charset: str) -> None:
    board = SwitchBoard(SWITCHES)
    board.set({"xml_text": form, "xml_charset": charset})
    writer = XmlWriter(board)
    writer.open("article", {"barCode": text})
    writer.element("name", text)
    writer.close("article")
    article: Element = fromstring(writer.document()).find("article")
    assert (article.get("barCode"), article.findtext("name")) == (text, text)
