"""Triples and envelopes, and everything that only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from abicart_specter.clients.specter_answers import (
    Form,
    Reply,
    decode,
    find_reply,
    form_of,
    parse_xml,
    plain_reply,
    read_reply,
)
from abicart_specter.clients.unreadable import NotReadable

XML = '<?xml version="1.0" encoding="ISO-8859-1"?>\r\n'
LATIN1 = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E) | st.sampled_from("åäöÅÄÖé"))


def envelope(inner: str, root: str = "specterAPI") -> bytes:
    return f"{XML}<{root}><APIresponse>{inner}</APIresponse></{root}>".encode("latin-1")


@pytest.mark.parametrize(
    ("body", "reply"),
    [
        (b"1;5001;OK", Reply(True, "5001", "OK", 5001)),
        (b"1;5001;OK\r\n", Reply(True, "5001", "OK", 5001)),
        (b"\r\n 1;5001;\r", Reply(True, "5001", "", 5001)),
        (b"1;;OK", Reply(True, "", "OK", None)),
        (b"1;x;OK", Reply(True, "x", "OK", None)),
        (b"0;99;en; tv\xe5; tre", Reply(False, "99", "en; två; tre")),
        (b"0;;", Reply(False, "", "")),
        (b"2;7;nja", Reply(False, "7", "nja")),
        (b"-1;7;nej", Reply(False, "7", "nej")),
        (b"\xef\xbb\xbf1;5;OK", Reply(True, "5", "OK", 5)),
        (b"0;5;pris 10 \x80", Reply(False, "5", "pris 10 €")),
    ],
)
def test_a_triple_is_split_at_most_twice(body, reply):
    assert read_reply(body) == reply


@pytest.mark.parametrize(
    "body", [b"", b" \r\n", b"OK", b"1", b"1;2", b";1;OK", b"x;1;OK", b"<html>1;2;OK</html>"]
)
def test_what_is_no_triple_is_not_read(body):
    with pytest.raises(NotReadable):
        read_reply(body)


@given(st.sampled_from(["0", "1", "2"]), st.integers(0, 10**9), LATIN1)
def test_every_triple_is_read_as_written_and_never_when_cut_before_its_message(result, code, words):
    assume(";" not in words[:1])
    text = f"{result};{code};{words}"
    reply = plain_reply(text)
    assert reply == Reply(result == "1", str(code), words.strip(), (code or None) if result == "1" else None)
    for end in range(len(f"{result};{code};")):
        assert plain_reply(text[:end]) is None


@pytest.mark.parametrize("root", ["specterAPI", "Response", "a"])
@pytest.mark.parametrize(
    ("inner", "reply"),
    [
        ("<result>1</result><code>77</code><message>OK</message>", Reply(True, "77", "OK", 77)),
        ("<result>1</result><code>0</code><id>77</id>", Reply(True, "0", "", 77)),
        ("<result>1</result><orderNo>77</orderNo><code>5</code>", Reply(True, "5", "", 77)),
        ("<result>1</result><code/>", Reply(True, "", "", None)),
        ("<RESULT>1</RESULT><Code>77</Code>", Reply(True, "77", "", 77)),
        (
            "<result>0</result><code>99</code><message><![CDATA[Batch 'B1' är öppen]]></message>",
            Reply(False, "99", "Batch 'B1' är öppen"),
        ),
        ("<code>99</code><message>'B1'</message>", Reply(False, "99", "'B1'")),
        ("<result>1</result><code>99</code><message>'B1'</message>", Reply(False, "99", "'B1'")),
        ("<result>1</result><code>99</code><message>OK</message>", Reply(True, "99", "OK", 99)),
        ("<result> 0 </result><code>7</code>", Reply(False, "7", "")),
    ],
)
def test_an_envelope_is_read_under_any_root(root, inner, reply):
    assert read_reply(envelope(inner, root)) == reply


def test_the_number_may_stand_beside_the_envelope_or_in_attributes():
    body = f"{XML}<a><APIresponse result='1' code='0'/><orderNo>12</orderNo></a>".encode()
    assert read_reply(body) == Reply(True, "0", "", 12)
    assert read_reply(
        b"<x:a xmlns:x='u'><x:APIresponse><x:result>1</x:result></x:APIresponse></x:a>"
    ).accepted


def test_a_number_of_0_in_the_envelope_is_overruled_by_one_that_follows():
    """``code`` 0 beside a child ``id``: the child is looked at first."""
    assert read_reply(envelope("<result>1</result><code>0</code><message/><id>9</id>")).number == 9


@given(st.integers(0, 200))
def test_a_cut_document_is_refused_as_a_whole(end):
    body = envelope("<result>1</result><code>77</code><message>Artiklarna är sparade</message>")
    assume(end < len(body))
    with pytest.raises(NotReadable):
        read_reply(body[:end])


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body>500</body></html>",
        b"  <!DOCTYPE html><html/>",
        b"<?xml version='1.0'?><html/>",
        b"<!DOCTYPE a [<!ENTITY x 'y'>]><a><APIresponse><result>1</result></APIresponse></a>",
        b"<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
        b"<?xml version='1.0' encoding='no-such'?><a/>",
        b"<?xml version='1.0' encoding='utf-8'?><a>\xe5</a>",
        b"<a>\x00</a>",
    ],
)
def test_foreign_documents_are_not_read(body):
    with pytest.raises(NotReadable) as caught:
        find_reply(body)
    assert caught.value.__cause__ is None


def test_a_whole_document_without_envelope_is_of_an_unknown_form():
    assert find_reply(b"<settings><sbmId>1000</sbmId></settings>") is None
    assert find_reply(b"") is None
    assert find_reply(b"OK") is None
    assert find_reply(envelope("<message>OK</message>")) is None


@pytest.mark.parametrize(
    ("reply", "batch"),
    [
        (Reply(False, "99", "Batch 'B 1' ej bekräftad"), "B 1"),
        (Reply(False, "99", "Batch B1"), None),
        (Reply(False, "98", "Batch 'B1'"), None),
        (Reply(True, "99", "Batch 'B1'"), None),
    ],
)
def test_only_a_refusal_with_code_99_quotes_an_open_batch(reply, batch):
    assert reply.open_batch == batch


def test_the_first_bytes_tell_the_form():
    assert form_of(b"\xef\xbb\xbf  ") is Form.BLANK
    assert form_of(b"\xef\xbb\xbf<a/>") is Form.XML
    assert form_of(b"\r\n<HTML>") is Form.HTML
    assert form_of(b"1;2;3") is Form.PLAIN
    assert decode(b"\xef\xbb\xbf\xe5\x81") == "å\ufffd"


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(body):
    try:
        reply = read_reply(body)
    except NotReadable:
        return
    assert isinstance(reply, Reply)


@given(st.text(st.characters(exclude_categories=["Cs"], min_codepoint=0x20)))
def test_xml_is_read_in_the_encoding_it_declares(text):
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for charset in ("utf-8", "iso-8859-1", "windows-1252"):
        body = f"<?xml version='1.0' encoding='{charset}'?><a>{escaped}</a>"
        if "\ufffe" in text or "\uffff" in text or any(0x7F <= ord(char) <= 0x9F for char in text):
            continue
        assert (parse_xml(body.encode(charset, "xmlcharrefreplace")).text or "") == text
