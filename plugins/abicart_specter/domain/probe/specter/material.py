"""Specter's answers as the questions look at them: form, reply, tree, rows.

Every body is masked before it is looked at, so that a report says the same as one made from the masked answers that
are written to disk.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from xml.etree.ElementTree import Element, ParseError

from defusedxml.ElementTree import fromstring

from abicart_specter.domain.probe.records import Answer
from abicart_specter.domain.probe.specter.masking import BOM, is_utf_8, mask_specter_body
from abicart_specter.domain.probe.verdicts import NoUseError

READINGS = {"account_empty": "empty", "account_sbm_id": "sbm_id", "account_api_user": "api_user"}
"""Answers to the account check by what its key covered, as the sandbox's ``account_check_key`` calls it."""

NO_SUCH = ("no_such_action", "no_such_action_plain", "no_such_action_1")
STOCK, ARTICLE_INFO, ORDERS = "stock", "article_info", "orders"
QUEUES = (STOCK, ARTICLE_INFO, ORDERS)
PLAIN, AGAIN, OTHER_ID = "_plain", "_again", "_other_id"
"""A queue's further reads: the same batch as plain text, once more, and under another id."""

OPEN_BATCH = "99"
ROW_ENDS = re.compile(r"\r\n|\r|\n")

_TRIPLE = re.compile(r"\s*(-?\d{1,9});([^;\r\n]*);(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Reply:
    """A triple or an ``APIresponse``."""

    accepted: bool
    code: str
    words: str


class Parsed:
    """One answer that came.

    :ivar root: of an XML document; ``None`` for any other form, a cut document among them.
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.body = mask_specter_body(answer.body)
        start = self.body.removeprefix(BOM).lstrip()[:200].lower()
        self.is_blank = not start
        self.is_html = start.startswith((b"<!doctype html", b"<html", b"<head", b"<body"))
        self.is_plain = bool(start) and not start.startswith(b"<")
        self.root: Element | None = None
        if start.startswith(b"<") and not self.is_html:
            self.root = _tree(self.body)
            if self.root is not None and local(self.root) == "html":
                self.root, self.is_html = None, True

    @property
    def name(self) -> str:
        """The answer's name."""
        return self.answer.name

    @property
    def form(self) -> str:
        """In words."""
        if self.is_blank:
            return "nothing"
        if self.is_html:
            return "an HTML page"
        if self.root is not None:
            return "XML"
        return "plain text" if self.is_plain else "XML that is not whole"

    @property
    def text(self) -> str:
        """Of a plain answer."""
        content = self.body.removeprefix(BOM)
        return content.decode("utf-8" if is_utf_8(content) else "cp1252", "replace")

    @cached_property
    def response(self) -> Element | None:
        """The ``APIresponse``, wherever it is."""
        if self.root is None:
            return None
        return next((one for one in self.root.iter() if local(one) == "apiresponse"), None)

    @cached_property
    def reply(self) -> Reply | None:
        """What it says; ``None`` for an answer that is none, such as rows."""
        if self.response is not None:
            result = value(self.response, "result").strip()
            code = value(self.response, "code").strip()
            if not result and code != OPEN_BATCH:
                return None
            return Reply(result == "1", code, value(self.response, "message").strip())
        if not self.is_plain:
            return None
        match = _TRIPLE.fullmatch(self.text)
        if match is None:
            return None
        result, code, words = match.groups()
        # A row of stock has three semicolons and looks alike; failures begin with 0.
        if result not in ("0", "1") or (";" in words and ROW_ENDS.search(self.text.strip())):
            return None
        return Reply(result == "1", code.strip(), words.strip())

    @property
    def accepted(self) -> bool:
        """A success, or an answer of another whole form that is no refusal."""
        if self.answer.status != 200:
            return False
        if self.reply is not None:
            return self.reply.accepted
        return self.root is not None and self.response is None

    @property
    def refused(self) -> bool:
        """Specter says no, in its own form."""
        return self.reply is not None and not self.reply.accepted

    def kind(self, action: str) -> tuple[str, str]:
        """What a refusal is about; the function's own name in it does not count."""
        assert self.reply is not None
        return self.reply.code, self.reply.words.lower().replace(action.lower(), "")


class Material:
    """All answers of one probe."""

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        self.answers = answers
        self._parsed: dict[str, Parsed] = {}

    def get(self, name: str) -> Parsed | None:
        """An answer; ``None`` where it was not asked or did not come whole."""
        answer = self.answers.get(name)
        if answer is None or not answer.status:
            return None
        if name not in self._parsed:
            self._parsed[name] = Parsed(answer)
        return self._parsed[name]

    def need(self, name: str) -> Parsed:
        """An answer.

        :raises NoUseError: it was not asked for, or did not come.
        """
        got = self.get(name)
        if got is None:
            problem = self.answers[name].problem if name in self.answers else "it was not asked for"
            raise NoUseError(f"There is no answer {name}: {problem}.", name)
        return got

    def came(self) -> Iterator[Parsed]:
        """Every answer that came."""
        for name in self.answers:
            got = self.get(name)
            if got is not None:
                yield got

    @cached_property
    def xml(self) -> tuple[Parsed, ...]:
        """Those that are XML."""
        return tuple(one for one in self.came() if one.root is not None)

    @cached_property
    def plain(self) -> tuple[Parsed, ...]:
        """Those that are plain text in a form that is known: triples, and rows of queues."""
        return tuple(
            one for one in self.came() if one.is_plain and (one.reply is not None or one.answer.status == 200)
        )

    @property
    def readings(self) -> dict[str, Parsed]:
        """The account check by what its key covered."""
        got = {reading: self.get(name) for name, reading in READINGS.items()}
        return {reading: one for reading, one in got.items() if one is not None}

    @property
    def queues_asked(self) -> bool:
        """Whether queues were read at all."""
        return any(queue in self.answers for queue in QUEUES)

    def batches(self) -> Iterator[tuple[str, Parsed]]:
        """Each queue's XML answer that is no refusal."""
        for queue in QUEUES:
            got = self.get(queue)
            if got is not None and got.answer.status == 200 and not got.refused and not got.is_html:
                yield queue, got

    def rows(self, queue: str, suffix: str = "") -> list[Element]:
        """The records in a queue's XML answer; for stock an article once for each site."""
        got = self.get(queue + suffix)
        if got is None or got.root is None or got.refused:
            return []
        wanted = "order" if queue == ORDERS else "article"
        return [one for one in got.root.iter() if local(one) == wanted]

    def records(self, queue: str, suffix: str = "") -> int:
        """How many records a queue's XML answer tells of."""
        got = self.get(queue + suffix)
        if queue != STOCK or got is None or got.root is None or got.refused:
            return len(self.rows(queue, suffix))
        sites = [one for one in got.root.iter() if local(one) == "stock"]
        return max((sum(1 for one in site.iter() if local(one) == "article") for site in sites), default=0)


def local(element: Element) -> str:
    """Its name in lower case, without namespace."""
    return bare(element).lower()


def bare(element: Element) -> str:
    """Its name as it is written, without namespace."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def value(element: Element, name: str) -> str:
    """An attribute or a child by name (lower case); empty where there is none."""
    for attribute, text in element.attrib.items():
        if attribute.rpartition("}")[2].lower() == name:
            return text
    child = next((one for one in element if local(one) == name), None)
    return "" if child is None else "".join(child.itertext())


def _tree(body: bytes) -> Element | None:
    try:
        root: Element = fromstring(body, forbid_dtd=True)
    except (ParseError, ValueError, LookupError):  # cut, forbidden or undecodable
        return None
    return root
