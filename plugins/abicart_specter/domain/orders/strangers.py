"""What looks like a person in words of a system that may know more people than we do: hidden by its form."""

from __future__ import annotations

import re
from collections.abc import Iterable

HIDDEN = "‹hidden›"

EMAIL = re.compile(r"[^\s'\"<>(),;:=&]+@[^\s'\"<>(),;:&]+")

_NUMBERS = re.compile(
    r"""(?x) (?<![\w-])
    (?: (?:\d{6}|\d{8}) [-+] \d{4}           # personal and organisation numbers
      | \d{10,12}
      | [A-Z]{2} \d{8,12}                    # VAT numbers
      | \+\d{2} [\d ()-]{6,} \d              # phone numbers
      | 0\d{1,3} [-/] \d [\d ]{4,} \d
      | \d{3} [ ] \d{2}                      # postcodes
    ) (?![\w-])"""
)
_WORD = re.compile(r"[^\W_]+(?:[-’'][^\W_]+)*")
_SENTENCE_ENDS = frozenset(".!?;")
_SHORTEST_IN_CAPITALS = 4
_ORDINARY = frozenset({"error", "order", "http", "https", "json", "post", "null", "hidden"})


def hide_strangers(words: str, known: Iterable[str] = ()) -> str:
    """The words without what looks like somebody's name, number or e-mail address.

    Swedish and English write ordinary words small: a word with a capital inside a sentence, or several in a row, is
    taken for a name or a place, and so is one of at least four letters that has nothing but capitals.

    :param known: what may be shown: product numbers, order numbers.
    """
    shown = {word.casefold() for text in known for word in (text, *_WORD.findall(text))} | _ORDINARY
    out = EMAIL.sub(HIDDEN, words)
    out = _NUMBERS.sub(lambda hit: hit[0] if hit[0].casefold() in shown else HIDDEN, out)
    found = list(_WORD.finditer(out))
    hidden = [False] * len(found)
    for place, hit in enumerate(found):
        if hit[0].casefold() in shown:
            continue
        if _is_capitals(hit[0]):
            hidden[place] = True
        elif _is_name(hit[0]):
            following = found[place + 1] if place + 1 < len(found) else None
            hidden[place] = not _begins_sentence(out, hit.start()) or (
                following is not None
                and len(out[hit.end() : following.start()]) <= 2
                and _is_name(following[0])
                and following[0].casefold() not in shown
            )
    for hit, hide in reversed(list(zip(found, hidden, strict=True))):
        if hide:
            out = out[: hit.start()] + HIDDEN + out[hit.end() :]
    return re.sub(rf"{HIDDEN}(?:[ ,/+_-]{{1,2}}{HIDDEN})+", HIDDEN, out)


def _is_name(word: str) -> bool:
    letters = word.replace("-", "").replace("’", "").replace("'", "")
    return len(word) > 1 and letters.isalpha() and word[0].isupper() and any(map(str.islower, word))


def _is_capitals(word: str) -> bool:
    return len(word) >= _SHORTEST_IN_CAPITALS and word.replace("-", "").isalpha() and word.isupper()


def _begins_sentence(words: str, start: int) -> bool:
    before = words[:start].rstrip(" '\"“”(")
    return not before or before[-1] in _SENTENCE_ENDS
