"""Questions about how texts and numbers are written, whatever they are about (Specter reference 3, 4, 11.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from abicart_specter.domain.probe.specter.masking import is_utf_8
from abicart_specter.domain.probe.specter.material import (
    ARTICLE_INFO,
    PLAIN,
    STOCK,
    Material,
    Parsed,
    bare,
    local,
    value,
)
from abicart_specter.domain.probe.verdicts import (
    Outcome,
    Question,
    not_asked,
    not_told,
    told,
    unexpected,
)

DECIMALS = ("priceexclvat", "buyprice", "standardoldprice", "productweight", "vatpercent")
TEXTS = frozenset({"message", "articleno", "name"})
QUEUES_OFF = "Only reading a queue would tell, and this probe was not allowed to."

_DECLARED = re.compile(rb"""\s*<\?xml[^>]*?\sencoding\s*=\s*["']([^"']+)["']""")
_CHARSET = re.compile(r"charset\s*=\s*\"?([A-Za-z0-9._-]+)", re.IGNORECASE)
_END = re.compile(rb"[\r\n]*\Z")
_ONLY_WINDOWS = re.compile(rb"[\x80-\x9f]")


def _xml_root(material: Material) -> Outcome:
    roots = {bare(one.root) for one in material.xml if one.root is not None}
    names = [one.name for one in material.xml]
    if not roots:
        return not_told("No answer came as XML.")
    if len(roots) > 1:
        return unexpected(f"XML answers have several roots: {', '.join(sorted(roots))}.").from_answers(*names)
    root = roots.pop()
    return told(root, f"The root of XML answers is {root}.").from_answers(*names)


def _xml_charset(material: Material) -> Outcome:
    seen = {_declared(one) for one in material.xml}
    names = [one.name for one in material.xml]
    if not seen:
        return not_told("No answer came as XML.")
    charset = seen.pop()
    if seen or charset not in ("iso-8859-1", "windows-1252", "utf-8"):
        return unexpected(f"XML answers declare {', '.join(sorted({charset, *seen}))}.").from_answers(*names)
    return told(charset, f"XML answers are {charset}.").from_answers(*names)


def _declared(one: Parsed) -> str:
    match = _DECLARED.match(one.body.removeprefix(b"\xef\xbb\xbf"))
    # Without a declaration XML is UTF-8.
    return match[1].decode("ascii", "replace").lower() if match else "utf-8"


def _xml_text(material: Material) -> Outcome:
    with_texts = [one for one in material.xml if one.root is not None and _has_text(one)]
    names = [one.name for one in with_texts]
    if not with_texts:
        return not_told("No XML answer holds a text.")
    if any(b"<![CDATA[" in one.body for one in with_texts):
        return told("cdata", "Texts in XML come as CDATA.").from_answers(*names)
    return told("escaped", "Texts in XML come without CDATA.").from_answers(*names)


def _has_text(one: Parsed) -> bool:
    assert one.root is not None
    return any(local(element) in TEXTS and (element.text or "").strip() for element in one.root.iter())


def _text_charset(material: Material) -> Outcome:
    plain = material.plain
    names = [one.name for one in plain]
    if not plain:
        return not_told("No answer came as plain text.")
    if any(is_utf_8(one.body) for one in plain):
        return unexpected("Plain answers are UTF-8.").from_answers(*names)
    if any(_ONLY_WINDOWS.search(one.body) for one in plain):
        return told("windows-1252", "Plain answers hold letters that only windows-1252 has.").from_answers(
            *names
        )
    declared = {
        match[1].lower()
        for one in plain
        if (match := _CHARSET.search(one.answer.headers.get("content-type", ""))) is not None
    }
    if len(declared) == 1 and declared <= {"iso-8859-1", "windows-1252"}:
        charset = declared.pop()
        return told(charset, f"Plain answers say that they are {charset}.").from_answers(*names)
    if declared:
        return unexpected(f"Plain answers say that they are {', '.join(sorted(declared))}.").from_answers(
            *names
        )
    return not_told("Plain answers do not say their encoding, and hold no letter that would show it.")


def _text_end(material: Material) -> Outcome:
    triples = [one for one in material.plain if one.reply is not None]
    ends = {end[0] for one in triples if (end := _END.search(one.body)) is not None}
    names = [one.name for one in triples]
    if not ends:
        return not_told("No answer came as a plain triple.")
    if ends == {b""}:
        return told("none", "Plain triples end with their last character.").from_answers(*names)
    if ends == {b"\r\n"}:
        return told("crlf", "Plain triples end with CR LF.").from_answers(*names)
    return unexpected("Plain triples end in several or unknown ways.").from_answers(*names)


def _decimal_output(material: Material) -> Outcome:
    marks = {mark for text in (*_numbers(material), *_quantities(material)) for mark in text if mark in ",."}
    if not marks:
        return nothing(material, "No number with decimals came.")
    if len(marks) > 1:
        return unexpected("Some numbers came with a comma and some with a point.")
    mark = {",": "comma", ".": "point"}[marks.pop()]
    return told(mark, f"Numbers came with a decimal {mark}.").from_answers(*_queue_names(material))


def _quantity_output(material: Material) -> Outcome:
    quantities = [text for text in _quantities(material) if any(letter.isdigit() for letter in text)]
    if not quantities:
        return nothing(material, "No quantity came.")
    decimals = [len(re.split("[,.]", text, maxsplit=1)[1]) if _has_mark(text) else 0 for text in quantities]
    names = _queue_names(material)
    if all(count == 2 for count in decimals):
        if any(text.endswith("0") for text in quantities):
            return told("two", "Every quantity came with two decimals.").from_answers(*names)
        return not_told("The quantities that came need two decimals.").from_answers(*names)
    if any(_has_mark(text) and text.endswith("0") for text in quantities):
        return unexpected("Quantities came with other decimals than none or two.").from_answers(*names)
    return told("short", "Quantities came as short as possible.").from_answers(*names)


def _has_mark(text: str) -> bool:
    return "," in text or "." in text


def _numbers(material: Material) -> Iterator[str]:
    for article in material.rows(ARTICLE_INFO):
        for name in DECIMALS:
            yield value(article, name).strip()


def _quantities(material: Material) -> Iterator[str]:
    for article in material.rows(STOCK):
        yield value(article, "noitemsav").strip()
    for row in stock_rows(material)[1:]:
        yield row[2].strip()


def stock_rows(material: Material) -> list[list[str]]:
    """The plain stock read's rows, column by column, the row of column names among them."""
    got = material.get(STOCK + PLAIN)
    if got is None or not got.is_plain or got.reply is not None or got.answer.status != 200:
        return []
    rows = [line.split(";") for line in re.split(r"\r\n|\r|\n", got.text) if line.strip()]
    return rows if all(len(row) == 4 for row in rows) else []


def _queue_names(material: Material) -> list[str]:
    return [name for name in (STOCK, STOCK + PLAIN, ARTICLE_INFO) if material.get(name) is not None]


def nothing(material: Material, why: str) -> Outcome:
    """Nothing came that would tell, or it was not asked for."""
    return not_told(why) if material.queues_asked else not_asked(QUEUES_OFF)


FORM_QUESTIONS: tuple[Question[Material], ...] = (
    Question("Q1", "xml_root", "The root of XML answers", _xml_root),
    Question("3.3", "xml_text", "Texts in XML as CDATA or with escapes", _xml_text),
    Question("Q23", "xml_charset", "Encoding of XML answers", _xml_charset),
    Question("Q23", "text_charset", "Encoding of plain answers", _text_charset),
    Question("3.2", "text_end", "What follows a plain triple", _text_end),
    Question("Q22", "decimal_output", "Decimal mark in answers", _decimal_output),
    Question("Q22", "quantity_output", "How quantities are written", _quantity_output),
)
