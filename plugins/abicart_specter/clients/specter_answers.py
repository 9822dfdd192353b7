"""Specter's answers, read strictly: the plain triple and the XML envelope (Specter reference 3, seen in client code).

Which of the two comes is seen by the first byte, not by what was asked for. An answer of any other form, above all
an HTML page or a cut document, is no answer: better ask again than believe half of one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from xml.etree.ElementTree import Element, ParseError

from defusedxml.ElementTree import fromstring

from abicart_specter.clients.unreadable import NotReadable

OPEN_BATCH = "99"
"""The one code that is publicly known; never branch on another."""

_TRIPLE = re.compile(r"\s*(-?\d{1,9});([^;\r\n]*);(.*)", re.DOTALL)
_NUMBER = re.compile(r"0*[1-9]\d{0,17}")
_QUOTED = re.compile(r"'([^']+)'")
_NUMBER_PLACES = ("id", "orderno", "customerid", "articleid")


class Form(StrEnum):
    """What an answer looks like from its first bytes."""

    BLANK = "blank"
    XML = "xml"
    HTML = "html"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Reply:
    """What Specter said to a call: done or not, and in its own words.

    :param number: on success the new or matched object's number; ``None`` when it is not told, which is still
        a success (Specter reference, question 2).
    """

    accepted: bool
    code: str
    words: str
    number: int | None = None

    @property
    def open_batch(self) -> str | None:
        """The id quoted by a refusal with code 99 (Specter reference 7)."""
        if self.accepted or self.code != OPEN_BATCH:
            return None
        quoted = _QUOTED.search(self.words)
        return quoted.group(1) if quoted else None


def form_of(body: bytes) -> Form:
    """Sniff. HTML is what says so; whether XML is well-formed shows later."""
    start = body.removeprefix(b"\xef\xbb\xbf").lstrip()[:200].lower()
    if not start:
        return Form.BLANK
    if not start.startswith(b"<"):
        return Form.PLAIN
    return Form.HTML if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")) else Form.XML


def read_reply(body: bytes) -> Reply:
    """The answer to an acknowledgement.

    :raises NotReadable: any other form.
    """
    return _known(find_reply(body))


def read_write_reply(body: bytes) -> Reply:
    """The answer to a write. No batch is open for one, so that a success under code 99 is the object numbered 99.

    :raises NotReadable: any other form.
    """
    if form_of(body) is Form.XML:
        return _known(xml_reply(parse_xml(body), of_batches=False))
    return _known(find_reply(body))


def _known(reply: Reply | None) -> Reply:
    if reply is None:
        raise NotReadable("the answer is neither a triple nor an APIresponse")
    return reply


def find_reply(body: bytes) -> Reply | None:
    """The same, or ``None`` for an answer that is whole but of a form nobody knows.

    :raises NotReadable: an HTML page or a cut document.
    """
    form = form_of(body)
    if form is Form.HTML:
        raise NotReadable("the answer is an HTML page")
    if form is Form.XML:
        return xml_reply(parse_xml(body))
    return plain_reply(decode(body)) if form is Form.PLAIN else None


def plain_reply(text: str) -> Reply | None:
    """``result;id or code;message``. The message may hold further ``;``."""
    match = _TRIPLE.fullmatch(text.rstrip())
    if match is None:
        return None
    result, second, words = match.groups()
    code = second.strip()
    accepted = result == "1"
    return Reply(accepted, code, words.strip(), _number(code) if accepted else None)


def xml_reply(root: Element, *, of_batches: bool = True) -> Reply | None:
    """The ``APIresponse`` of a document whose root may have any name; ``None`` if it has none, or one that says
    neither result nor code 99.

    :param of_batches: whether code 99 may mean that a batch is open.
    """
    response = next((one for one in root.iter() if local_name(one) == "apiresponse"), None)
    if response is None:
        return None
    result = (value_of(response, "result") or "").strip()
    code = (value_of(response, "code") or "").strip()
    words = (value_of(response, "message") or "").strip()
    if result == "1":
        # A success that quotes a batch under code 99 would be the one odd mix that public clients take for 99.
        contradicts = of_batches and code == OPEN_BATCH and _QUOTED.search(words) is not None
        return Reply(not contradicts, code, words, None if contradicts else _number_in(root, response))
    if result or (of_batches and code == OPEN_BATCH):
        return Reply(False, code, words)
    return None


def parse_xml(body: bytes) -> Element:
    """A whole document, from bytes, since it declares its own encoding.

    :raises NotReadable: not well-formed (cut), or with a DTD or entities of its own.
    """
    try:
        root: Element = fromstring(body, forbid_dtd=True)
    except (ParseError, ValueError, LookupError):
        # ParseError: not well-formed. ValueError: what defusedxml forbids, undecodable bytes. LookupError: a
        # declared encoding that nobody knows.
        raise NotReadable("the answer is not whole XML") from None
    if local_name(root) == "html":
        raise NotReadable("the answer is an HTML page")
    return root


def decode(body: bytes) -> str:
    """Plain answers are ISO-8859-1, possibly Windows-1252, which differs only where the former has no letters
    (Specter reference, question 23)."""
    return body.removeprefix(b"\xef\xbb\xbf").decode("cp1252", "replace")


def local_name(element: Element) -> str:
    """The element's name in lower case, without namespace: spellings differ from place to place."""
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def children(element: Element, name: str) -> Iterator[Element]:
    """The child elements with that name (lower case)."""
    return (child for child in element if local_name(child) == name)


def value_of(element: Element, name: str) -> str | None:
    """A field, whether it is an attribute or a child element (Specter reference, question 7); ``None`` if neither.

    :param name: compared without case.
    """
    wanted = name.lower()
    for attribute, text in element.attrib.items():
        if attribute.rpartition("}")[2].lower() == wanted:
            return text
    child = next(children(element, wanted), None)
    return None if child is None else "".join(child.itertext())


def _number_in(root: Element, response: Element) -> int | None:
    """The first whole number in the places where it may be (Specter reference, question 2)."""
    for holder in (response, root):
        for name in _NUMBER_PLACES:
            number = _number(value_of(holder, name) or "")
            if number is not None:
                return number
    return _number(value_of(response, "code") or "")


def _number(text: str) -> int | None:
    """An object's number; 0 is none."""
    stripped = text.strip()
    return int(stripped) if _NUMBER.fullmatch(stripped) else None
