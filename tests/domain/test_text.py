from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abicart_specter.domain.text import clean_line, clean_lines, cut, describe_character, to_latin1

any_text = st.text(st.characters(), max_size=60)  # lone surrogates and controls included


@given(any_text)
def test_every_text_fits_afterwards(text: str) -> None:
    fitting = to_latin1(text).text
    fitting.encode("latin-1")
    assert all(char in "\t\n\r" or unicodedata.category(char) != "Cc" for char in fitting)


@given(any_text)
def test_every_text_survives_or_says_what_was_replaced(text: str) -> None:
    result = to_latin1(text)
    if not result.replaced:
        assert result.text == unicodedata.normalize("NFC", text)
    for char in result.replaced:
        assert char in unicodedata.normalize("NFC", text)
    assert len(set(result.replaced)) == len(result.replaced)


@given(st.text(st.characters(min_codepoint=0xA1, max_codepoint=0xFF, exclude_characters="\u00ad")))
def test_swedish_and_other_western_letters_stay_as_they_are(text: str) -> None:
    assert to_latin1(text).text == text
    assert to_latin1(text).replaced == ()


@pytest.mark.parametrize(
    ("text", "fitting", "replaced"),
    [
        ("Räksmörgås é ½ ×", "Räksmörgås é ½ ×", ()),
        ("pris 5 €", "pris 5 EUR", ("€",)),
        ("“Äkta” ‘vara’ – ny—", "\"Äkta\" 'vara' - ny-", ("“", "”", "‘", "’", "–", "—")),
        ("Łódź", "Lódz", ("Ł", "ź")),
        ("a\u030a", "å", ()),
        ("snö\u200bboll\u00ad", "snöboll", ("\u200b", "\u00ad")),
        ("glad 😀", "glad ?", ("😀",)),
        ("tom\x00rad\x1b", "tomrad", ("\x00", "\x1b")),
        ("\ud800", "?", ("\ud800",)),
        ("smal\u202fblank", "smal blank", ("\u202f",)),
        ("Ωμέγα", "Omega", ("Ω", "μ", "έ", "γ", "α")),
        ("två\nrader", "två\nrader", ()),
    ],
)
def test_each_kind_of_character(text: str, fitting: str, replaced: tuple[str, ...]) -> None:
    result = to_latin1(text)
    assert (result.text, result.replaced) == (fitting, replaced)


@given(any_text)
def test_cleaning_a_line_changes_blanks_only(text: str) -> None:
    cleaned = clean_line(text)
    assert "".join(cleaned.split()) == "".join(text.split())
    assert cleaned == cleaned.strip()
    assert "  " not in cleaned
    assert "\n" not in cleaned


@given(any_text)
def test_cleaning_lines_changes_blanks_only(text: str) -> None:
    cleaned = clean_lines(text)
    assert "".join(cleaned.split()) == "".join(text.split())
    assert "\n\n\n" not in cleaned
    assert clean_lines(cleaned) == cleaned


@given(any_text, st.integers(1, 30))
def test_cutting_says_that_it_cut(text: str, length: int) -> None:
    short, was_cut = cut(text, length)
    assert len(short) <= length
    assert was_cut == (len(text) > length)
    assert text.startswith(short)
    assert was_cut or short == text


@pytest.mark.parametrize(
    ("char", "words"),
    [
        ("å", '"å" (U+00E5 LATIN SMALL LETTER A WITH RING ABOVE)'),
        ("\t", "(U+0009 TAB)"),
        ("\u200b", "(U+200B ZERO WIDTH SPACE)"),
        ("\u00a0", "(U+00A0 NO-BREAK SPACE)"),
        ("\ue000", "(U+E000 no name)"),
    ],
)
def test_a_character_is_named_so_that_nobody_can_mistake_it(char: str, words: str) -> None:
    assert describe_character(char) == words
