"""No secret in any text that leaves a client."""

from __future__ import annotations

import logging
from urllib.parse import quote, quote_plus

from hypothesis import assume, given
from hypothesis import strategies as st

from abicart_specter.clients.redact import MASK, MOST_WORDS, Redactor, silence_addresses

TOKEN = "aB+/c d=å"


def test_a_secret_goes_in_every_spelling():
    redactor = Redactor()
    redactor.add(TOKEN)
    for spelling in (TOKEN, quote(TOKEN, safe=""), quote_plus(TOKEN)):
        assert redactor.clean(f"before {spelling} after") == f"before {MASK} after"


def test_each_spelling_is_told_once():
    told: list[str] = []
    redactor = Redactor(told.append)
    redactor.add(TOKEN)
    redactor.add(TOKEN)
    assert sorted(told) == sorted({TOKEN, quote(TOKEN, safe=""), quote_plus(TOKEN)})
    assert redactor.tell("0" * 32)
    assert not redactor.tell("0" * 32)
    assert told.count("0" * 32) == 1


@given(st.text(min_size=4), st.text(), st.text())
def test_no_text_around_it_saves_a_secret(secret, before, after):
    assume("*" not in secret)
    redactor = Redactor()
    redactor.add(secret)
    assert secret not in redactor.clean(before + secret + after)


@given(st.text("0123456789abcdefABCDEF", min_size=32, max_size=32))
def test_what_looks_like_a_key_goes_though_nobody_told(digest):
    assert digest not in Redactor().clean(f"Fel nyckel '{digest}' för kontot")


def test_a_guid_and_a_parameter_go():
    text = Redactor().clean("0f8fad5b-d9cb-469f-a165-70867728950e and ?key=abc&auth=x%2Fy")
    assert "0f8f" not in text
    assert "abc" not in text
    assert "x%2F" not in text


def test_ordinary_words_stay():
    text = "Artikeln ABC-1 (12 345) saknas; se order 99"
    assert Redactor().words(text) == text


def test_words_are_one_short_line():
    words = Redactor().words("rad 1\r\nrad 2 " + "x" * 999)
    assert words.startswith("rad 1 rad 2 x")
    assert len(words) == MOST_WORDS


def test_the_log_lines_of_urllib3_lose_their_query(caplog):
    silence_addresses()
    silence_addresses()
    log = logging.getLogger("urllib3.connectionpool")
    caplog.set_level(logging.DEBUG)
    log.debug(
        '%s://%s:%s "%s %s %s" %s %s', "http", "h", 80, "POST", "/a?auth=hemligt&x=1", "HTTP/1.1", 200, 2
    )
    try:
        raise ValueError("GET /a?auth=hemligt")
    except ValueError:
        log.warning("Failed to parse headers (url=%s)", "http://h/a?auth=hemligt", exc_info=True)
    assert "hemligt" not in caplog.text
    assert f'"POST /a?{MASK} HTTP/1.1" 200 2' in caplog.text
    filters = [one for one in log.filters if type(one).__name__ == "QueryFilter"]
    assert len(filters) == 1
