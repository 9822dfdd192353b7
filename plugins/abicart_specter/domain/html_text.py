"""HTML of the shop's texts as plain text.

Only what really is markup counts as markup: a complete tag that HTML knows, a complete comment, a complete
entity. In "Kabel <2 m", "a<b" or "R&D" every character is kept. (The standard library's ``HTMLParser`` drops
what looks like the beginning of a tag, differently from version to version, so tags are found here; entities
are resolved by the standard library.)
"""

from __future__ import annotations

import re
from html import unescape
from html.entities import html5

from abicart_specter.domain.text import clean_lines

_BLOCKS = (
    "address|article|aside|blockquote|br|caption|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|form|h1|h2|"
    "h3|h4|h5|h6|header|hr|li|main|nav|ol|option|p|pre|section|summary|table|tbody|tfoot|thead|tr|ul"
)
_CELLS = "td|th"
_INLINE = (
    "abbr|acronym|area|audio|a|base|bdi|bdo|big|body|button|b|center|cite|code|colgroup|col|data|del|dfn|embed|em|"
    "font|head|html|iframe|img|input|ins|i|kbd|label|link|map|mark|meta|meter|noscript|object|param|picture|"
    "progress|q|samp|select|small|source|span|strike|strong|sub|sup|svg|s|textarea|time|title|track|tt|u|var|video|"
    "wbr"
)
# Possessive and bounded, so that no text, however odd, takes more than linear time.
_ATTRIBUTES = r"(?:[^<>\"']++|\"[^\"]{0,2000}+\"|'[^']{0,2000}+'){0,100}+"
_TAG = re.compile(
    rf"</?(?:(?P<block>{_BLOCKS})|(?P<cell>{_CELLS})|{_INLINE}|!doctype)(?=[\s/>]){_ATTRIBUTES}>",
    re.IGNORECASE,
)
_UNSEEN = re.compile(r"<!--|<(?P<element>script|style)\b", re.IGNORECASE)
_ENDINGS = {
    "": re.compile("-->"),
    "script": re.compile("</script[^>]{0,20}+>", re.IGNORECASE),
    "style": re.compile("</style[^>]{0,20}+>", re.IGNORECASE),
}
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


def strip_html(text: str) -> str:
    """The text a reader would see: tags, comments, scripts gone, entities resolved, a new line per block.

    Text without any markup comes back as it was.
    """
    seen = _without_unseen(text) if "<" in text else text
    tags = list(_TAG.finditer(seen)) if "<" in seen else []
    if not tags and seen is text:
        return _resolve(text)
    parts: list[str] = []
    end = 0
    for tag in tags:
        parts.append(_resolve(_line(seen[end : tag.start()])))
        parts.append(_stands_for(tag))
        end = tag.end()
    parts.append(_resolve(_line(seen[end:])))
    return clean_lines("".join(parts))


def _without_unseen(text: str) -> str:
    """Without comments, scripts and styles; one that never ends is kept as text."""
    parts: list[str] = []
    position = 0
    unended: set[str] = set()
    for start in _UNSEEN.finditer(text):
        element = (start["element"] or "").lower()
        if start.start() < position or element in unended:
            continue
        end = _ENDINGS[element].search(text, start.end())
        if end is None:
            unended.add(element)
            continue
        parts.append(text[position : start.start()])
        position = end.end()
    return "".join([*parts, text[position:]]) if parts else text


def _line(text: str) -> str:
    """In HTML a line end is a blank like any other."""
    return re.sub(r"\s+", " ", text)


def _stands_for(tag: re.Match[str]) -> str:
    block = (tag["block"] or "").lower()
    if block == "li" and tag.group()[1] != "/":
        return "\n- "
    if block:
        return "\n"
    return " " if tag["cell"] else ""


def _resolve(text: str) -> str:
    return _ENTITY.sub(_entity, text) if "&" in text else text


def _entity(match: re.Match[str]) -> str:
    entity = match.group()
    return unescape(entity) if entity[1] == "#" or entity[1:] in html5 else entity
