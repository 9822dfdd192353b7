"""Answers as they go over the wire: plain triples and XML (reference 3)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from xml.sax.saxutils import quoteattr

from shop_sandbox.core.engine import HTML_PAGE
from shop_sandbox.core.messages import Answer
from shop_sandbox.core.switches import SwitchBoard
from shop_sandbox.specter.refusals import Refusal

# XML 1.0 has no place for these, written or escaped.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class XmlWriter:
    """Builds one document; what the encoding lacks becomes a character reference."""

    def __init__(self, switches: SwitchBoard) -> None:
        self._switches = switches
        self._charset: str = switches["xml_charset"]
        self._parts: list[str] = []

    def open(self, name: str, attributes: Mapping[str, str] | None = None) -> None:
        self._parts.append(f"<{name}{self._attributes(attributes)}>")

    def close(self, name: str) -> None:
        self._parts.append(f"</{name}>\r\n")

    def empty(self, name: str, attributes: Mapping[str, str] | None = None) -> None:
        self._parts.append(f"<{name}{self._attributes(attributes)}/>\r\n")

    def element(self, name: str, text: str, *, plain: bool = False) -> None:
        """``plain``: never CDATA, for numbers."""
        self._parts.append(f"<{name}>{_escaped(text) if plain else self._text(text)}</{name}>\r\n")

    def document(self) -> bytes:
        root = self._switches["xml_root"]
        head = f'<?xml version="1.0" encoding="{self._charset.upper()}"?>\r\n<{root}>\r\n'
        text = "".join([head, *self._parts, f"</{root}>\r\n"])
        return text.encode(self._charset, "xmlcharrefreplace")

    def _attributes(self, attributes: Mapping[str, str] | None) -> str:
        if not attributes:
            return ""
        return "".join(f" {name}={quoteattr(_legal(value))}" for name, value in attributes.items())

    def _text(self, text: str) -> str:
        if self._switches["xml_text"] == "escaped":
            return _escaped(text)
        return "".join(self._cdata_parts(_legal(text)))

    def _cdata_parts(self, text: str) -> Iterator[str]:
        """CDATA cannot hold its own end nor a character reference, so it is interrupted for both."""
        try:
            text.encode(self._charset)
        except UnicodeEncodeError as error:
            yield from self._cdata_parts(text[: error.start])
            yield text[error.start : error.end]
            yield from self._cdata_parts(text[error.end :])
            return
        if text:
            yield "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def _legal(text: str) -> str:
    return _ILLEGAL.sub("", text)


def _escaped(text: str) -> str:
    return _legal(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def xml_answer(writer: XmlWriter) -> Answer:
    return Answer(writer.document(), "text/xml")


def plain_answer(text: str, switches: SwitchBoard) -> Answer:
    charset = switches["text_charset"]
    raw = text.encode(charset, "replace")
    return Answer(raw, f"text/html; charset={charset}")


def api_response(
    writer: XmlWriter, result: str, code: str, message: str, child: tuple[str, str] | None
) -> None:
    writer.open("APIresponse")
    writer.element("result", result, plain=True)
    writer.element("code", code, plain=True)
    writer.element("message", message)
    if child is not None:
        writer.element(*child, plain=True)
    writer.close("APIresponse")


def success(switches: SwitchBoard, *, xml: bool, number: str, number_name: str, words: str) -> Answer:
    """A write that was done; where XML puts the number is a switch (Q2).

    :param number_name: the child that carries it under ``child_named``.
    """
    if not xml:
        end = "\r\n" if switches["text_end"] == "crlf" else ""
        return plain_answer(f"1;{number};{words}{end}", switches)
    place = switches["xml_success_id"]
    child = {"child_id": ("id", number), "child_named": (number_name, number)}.get(place)
    writer = XmlWriter(switches)
    api_response(writer, "1", number if place == "code" else "0", words, child)
    return xml_answer(writer)


def refusal(switches: SwitchBoard, error: Refusal, *, xml: bool) -> Answer:
    """``0;code;words`` or its XML (reference 3.2, 3.3), with the status of the switch ``error_status`` (Q30)."""
    if xml:
        writer = XmlWriter(switches)
        api_response(writer, "0", error.code, error.words, None)
        answer = xml_answer(writer)
    else:
        end = "\r\n" if switches["text_end"] == "crlf" else ""
        answer = plain_answer(f"0;{error.code};{error.words}{end}", switches)
    answer.errors = (error.code,)
    if switches["error_status"] != "200":
        answer.status = 500
    if switches["error_status"] == "500_html":
        answer.body, answer.content_type = HTML_PAGE, "text/html"
    return answer
