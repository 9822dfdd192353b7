"""Runs the tries of one call: rate limit, send, decide, wait, log; and turns the last failure into our error.

The loop is tenacity's, the decision is :func:`retry.decide`. Failures are values, so the error raised at the end
has no cause and no context that could hold an address.
"""

from __future__ import annotations

import logging
import random as random_module
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from tenacity import RetryCallState, Retrying

from abicart_specter.clients.options import HttpOptions, RequestCounts
from abicart_specter.clients.rate_limit import RateLimiter
from abicart_specter.clients.retry import Effect, Failure, Happened, Verdict, decide, waiting_time
from abicart_specter.errors import (
    AbicartSpecterError,
    ConfigurationError,
    RateLimitedError,
    ServerFaultError,
    TransportError,
    UnconfirmedError,
    UnreadableAnswerError,
)

log = logging.getLogger(__name__)

T = TypeVar("T")


class Tries:
    """How one client tries.

    :param system: the system's name, for messages.
    :param sleep: waits; also used by the rate limiter.
    :param random: from 0 to 1, for the jitter of waits.
    :param clock: monotonic seconds, for the rate limiter.
    """

    def __init__(
        self,
        system: str,
        shop: str,
        options: HttpOptions,
        counts: RequestCounts,
        *,
        sleep: Callable[[float], None] = time.sleep,
        random: Callable[[], float] = random_module.random,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._system = system
        self._shop = shop
        self._options = options
        self._counts = counts
        self._sleep = sleep
        self._random = random
        self._limiter = RateLimiter(options.rate_per_second, sleep=sleep, clock=clock)

    def run(
        self,
        action: str,
        effect: Effect,
        attempt: Callable[[], T | Failure],
        before_try: Callable[[], None] | None = None,
    ) -> T:
        """Try until an answer comes or :func:`decide` says stop.

        :param attempt: one try: send and read the answer. What it raises ends the call at once.
        :param before_try: called right before each try leaves; may raise to stop.
        :raises TransportError, RateLimitedError, UnreadableAnswerError, ServerFaultError: no answer, and surely
            no effect.
        :raises UnconfirmedError: no answer to a write that may have had its effect.
        :raises ConfigurationError: the server's certificate is not to be trusted.
        """
        failures: list[Failure] = []

        def one_try() -> T | Failure:
            self._limiter.acquire()
            if before_try is not None:
                before_try()
            outcome = attempt()
            if isinstance(outcome, Failure):
                failures.append(outcome)
            return outcome

        def again(state: RetryCallState) -> bool:
            return _failed(state) and self._verdict(effect, failures) is Verdict.RETRY

        def wait(state: RetryCallState) -> float:
            return waiting_time(
                len(failures),
                base=self._options.base_wait,
                cap=self._options.max_wait,
                draw=self._random(),
                retry_after=failures[-1].retry_after,
            )

        def before_sleep(state: RetryCallState) -> None:
            self._counts.retries += 1
            log.warning(
                "Shop %s: %s %s: try %s of %s failed: %s; next try in %.1f s",
                self._shop,
                self._system,
                action,
                len(failures),
                self._options.max_tries,
                _words(failures[-1]),
                state.next_action.sleep if state.next_action is not None else 0.0,
            )

        loop = Retrying(retry=again, wait=wait, sleep=self._sleep, before_sleep=before_sleep)
        outcome = loop(one_try)
        if isinstance(outcome, Failure):
            raise self._error(action, effect, failures)
        return outcome

    def _verdict(self, effect: Effect, failures: Sequence[Failure]) -> Verdict:
        options = self._options
        return decide(effect, failures, max_tries=options.max_tries, max_retry_after=options.max_retry_after)

    def _error(self, action: str, effect: Effect, failures: Sequence[Failure]) -> AbicartSpecterError:
        last = failures[-1]
        tries = "after 1 try" if len(failures) == 1 else f"after {len(failures)} tries"
        text = f"Shop {self._shop}: {self._system} {action}: {_words(last)}, {tries}."
        connection = f"connection {self._system.lower()}_{self._shop}"
        if self._verdict(effect, failures) is Verdict.UNCONFIRMED:
            remedy = "Nothing to do if the task is retried and the write may be repeated; else look in "
            if effect is Effect.ONCE:
                remedy = "Before it is sent again, look whether it took effect in "
            return UnconfirmedError(
                text + " It may or may not have taken effect.", remedy=f"{remedy}{self._system}."
            )
        if last.happened is Happened.UNTRUSTED:
            return ConfigurationError(
                text + " Nothing was sent.",
                remedy=f"Check the host of {connection}, and this machine's clock. If the server has a certificate of "
                "your company's own authority, let SSL_CERT_FILE name the authority's file. Verification cannot be "
                "switched off: keys would be sent to whoever answers.",
            )
        asked_to_wait = last.status == 503 and last.retry_after is not None
        if last.happened is Happened.SLOW_DOWN or asked_to_wait:
            return RateLimitedError(
                text, remedy="Lower rate_per_second in the shop file.", retry_after=last.retry_after
            )
        if last.happened is Happened.SERVER_FAULT:
            return ServerFaultError(text, remedy=f"Ask {self._system} if it stays so.")
        if last.happened is Happened.UNREADABLE:
            return UnreadableAnswerError(text, remedy=f"If it stays so, check the host of {connection}.")
        return TransportError(
            text,
            remedy="Nothing, if it is short: a task tries again by itself. If it stays so, log in there: where that "
            f"fails too, wait; else check the host of {connection}.",
        )


def _failed(state: RetryCallState) -> bool:
    """Whether the try came back with a failure; an exception is not one, it ends the call."""
    outcome = state.outcome
    return outcome is not None and not outcome.failed and isinstance(outcome.result(), Failure)


def _words(failure: Failure) -> str:
    return failure.reason if failure.status in (None, 200) else f"{failure.reason} (HTTP {failure.status})"
