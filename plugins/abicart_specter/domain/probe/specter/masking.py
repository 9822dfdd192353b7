"""Specter's answers without what could name a person or a product: the form stays, byte for byte where it matters.

Kept: the XML declaration, names of elements and attributes, CDATA marks, references, row ends, column names, codes and
limits that questions look at, zeros of prices and quantities (their other digits become 1), the words of refusals that
stand on a list, and the encoding. Everything else becomes x, X, 0 or, for letters beyond ASCII, å in the same encoding.
Masking twice changes nothing.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import replace

from abicart_specter.domain.probe.masking import without_secrets
from abicart_specter.domain.probe.records import Answer

BOM = b"\xef\xbb\xbf"

_COLUMNS = """
noitemsavailable articleid articleno batchno orderno statusid deliverystatus trackingno priceexclvat
"""
_WORDS = """
account action api apianvändaren användare användaren already another att batch batchen batchno behörighet check
checkaccountsettings checknothingatall closed code done eller error exist exists fel felaktig felaktigt finns för
function funktion funktionen getarticleexternalneedupdate getarticleinfoexternalneedupdate getordersexternalneedupdate
har inget ingen inte internal invalid is key konto kontot missing no not nyckel nyckeln ok okänd okänt open parameter
parametern rapportera redan right rights saknar saknas sbmid server stängd the till unknown user wrong är öppen
avslutad avslutat usexml
"""
NUMBERS = frozenset({"result", "code", "responsemaxlimit", "vatpercent", "showstandardoldprice", "updated"})
"""Fields, in lower case, whose short numbers stay."""
FIGURES = frozenset({"noitemsav", "buyprice", "priceexclvat", "productweight", "standardoldprice"})
"""Fields, in lower case, of whose numbers the form and the zeros stay: questions look at how they end."""
CODES = frozenset({"statusid", "deliverystatus", "articletype"})
"""Fields, in lower case, whose short codes stay."""
COLUMNS = frozenset(_COLUMNS.split())
"""A row that holds one of these, in any case, is a row of column names."""
WORDS = frozenset(_WORDS.split())
"""Words of refusals that stay, in lower case."""

_TOKEN = re.compile(
    r"""(?xs)
    <\?.*?(?:\?>|\Z)
    | <!--.*?(?:-->|\Z)
    | <!\[CDATA\[.*?(?:\]\]>|\Z)
    | </?[^\s<>"'/=]++(?:[^<>"']++|"[^"]*+"|'[^']*+')*+>
    | [^<]++
    | <
    """
)
_DECLARATION = re.compile(
    r"""(?x)<\?xml(?:\s+(?:version|encoding|standalone)\s*=\s*(?:"[\w.:-]*"|'[\w.:-]*'))*\s*\?>"""
)
_ENCODING = re.compile(rb"""<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_ATTRIBUTE = re.compile(r"""(?s)(?<=[\s"'/])([^\s"'=/<>]++)(\s*=\s*)(?:"([^"]*)"|'([^']*)')""")
_DOCTYPE = re.compile(r"(?i)<!doctype\s+html\s*>")
_TAG_NAME = re.compile(r"""</?([^\s<>"'/=]+)""")
_REFERENCE = re.compile(r"&(?:amp|lt|gt|quot|apos|#x?[0-9A-Fa-f]{1,8});")
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\s*-?[0-9]{1,4}(?:[.,][0-9]{1,4})?\s*")
_FIGURE = re.compile(r"\s*-?[0-9]{1,7}(?:[.,][0-9]{1,6})?\s*")
_NOT_ZERO = re.compile("[1-9]")
_CODE = re.compile(r"\s*[A-Za-z0-9]{1,3}\s*")
_RESULT_OR_CODE = re.compile(r"\s*-?[0-9]{1,4}\s*")
_ROW = re.compile(r"[^\r\n]+")
_COLUMN_NAME = re.compile(r"\s*[A-Za-z][A-Za-z0-9_]{0,39}\s*")
_TRIPLE = re.compile(r"\s*[01];")
NO_QUANTITY = "noitemsavailable"


def mask_specter_body(body: bytes) -> bytes:
    """The answer's form; see the module."""
    bom = BOM if body.startswith(BOM) else b""
    content = body[len(bom) :]
    is_marked_up = content.lstrip()[:1] == b"<"
    charset = _charset(content, utf_8=bool(bom), is_marked_up=is_marked_up)
    text = content.decode(charset, "surrogateescape")
    masked = _marked_up(text) if is_marked_up else _plain(text)
    written = _encoded(masked, charset)
    if charset == "cp1252" and is_utf_8(written):
        # An å before two signs reads as one character of UTF-8. A Š, wherever it stands, cannot begin one.
        written = _encoded(masked.replace("å", "Š"), charset)
    return bom + written


def _charset(content: bytes, *, utf_8: bool, is_marked_up: bool) -> str:
    declared = _ENCODING.match(content.lstrip()[:300])
    if declared is not None:
        name = declared[1].decode("ascii")
        try:
            return codecs.lookup(name).name
        except LookupError:
            return "iso-8859-1"
    if utf_8 or is_utf_8(content) or (is_marked_up and content.isascii()):
        return "utf-8"
    return "cp1252"


def is_utf_8(content: bytes) -> bool:
    """Whether letters beyond ASCII are surely UTF-8."""
    if content.isascii():
        return False
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _encoded(text: str, charset: str) -> bytes:
    try:
        return text.encode(charset, "surrogateescape")
    except UnicodeEncodeError:  # an encoding without å
        return text.replace("å", "x").encode(charset, "replace")


def _marked_up(text: str) -> str:
    parts: list[str] = []
    element = ""
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token.startswith("<?"):
            parts.append(token if _DECLARATION.fullmatch(token) else f"<?{_masked(token[2:])}")
        elif token.startswith("<![CDATA["):
            end = "]]>" if token.endswith("]]>") else ""
            inner = token[9 : len(token) - len(end)]
            parts.append(f"<![CDATA[{_field(element, inner)}{end}")
        elif token.startswith("<!--"):
            end = "-->" if token.endswith("-->") else ""
            parts.append(f"<!--{_masked(token[4 : len(token) - len(end)])}{end}")
        elif token[0] == "<" and len(token) > 1:
            name = _TAG_NAME.match(token)
            element = "" if name is None or token.startswith("</") else _local(name[1])
            parts.append(_tag(token))
        else:
            parts.append(_with_references(element, token))
    return "".join(parts)


def _tag(token: str) -> str:
    """Names stay; values, and whatever else a tag holds, are masked."""
    if _DOCTYPE.fullmatch(token):
        return token
    name = _TAG_NAME.match(token)
    if name is None:
        return _masked(token)
    parts = [name[0]]
    place = name.end()
    for match in _ATTRIBUTE.finditer(token, place):
        parts += [_masked(token[place : match.start()]), _attribute(match)]
        place = match.end()
    return "".join([*parts, _masked(token[place:])])


def _attribute(match: re.Match[str]) -> str:
    name, equals, double, single = match.groups()
    if name.lower() == "xmlns" or name.lower().startswith("xmlns:"):
        return match[0]
    quote, value = ('"', double) if double is not None else ("'", single)
    return f"{name}{equals}{quote}{_with_references(_local(name), value)}{quote}"


def _with_references(name: str, text: str) -> str:
    """Text in which ``&…;`` has a meaning: which character it stands for is hidden, that it does is not."""
    if "&" not in text:
        return _field(name, text)
    parts: list[str] = []
    place = 0
    for match in _REFERENCE.finditer(text):
        parts += [_field(name, text[place : match.start()]), _reference(match[0])]
        place = match.end()
    return "".join([*parts, _field(name, text[place:])])


def _reference(written: str) -> str:
    return "&#229;" if written.startswith("&#") else written


def _field(name: str, text: str) -> str:
    if (name in NUMBERS and _NUMBER.fullmatch(text)) or text.strip().lower() == NO_QUANTITY:
        return text
    if name in FIGURES and _FIGURE.fullmatch(text):
        return _NOT_ZERO.sub("1", text)
    if name in CODES and _CODE.fullmatch(text):
        return text
    if name in ("message", "title", "h1", "h2", "h3", "h4", "p", "body", "li"):
        return _words(text)
    return _masked(text)


def _plain(text: str) -> str:
    is_triple = _TRIPLE.match(text) is not None

    def row(match: re.Match[str]) -> str:
        columns = match[0].split(";")
        names = {column.strip().lower() for column in columns}
        if names & COLUMNS and all(_COLUMN_NAME.fullmatch(column) for column in columns):
            return match[0]
        return ";".join(_column(place, column, is_triple) for place, column in enumerate(columns))

    return _ROW.sub(row, text)


def _column(place: int, text: str, is_triple: bool) -> str:
    if text.strip().lower() == NO_QUANTITY or (is_triple and place < 2 and _RESULT_OR_CODE.fullmatch(text)):
        return text
    if place == 2 and _FIGURE.fullmatch(text):
        return _NOT_ZERO.sub("1", text)
    return _words(text)


def _words(text: str) -> str:
    """Words of the list stay."""
    parts: list[str] = []
    place = 0
    for match in _WORD.finditer(text):
        if match[0].lower() in WORDS:
            parts += [_masked(text[place : match.start()]), match[0]]
            place = match.end()
    return "".join([*parts, _masked(text[place:])])


def _masked(text: str) -> str:
    return "".join(map(_letter, text))


def _letter(letter: str) -> str:
    if letter.isascii():
        if letter.isalpha():
            return "X" if letter.isupper() else "x"
        return "0" if letter.isdigit() else letter
    if not letter.isalnum():
        return letter
    # The letters that only Windows-1252 has stay one of its own.
    return "Š" if letter in "ŠŒŽšœžŸƒ" else "å"


def _local(name: str) -> str:
    return name.rpartition(":")[2].lower()


def mask_specter(answers: Sequence[Answer], secrets: Sequence[str]) -> tuple[Answer, ...]:
    """Specter's answers, fit to be written to disk."""
    return tuple(replace(one, body=mask_specter_body(without_secrets(one.body, secrets))) for one in answers)
