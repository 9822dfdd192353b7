"""Fills the texts with a message's facts: counts with their noun, times as people write them, lists cut short.

Facts are plain JSON. Their names decide how they are written: those in ``Language.counts`` are numbers, those that end
in ``_at``, and ``until``, ``since``, ``ended``, ``deadline``, ``scanned_to``, are times; ``numbers`` is a list of
which ``total`` says the length; ``rules`` is rule → count. The rest are words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from abicart_specter.flows.alerts import words_en, words_sv
from abicart_specter.flows.alerts.causes import cause_of
from abicart_specter.flows.alerts.text_form import Language
from abicart_specter.flows.reports import printable
from abicart_specter.ledger.alerts.records import Message, Said
from abicart_specter.settings.types import STOCKHOLM

LANGUAGES: dict[str, Language] = {"sv": words_sv.LANGUAGE, "en": words_en.LANGUAGE}
SHOWN = 5
"""How many product or order numbers a message names."""
LONGEST_PROBLEM = 600
"""Characters of a technical problem that a message quotes."""

_TIMES = frozenset({"until", "since", "ended", "deadline", "scanned_to", "failing_since"})
_BY_HAND = frozenset({"order_export_single", "product_export", "import_undo", "product_number_validation"})


def cut_short(problem: str) -> str:
    """Technical words for a message: a file may have hundreds of mistakes."""
    return problem if len(problem) <= LONGEST_PROBLEM else f"{problem[:LONGEST_PROBLEM]} …"


@dataclass(frozen=True, slots=True)
class Section:
    """A message as people read it. ``rest`` are heading and text; ``link`` is where to look, if known."""

    kind: str
    heading: str
    what: str
    rest: tuple[tuple[str, str], ...]
    link: str = ""


def section(message: Message, shop: str, language: str) -> Section:
    """What one message says, in a language."""
    own = LANGUAGES[language]
    text = own.texts[cause_of(message.cause).text]
    facts = _words(message, shop, own)
    kind = Said(message.kind)
    title = text.title.format_map(facts)
    if kind is Said.CLOSED:
        what = f"{text.closed.format_map(facts)} {own.words['was'].format_map(facts)}"
        return Section(kind.value, title, what, (), "")
    what = text.opened.format_map(facts)
    if kind is Said.REMINDER:
        what += " " + own.words["since"].format_map(facts)
    rest = tuple(
        (own.words[name], getattr(text, name).format_map(facts)) for name in ("means", "do", "otherwise")
    )
    return Section(kind.value, title, what, rest, str(message.facts.get("link") or ""))


def moment(at: datetime, language: Language) -> str:
    """A time of day in Stockholm, as people write it: "25 november kl. 06.00"."""
    here = at.astimezone(STOCKHOLM)
    return language.moment.format(
        day=here.day, month=language.months[here.month - 1], hour=here.hour, minute=here.minute
    )


def count(name: str, number: int, language: Language) -> str:
    """A number with its noun in the right form: "1 order", "3 ordrar"."""
    one, many = language.counts[name]
    return one if number == 1 else many.format(n=_number(number, language))


def _number(number: int, language: Language) -> str:
    return f"{number:,}".replace(",", language.thousands)


class _Facts(dict[str, str]):
    """A message of an older version may lack a fact: it is told as unknown, and the message goes out."""

    def __missing__(self, key: str) -> str:
        return "–"


def _words(message: Message, shop: str, language: Language) -> _Facts:
    facts = message.facts
    words = _Facts(shop=shop, words=message.words, closed_at=moment(message.at, language))
    for name, value in facts.items():
        if name in language.counts and isinstance(value, int):
            words[name] = count(name, value, language)
        elif name in _TIMES or name.endswith("_at"):
            words[name] = moment(datetime.fromisoformat(value), language)
        elif name == "rules":
            words[name] = _rules(value, language)
        elif isinstance(value, list):
            words[name] = _listed(value, int(facts.get("total", len(value))), language)
        elif isinstance(value, int) and not isinstance(value, bool):
            words[name] = _number(value, language)
        else:
            words[name] = str(value)
    if "orders" in facts:
        words |= {
            name: count(name, facts["orders"], language)
            for name in language.counts
            if name.startswith("orders")
        }
    _chosen(facts, words, language)
    return words


def _chosen(facts: Mapping[str, Any], words: _Facts, language: Language) -> None:
    """Words that depend on what happened: the part asked about, why the import is late, what the flow is for."""
    of = language.words
    for name, prefix in (("part", "part_"), ("queue", "queue_")):
        if name in facts:
            words[name] = of.get(f"{prefix}{facts[name]}", str(facts[name]))
    if "channel" in facts:
        words["channel"] = of[facts["channel"]]
        words["remedy"] = of[f"channel_remedy_{facts['channel']}"].format_map(words)
    if "without_answer" in facts:
        words["without_answer"] = of[facts["without_answer"]]
    if "part" in facts:
        words["answered"] = of[f"answered_{facts.get('answer', 'somehow')}"].format_map(words)
    if "state" in facts:
        words["state_do"] = of[f"do_{facts['state']}"].format_map(words)
        words["state"] = of[f"state_{facts['state']}"]
    words["paused"] = of["paused"] if facts.get("paused") else ""
    if "flow" in facts:
        flow = str(facts["flow"])
        words["flow_id"], words["dag"] = flow, f"{flow}__{words['shop']}"
        name, means, otherwise = language.flows.get(flow, language.other_flow)
        words["flow"] = name.format_map(words)
        words["flow_means"], words["flow_otherwise"] = means, otherwise
        words["rerun"] = of["rerun_by_hand" if flow in _BY_HAND else "rerun"]
        words["tasks"] = of["tasks"].format(tasks=", ".join(facts["tasks"])) if facts.get("tasks") else ""
        words["more"] = of["more_red"] if facts.get("more") else ""


def _listed(items: list[Any], total: int, language: Language) -> str:
    if not items:
        return language.words["nobody"]
    shown = ", ".join(printable(str(item)) for item in items[:SHOWN])
    left = total - min(len(items), SHOWN)
    return f"{shown} {language.words['others'].format(left=_number(left, language))}" if left > 0 else shown


def _rules(rules: Mapping[str, int], language: Language) -> str:
    told = [f"{language.rules.get(rule, rule)} ({_number(n, language)})" for rule, n in rules.items() if rule]
    return _listed(told, len(told), language)
