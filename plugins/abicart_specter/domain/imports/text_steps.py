"""The named steps between a text of Specter's and the shop's. Each is a pure function from text to text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import unescape
from typing import Any

from abicart_specter.domain.html_text import strip_html
from abicart_specter.domain.text import clean_line, clean_lines, cut

Step = Callable[[str], str]


def _unescape_html(text: str) -> str:
    """Undo one escaping: ``&lt;p&gt;`` → ``<p>``. Text that holds markup already was not escaped, and stays."""
    return text if "<" in text else unescape(text)


PLAIN: Mapping[str, Step] = {
    "text": clean_line,
    "lines": clean_lines,
    "strip_html": strip_html,
    "unescape_html": _unescape_html,
}
"""Steps that are used by their name alone."""

WITH_NUMBER: Mapping[str, Callable[[int], Step]] = {
    "max_length": lambda length: lambda text: cut(text, length)[0]
}
"""Steps that take a whole number."""

WITH_TABLE: Mapping[str, Callable[[Mapping[str, str]], Step]] = {
    "lookup": lambda table: lambda text: table.get(text, text)
}
"""Steps that take texts with what each becomes; any other text stays."""

NAMES = (*PLAIN, *WITH_NUMBER, *WITH_TABLE)


def step_of(entry: Any) -> Step:
    """A step as the checked file has it: its name, or its name with its value."""
    if isinstance(entry, str):
        return PLAIN[entry]
    ((name, value),) = entry.items()
    if name in WITH_NUMBER:
        return WITH_NUMBER[name](value)
    return WITH_TABLE[name]({str(key): text for key, text in value.items()})
