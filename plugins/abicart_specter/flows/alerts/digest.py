"""Several messages as one: a subject that names the shop and the worst of them, and a body for each way to people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from abicart_specter.flows.alerts.causes import FLAGGED, cause_of
from abicart_specter.flows.alerts.texts import LANGUAGES, Section, count, section
from abicart_specter.ledger.alerts.records import Message, Said

MOST = 20
"""So many are told in full; more at once are counted, and are in the log."""


@dataclass(frozen=True, slots=True)
class Digest:
    """One delivery. ``html`` for mail, ``slack`` in Slack's own marks."""

    subject: str
    html: str
    slack: str


def digest(messages: Sequence[Message], shop: str, language: str) -> Digest:
    """One text of all messages; of several about one cause the newest, which says what holds now."""
    newest: dict[str, Message] = {}
    told: list[Message] = []
    for one in messages:
        if one.cause == FLAGGED:
            told.append(one)  # news: each is its own
        else:
            newest[one.cause] = one
    told = sorted([*newest.values(), *told], key=_worst_first)
    sections = [section(one, shop, language) for one in told[:MOST]]
    words = LANGUAGES[language].words
    left_out = ""
    if len(told) > MOST:
        left_out = words["left_out"].format(
            alerts=count("alerts", len(told) - MOST, LANGUAGES[language]), shop=shop
        )
    first = sections[0]
    subject = f"[{shop}] {words[first.kind]}: {first.heading}"
    if len(told) > 1:
        subject += " " + words["others"].format(left=len(told) - 1)
    footer = words["footer"].format(shop=shop)
    return Digest(
        subject, _html(sections, left_out, footer, words), _slack(subject, sections, left_out, words)
    )


def trial_digest(shop: str, language: str) -> Digest:
    """A message that says that it is none."""
    words = LANGUAGES[language].words
    heading = words["test_title"]
    only = [Section("opened", heading, words["test"], ())]
    subject = f"[{shop}] {heading}"
    html = _html(only, "", words["footer"].format(shop=shop), words, marked=False)
    return Digest(subject, html, f"*{_for_slack(subject)}*\n{_for_slack(words['test'])}")


def _worst_first(message: Message) -> tuple[bool, int, int]:
    return message.kind == Said.CLOSED, cause_of(message.cause).rank, message.id


def _html(
    sections: Sequence[Section], left_out: str, footer: str, names: Mapping[str, str], *, marked: bool = True
) -> str:
    out = ['<div style="font-family:sans-serif;max-width:42em">']
    for one in sections:
        mark = f"{names[one.kind]}: " if marked else ""
        out.append(f"<h3>{escape(mark + one.heading)}</h3><p>{escape(one.what)}</p>")
        out += [f"<p><b>{escape(name)}:</b> {escape(text)}</p>" for name, text in one.rest]
        if one.link:
            url = escape(one.link, quote=True)
            out.append(f'<p><a href="{url}">{escape(names["open_link"])}: {url}</a></p>')
    if left_out:
        out.append(f"<p>{escape(left_out)}</p>")
    out.append(f'<hr><p style="color:#666">{escape(footer)}</p></div>')
    return "\n".join(out)


def _slack(subject: str, sections: Sequence[Section], left_out: str, names: Mapping[str, str]) -> str:
    out = [f"*{_for_slack(subject)}*"]
    for one in sections:
        lines = [f"*{_for_slack(f'{names[one.kind]}: {one.heading}')}*", _for_slack(one.what)]
        lines += [f"_{_for_slack(name)}:_ {_for_slack(text)}" for name, text in one.rest]
        if one.link:
            lines.append(f"<{one.link}|{_for_slack(names['open_link'])}>")
        out.append("\n".join(lines))
    if left_out:
        out.append(_for_slack(left_out))
    return "\n\n".join(out)


def _for_slack(text: str) -> str:
    """Slack reads these three as its own."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
