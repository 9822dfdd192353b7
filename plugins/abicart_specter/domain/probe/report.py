"""A probe's findings for a person: what is settled, what is not and why, what was unexpected and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from abicart_specter.domain.probe import abicart, specter
from abicart_specter.domain.probe.records import Finding, SystemProbe, Verdict
from abicart_specter.domain.probe.troubles import no_key_accepted

NAMES = {"abicart": "Abicart", "specter": "Specter"}
COLUMNS = ("question", "what it is about", "verdict", "value", "why")
VERDICTS = {
    Verdict.UNEXPECTED: "unexpected",
    Verdict.NOT_TOLD: "open",
    Verdict.TOLD: "settled",
    Verdict.NOT_ASKED: "not asked",
}
"""In the order of the report and of the log: first what a person must look at."""
LEGEND = "The numbers are those of docs/probe.md, the values those of the switches of bin/sandbox --like probe.json."
MOST_NAMES = 3
_WHAT_TO_DO = {
    Verdict.UNEXPECTED: "The answers fit nothing that this project knows. Send probe.json to whoever maintains it "
    "before the flows this concerns run on real data.",
    Verdict.TOLD: "Nothing to do. The project works with each of these answers.",
    Verdict.NOT_TOLD: "Nothing that was read shows it. Make or wait for what the last column names, and run the probe "
    "again. Until then the project takes each of the known answers.",
    Verdict.NOT_ASKED: "Only a write, or a read this probe was not allowed, would tell. The first real runs show it: "
    "the flows read back what they write.",
}


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One question with its outcome."""

    question: str
    meaning: str
    verdict: str
    value: str
    why: str

    def cells(self) -> tuple[str, ...]:
        """In the order of ``COLUMNS``."""
        return (self.question, self.meaning, self.verdict, self.value, self.why)


def meanings(system: str) -> Mapping[tuple[str, str], str]:
    """What each question is about, by its number and switch."""
    return _MEANINGS.get(system, {})


_MEANINGS: Mapping[str, Mapping[tuple[str, str], str]] = {
    "abicart": {(one.number, one.switch): one.meaning for one in abicart.QUESTIONS},
    "specter": {(one.number, one.switch): one.meaning for one in specter.QUESTIONS},
}


def rows(probe: SystemProbe) -> list[ReportRow]:
    """All questions, in the order of ``VERDICTS``."""
    order = list(VERDICTS)
    known = meanings(probe.system)
    return [
        ReportRow(
            one.question,
            known.get((one.question, one.switch), one.switch.replace("_", " ")),
            VERDICTS[one.verdict],
            "" if one.value is None else str(one.value),
            one.why,
        )
        for one in sorted(probe.findings, key=lambda one: order.index(one.verdict))
    ]


def summary(probe: SystemProbe) -> str:
    """How many of the questions came to what, in one line."""
    counts = {verdict: _count(probe.findings, verdict) for verdict in VERDICTS}
    parts = ", ".join(f"{count} {VERDICTS[verdict]}" for verdict, count in counts.items())
    return f"{NAMES[probe.system]} ({probe.address}): {len(probe.findings)} questions: {parts}."


def unanswered(probe: SystemProbe) -> list[str]:
    """What went without a complete answer, and why; a line for each reason."""
    lost: dict[str, list[str]] = {}
    for one in probe.answers:
        if not one.status:
            lost.setdefault(one.problem, []).append(one.name)
    return [f"{_first(names)}: {problem}" for problem, names in lost.items()]


def doubts(shop: str, probes: Iterable[SystemProbe]) -> list[str]:
    """What a person must check although nothing is known to be wrong."""
    return [
        "Specter accepted none of the keys it was shown: either they are wrong, or the account check works "
        f"otherwise than is known. Test the connection specter_{shop} with the button in the list of connections."
        for probe in probes
        if no_key_accepted(probe)
    ]


def markdown(shop: str, made_at: datetime, probes: Sequence[SystemProbe], troubles: Sequence[str]) -> str:
    """The report.

    :param troubles: what kept a system from being asked at all, or from answering.
    """
    lines = [
        f"# Connection probe of shop {shop}",
        "",
        f"{made_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC. Only reads were made: nothing was written in either system, "
        "and no batch of Specter was acknowledged.",
        "",
        *(f"- **{doubt}**" for doubt in doubts(shop, probes)),
        *(f"- {summary(probe)}" for probe in probes),
        *(f"- **{trouble}**" for trouble in troubles),
        "",
        "Beside this file lies `probe.json` with all findings and the answers they rest on. It holds no keys and no "
        "personal data, so that it can be sent on; the sandbox starts like the real systems with "
        "`bin/sandbox --like probe.json`.",
    ]
    for probe in probes:
        lines += ["", f"## {NAMES[probe.system]}"]
        lost = unanswered(probe)
        if lost:
            lines += ["", "Without a complete answer:", "", *(f"- {one}" for one in lost)]
        shown = rows(probe)
        for verdict, word in VERDICTS.items():
            part = [one for one in shown if one.verdict == word]
            if part:
                lines += [
                    "",
                    f"### {word.capitalize()}: {len(part)}",
                    "",
                    _WHAT_TO_DO[verdict],
                    "",
                    *_table(part),
                ]
    return "\n".join(lines) + "\n"


def _table(shown: Iterable[ReportRow]) -> list[str]:
    columns = [name for name in COLUMNS if name != "verdict"]
    lines = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    for row in shown:
        cells = (row.question, row.meaning, row.value, row.why)
        lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return lines


def _first(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def _count(findings: Iterable[Finding], verdict: Verdict) -> int:
    return sum(one.verdict is verdict for one in findings)
