"""Whether to try again, and how long to wait first: two pure functions. Nothing here sleeps, sends or draws lots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum


class Effect(StrEnum):
    """What a call does to the other system."""

    NONE = "none"
    """It reads; asking again is free."""
    REPEATABLE = "repeatable"
    """It writes, and doing it twice is the same as doing it once."""
    ONCE = "once"
    """It writes, and doing it twice would be wrong. Never repeated here; only who knows the record may."""


class Happened(StrEnum):
    """How one try failed."""

    NOT_SENT = "not sent"
    """No connection came about, so the server saw nothing."""
    UNTRUSTED = "untrusted"
    """The server's certificate could not be verified; nothing was sent, and asking again will not mend it."""
    SLOW_DOWN = "slow down"
    """Refused before any work (429)."""
    LOST = "lost"
    """The request left and no complete answer came back."""
    UNREADABLE = "unreadable"
    """An answer came that is not of the expected form."""
    SERVER_FAULT = "server fault"
    """The server says that it failed (5xx, JSON-RPC -32603 or -32000…-32099)."""


NOTHING_DONE = frozenset({Happened.NOT_SENT, Happened.UNTRUSTED, Happened.SLOW_DOWN})
"""Failures after which it is certain that the call had no effect."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One failed try.

    :param reason: for a person; made by us, never the text of a library's exception, which holds the address.
    :param retry_after: seconds the server asked us to wait.
    :param status: the HTTP status, if there was an answer.
    """

    happened: Happened
    reason: str
    retry_after: float | None = None
    status: int | None = None


class Verdict(StrEnum):
    """What to do after a failed try."""

    RETRY = "retry"
    GIVE_UP = "give up"
    """Stop; the call surely had no effect, or was only a read."""
    UNCONFIRMED = "unconfirmed"
    """Stop; the call may have had its effect."""


def decide(effect: Effect, failures: Sequence[Failure], *, max_tries: int, max_retry_after: float) -> Verdict:
    """The one place that decides about retries.

    :param failures: of all tries of this call so far, oldest first; at least one.
    """
    last = failures[-1]
    may_retry = (
        effect is not Effect.ONCE
        and len(failures) < max_tries
        and last.happened is not Happened.UNTRUSTED
        and (last.retry_after or 0.0) <= max_retry_after
    )
    if may_retry:
        return Verdict.RETRY
    if effect is Effect.NONE or all(failure.happened in NOTHING_DONE for failure in failures):
        return Verdict.GIVE_UP
    return Verdict.UNCONFIRMED


def waiting_time(
    failed_tries: int, *, base: float, cap: float, draw: float, retry_after: float | None = None
) -> float:
    """Seconds until the next try: doubled each time up to ``cap``, a drawn share between half and full of it.

    :param draw: from 0 (half) to 1 (full).
    :param retry_after: what the server asked for; never less than that is waited.
    """
    full = min(cap, base * 2.0 ** min(failed_tries - 1, 60))
    jittered = max(min(base, cap), full * (0.5 + 0.5 * draw))
    return max(jittered, retry_after or 0.0)


def parse_retry_after(header: str | None, now: datetime) -> float | None:
    """Seconds in a ``Retry-After`` header, given as a number or as a date; ``None`` if absent or nonsense.

    :param now: aware.
    """
    if header is None:
        return None
    text = header.strip()
    if text.isascii() and text.isdecimal():
        return float(text) if len(text) <= 9 else None
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
