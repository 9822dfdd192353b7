"""Specter's answers without their content: the form stays, and the findings are the same."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.flows.probe.specter_probes import Remembered, ask, fill

from abicart_specter.domain.probe.specter import findings
from abicart_specter.domain.probe.specter.masking import is_utf_8, mask_specter, mask_specter_body

DECLARATION = '<?xml version="1.0" encoding="ISO-8859-1"?>\r\n'


@pytest.mark.parametrize(
    ("body", "masked"),
    [
        (b"", b""),
        (b"1;0;OK", b"1;0;OK"),
        (b"0;9001;Felaktig nyckel", b"0;9001;Felaktig nyckel"),
        (b"0;99;Batchen '0a9f' \xe4r inte avslutad\r\n", b"0;99;Batchen '0x0x' \xe4r inte avslutad\r\n"),
        (b"0;7;Anna \xc5gren, Storgatan 12", b"0;7;Xxxx \xe5xxxx, Xxxxxxxxx 00"),
        (b"1;50012;Kunden \xe4r sparad", b"1;00000;Xxxxxx \xe4r xxxxxx"),
        (
            b"articleId;articleNo;noItemsAvailable;batchNo\r1;SP-1;12,50;0af1\r2;SP-2;noItemsAvailable;0af1\r",
            b"articleId;articleNo;noItemsAvailable;batchNo\r0;XX-0;11,10;0xx0\r0;XX-0;noItemsAvailable;0xx0\r",
        ),
        (b"Anna;Svensson;0701740659\r\n", b"Xxxx;Xxxxxxxx;0000000000\r\n"),
        (b"\x8aara \x80 5;x;y", b"\x8axxx \x80 0;x;x"),
        ("Å;ö".encode(), "å;å".encode()),
        (b"\xef\xbb\xbf1;0;OK", b"\xef\xbb\xbf1;0;OK"),
    ],
)
def test_plain_answers(body: bytes, masked: bytes) -> None:
    assert mask_specter_body(body) == masked


@pytest.mark.parametrize(
    ("inside", "masked"),
    [
        (
            "<article priceExclVat='99,50' barCode='7391234'/>",
            "<article priceExclVat='11,10' barCode='0000000'/>",
        ),
        ("<name><![CDATA[Sjal & Co <b>]]></name>", "<name><![CDATA[Xxxx & Xx <x>]]></name>"),
        ("<name>Sjal &amp; Co &#8364;</name>", "<name>Xxxx &amp; Xx &#229;</name>"),
        ("<noItemsAv>12.00</noItemsAv>", "<noItemsAv>11.00</noItemsAv>"),
        ("<noItemsAv>noItemsAvailable</noItemsAv>", "<noItemsAv>noItemsAvailable</noItemsAv>"),
        ("<code>99</code><code>X1</code>", "<code>99</code><code>X0</code>"),
        ("<orderstatus deliveryStatus='D' statusId='5'/>", "<orderstatus deliveryStatus='D' statusId='5'/>"),
        ("<orderstatus statusId='Anna'/>", "<orderstatus statusId='Xxxx'/>"),
        ("<delivery trackingNo='SE 1/ä'/>", "<delivery trackingNo='XX 0/å'/>"),
        ("<message>Okänd funktion: x9</message>", "<message>Okänd funktion: x0</message>"),
        ("<!-- Anna --><?php Anna?>", "<!-- Xxxx --><?xxx Xxxx?>"),
        ("<a b=\"x>y\" c='z'>1</a>", "<a b=\"x>x\" c='x'>0</a>"),
    ],
)
def test_xml_answers(inside: str, masked: str) -> None:
    body, wanted = (f"{DECLARATION}<Root>{one}</Root>".encode("iso-8859-1") for one in (inside, masked))
    assert mask_specter_body(body) == wanted


@pytest.mark.parametrize(
    ("body", "masked"),
    [
        (b"<html><body><h2>500 - Internal server error.</h2></body></html>",) * 2,
        (b"<p>Anna</p><input value=Anna name='key'>", b"<p>Xxxx</p><input xxxxx=Xxxx name='xxx'>"),
        (b"<Root><name>Anna Sven", b"<Root><name>Xxxx Xxxx"),
        (b"<Root><name><![CDATA[Anna", b"<Root><name><![CDATA[Xxxx"),
        (b"<Root><article barCode='7391", b"<Root><xxxxxxx xxxXxxx='0000"),
        (
            b"<?xml version='1.0' encoding='no-such'?><a>\xe4</a>",
            b"<?xml version='1.0' encoding='no-such'?><a>\xe5</a>",
        ),
        (b"<!DOCTYPE html><title>Anna</title>", b"<!DOCTYPE html><title>Xxxx</title>"),
    ],
)
def test_pages_and_cut_answers(body: bytes, masked: bytes) -> None:
    if masked.startswith(b"<html"):
        masked = masked.replace(b"500", b"000")
    assert mask_specter_body(body) == masked


@pytest.mark.parametrize(
    "part", ["<", "<a ", "<a '", "<!--", "<![CDATA[", "<?", "&#1", "1;", "b ", "b='1' ", "=", "b"]
)
@pytest.mark.parametrize("start", ["", "<a "])
def test_a_nasty_answer_takes_no_longer_than_its_length_asks_for(start: str, part: str) -> None:
    """Were it with the square of its length, this test would not end."""
    body = (start + part * 50_000).encode()
    assert len(mask_specter_body(body)) == len(body)


@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda text: f"<a>{text}</a>".encode())))
@example(b"\xb9\x80\x80")
@example(b"\xd7\x80\xe9\x93\x94")
def test_whatever_comes_is_masked_once_and_for_all(body: bytes) -> None:
    masked = mask_specter_body(body)
    assert mask_specter_body(masked) == masked


@given(st.text("Åä¹€“”×÷a1 ;\r\n<", max_size=12), st.sampled_from(["utf-8", "cp1252"]))
@example("é€€", "cp1252")
@settings(max_examples=500)
def test_the_encoding_can_be_told_as_before(text: str, charset: str) -> None:
    body = text.encode(charset)
    assert is_utf_8(mask_specter_body(body)) == is_utf_8(body)


@given(
    st.text("Åäöabc019 ;,.'\r\n&<>", max_size=80), st.sampled_from(["utf-8", "iso-8859-1", "windows-1252"])
)
def test_a_document_stays_whole(text: str, charset: str) -> None:
    written = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    body = f'<?xml version="1.0" encoding="{charset}"?><r><name>{written}</name></r>'.encode(charset)
    masked = ElementTree.fromstring(mask_specter_body(body))  # noqa: S314 - our own text
    inner = masked.findtext("name") or ""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    assert len(inner) == len(plain)
    assert [one for one in inner if not one.isalnum()] == [one for one in plain if not one.isalnum()]


@pytest.mark.parametrize(
    "switches",
    [
        {},
        {"article_info_fields": "all_elements", "xml_charset": "utf-8", "xml_text": "escaped"},
        {"quantity_output": "two", "decimal_output": "point", "text_charset": "windows-1252"},
        {"error_status": "500", "account_check": "unknown_action", "header_row": "off"},
        {"error_status": "500_html", "account_check_key": "any"},
    ],
)
def test_masked_answers_tell_the_same_and_name_nobody(specter_server, switches: dict[str, str]) -> None:
    fill(specter_server)
    specter_server.control.switches(**switches)
    secrets: list[str] = []
    answers = ask(specter_server, Remembered(), secrets.append)
    masked = {one.name: one for one in mask_specter(list(answers.values()), secrets)}
    assert findings(masked) == findings(answers)
    assert [replace(one, body=b"") for one in masked.values()] == [
        replace(one, body=b"") for one in answers.values()
    ]
    everything = b"\n".join(one.body for one in masked.values()).lower()
    for word in (
        *secrets,
        "Anna",
        "Ågren",
        "Norrsken",
        "Sjal",
        "Vävd",
        "SE000000001",
        "-00001",
        "Butiken",
        "123456",
    ):
        for charset in ("iso-8859-1", "utf-8"):
            assert word.lower().encode(charset) not in everything, word
