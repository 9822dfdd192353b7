"""What a question comes to, in few words: the ways to answer one, and the answer to it as a finding."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from abicart_specter.domain.probe.records import Finding, Verdict

M = TypeVar("M")


@dataclass(frozen=True, slots=True)
class Outcome:
    """A verdict with its reason; ``answers`` as in :class:`Finding`."""

    verdict: Verdict
    why: str
    value: str | int | None = None
    answers: tuple[str, ...] = ()

    def from_answers(self, *names: str) -> Outcome:
        """The same, resting on those answers."""
        return replace(self, answers=names)


class NoUseError(Exception):
    """An answer that a question needs did not come, or is of no use for it."""

    def __init__(self, why: str, name: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.name = name


class NotAskedError(NoUseError):
    """An answer that a question needs was not asked for."""


def told(value: str | int, why: str) -> Outcome:
    """Settled."""
    return Outcome(Verdict.TOLD, why, value)


def not_told(why: str) -> Outcome:
    """The answers leave it open."""
    return Outcome(Verdict.NOT_TOLD, why)


def unexpected(why: str) -> Outcome:
    """The answers fit no alternative that is known."""
    return Outcome(Verdict.UNEXPECTED, why)


def not_asked(why: str) -> Outcome:
    """It was not asked."""
    return Outcome(Verdict.NOT_ASKED, why)


@dataclass(frozen=True, slots=True)
class Question(Generic[M]):
    """An open question.

    :param number, switch: as in :class:`Finding`.
    :param meaning: what it is about, as people say it.
    :param settle: from the answers to an outcome; may raise :class:`NoUseError`.
    :param rests_on: names of the answers it looks at, unless the outcome names its own.
    """

    number: str
    switch: str
    meaning: str
    settle: Callable[[M], Outcome]
    rests_on: tuple[str, ...] = ()


def settle(questions: Iterable[Question[M]], material: M) -> tuple[Finding, ...]:
    """One finding for each question, in order."""
    return tuple(_finding(one, material) for one in questions)


def _finding(question: Question[M], material: M) -> Finding:
    try:
        outcome = question.settle(material)
    except NotAskedError as error:
        outcome = not_asked(error.why)
    except NoUseError as error:
        outcome = not_told(error.why)
    except (
        Exception
    ) as error:  # answers of systems that nobody here knows: one odd shape must not cost all findings
        outcome = unexpected(f"An answer came in a shape that is not known at all ({type(error).__name__}).")
    answers = outcome.answers or question.rests_on
    if outcome.verdict is Verdict.NOT_ASKED:
        answers = outcome.answers
    return Finding(question.number, question.switch, outcome.verdict, outcome.value, outcome.why, answers)
