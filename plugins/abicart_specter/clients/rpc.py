"""JSON-RPC calls over the transport: single and in batches, tried again where that is allowed."""

from __future__ import annotations

import itertools
import random as random_module
import time
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from abicart_specter.clients.abicart_errors import (
    BATCH_REFUSED,
    BATCH_REFUSED_STATUS,
    error_from,
    is_server_fault,
)
from abicart_specter.clients.jsonrpc import (
    Call,
    Fault,
    encode_batch,
    encode_call,
    read_batch,
    read_json,
    read_single,
)
from abicart_specter.clients.options import AbicartConnection, HttpOptions, RequestCounts
from abicart_specter.clients.redact import Redactor
from abicart_specter.clients.retry import Effect, Failure, Happened
from abicart_specter.clients.transport import HttpAnswer, HttpRequest, Transport, http_failure
from abicart_specter.clients.tries import Tries
from abicart_specter.clients.unreadable import NotReadable
from abicart_specter.errors import AbicartSpecterError, RetriableError, TransportError, UnconfirmedError

T = TypeVar("T")

SYSTEM = "Abicart"
PATH = "/backend/jsonrpc/v1/"
READ_VERBS = frozenset(
    {"get", "list", "count", "getSchema", "validate", "normalize", "search", "elasticSearch"}
)
"""Methods that change nothing, whatever their class (Abicart reference 4)."""


class _Mark(Enum):
    """What a place in a batch's outcomes, or a try of a batch, can be besides a result."""

    PENDING = "no answer yet"
    DONE = "every call was answered"
    TOO_LARGE = "the batch was refused for its size"


def effect_of(method: str, idempotent: bool) -> Effect:
    """What a method does to the shop."""
    if method.rpartition(".")[2] in READ_VERBS:
        return Effect.NONE
    return Effect.REPEATABLE if idempotent else Effect.ONCE


class RpcChannel:
    """One webshop's JSON-RPC end point, with one token.

    :param sleep: waits between tries.
    :param random: from 0 to 1, for the jitter of waits.
    :param clock: monotonic seconds, for the rate limiter.
    :param on_secret: told the token in every spelling, for masking.
    """

    def __init__(
        self,
        connection: AbicartConnection,
        options: HttpOptions,
        *,
        sleep: Callable[[float], None] = time.sleep,
        random: Callable[[], float] = random_module.random,
        clock: Callable[[], float] = time.monotonic,
        on_secret: Callable[[str], None] | None = None,
    ) -> None:
        self._shop = connection.shop
        self._redactor = Redactor(on_secret)
        self._redactor.add(connection.token)
        self._transport = Transport(connection.base_url, options)
        self._tries = Tries(
            SYSTEM, connection.shop, options, self._transport.counts, sleep=sleep, random=random, clock=clock
        )
        # "+" and "/" occur in tokens, so everything is percent-encoded (Abicart reference 1.3).
        self._context = urlencode(
            {"webshop": connection.webshop_id, "language": connection.language, "auth": connection.token},
            quote_via=quote,
            safe="",
        )
        self._numbers = itertools.count(1)
        self._batch_size = options.batch_size

    @property
    def counts(self) -> RequestCounts:
        """What was asked so far."""
        return self._transport.counts

    def close(self) -> None:
        """Close the connection."""
        self._transport.close()

    def call(
        self,
        method: str,
        params: Sequence[Any],
        effect: Effect,
        make: Callable[[Any], T],
        before_try: Callable[[], None] | None = None,
    ) -> T:
        """One call.

        :param make: from the result to what is wanted. ``NotReadable`` makes it a failed try.
        """

        def attempt() -> T | Failure:
            number = next(self._numbers)
            answer = self._send(encode_call(Call(method, params), number), effect, 1)
            if isinstance(answer, Failure):
                return answer
            try:
                found = read_single(read_json(answer.body), number)
                if not isinstance(found, Fault):
                    return make(found.value)
            except NotReadable as error:
                return http_failure(answer, error.reason)
            outcome = self._failed(found, answer, method)
            if isinstance(outcome, Failure):
                return outcome
            raise outcome

        return self._tries.run(method, effect, attempt, before_try)

    def batch(
        self, calls: Sequence[Call], effect: Effect, before_try: Callable[[], None] | None = None
    ) -> list[Any]:
        """Calls in as few requests as the shop allows.

        The shop's limit on a batch is not known (Abicart reference 1.5), so a batch that is refused as a whole is
        halved, and the smaller size kept; the last resort is single calls.

        :param effect: the gravest of the calls'.
        :param before_try: called right before each request leaves; may raise to stop.
        :returns: for each call its result, or the error it ended in, in order.
        :raises RetriableError: reads only: no answer came. (A write's error stands in its place instead, so that
            those that went through before it are not forgotten.)
        """
        outcomes: list[Any] = [_Mark.PENDING] * len(calls)
        begin = 0
        while begin < len(calls):
            places = range(begin, min(begin + self._batch_size, len(calls)))
            try:
                if self._batch_size == 1:
                    outcomes[begin] = self._outcome_of(calls[begin], effect, before_try)
                elif self._chunk(calls, places, outcomes, effect, before_try) is _Mark.TOO_LARGE:
                    self._batch_size = max(1, len(places) // 2)
                    continue
            except (RetriableError, UnconfirmedError) as error:
                if effect is Effect.NONE:
                    raise
                for place in places:
                    if outcomes[place] is _Mark.PENDING:
                        outcomes[place] = error
                break
            begin = places.stop
        for place, outcome in enumerate(outcomes):
            if outcome is _Mark.PENDING:
                outcomes[place] = TransportError(
                    f"Shop {self._shop}: {SYSTEM} {calls[place].method}: not sent, since an earlier call got no answer."
                )
        return outcomes

    def _outcome_of(self, call: Call, effect: Effect, before_try: Callable[[], None] | None) -> Any:
        try:
            return self.call(call.method, call.params, effect, lambda value: value, before_try)
        except (RetriableError, UnconfirmedError):
            raise
        except AbicartSpecterError as error:
            return error

    def _chunk(
        self,
        calls: Sequence[Call],
        places: range,
        outcomes: list[Any],
        effect: Effect,
        before_try: Callable[[], None] | None,
    ) -> _Mark:
        """One batch. A later try asks only for what is still open."""

        def attempt() -> _Mark | Failure:
            asked = [(next(self._numbers), place) for place in places if outcomes[place] is _Mark.PENDING]
            answer = self._send(
                encode_batch([(number, calls[place]) for number, place in asked]), effect, len(asked)
            )
            if isinstance(answer, Failure):
                return answer
            try:
                answers = read_batch(read_json(answer.body))
            except NotReadable as error:
                if answer.status in BATCH_REFUSED_STATUS:
                    return _Mark.TOO_LARGE
                return http_failure(answer, error.reason)
            if isinstance(answers, Fault):
                if answers.code in BATCH_REFUSED:
                    return _Mark.TOO_LARGE
                outcome = self._failed(answers, answer, "batch")
                if isinstance(outcome, Failure):
                    return outcome
                raise outcome
            missing = failed = 0
            for number, place in asked:
                one = answers.get(str(number))
                if one is None:
                    missing += 1
                elif not isinstance(one, Fault):
                    outcomes[place] = one.value
                else:
                    outcome = self._failed(one, answer, calls[place].method)
                    if isinstance(outcome, Failure):
                        failed += 1
                    else:
                        outcomes[place] = outcome
            if missing:
                return Failure(
                    Happened.UNREADABLE,
                    f"{missing} of {len(asked)} answers are missing",
                    answer.retry_after,
                    answer.status,
                )
            if failed:
                return Failure(
                    Happened.SERVER_FAULT,
                    f"the server failed at {failed} of {len(asked)} calls",
                    answer.retry_after,
                    answer.status,
                )
            return _Mark.DONE

        methods = sorted({calls[place].method for place in places})
        return self._tries.run(f"batch of {', '.join(methods)}", effect, attempt, before_try)

    def _send(self, body: bytes, effect: Effect, calls: int) -> HttpAnswer | Failure:
        return self._transport.send(
            HttpRequest(
                "POST",
                PATH,
                self._context,
                body,
                content_type="application/json",
                writes=0 if effect is Effect.NONE else calls,
            )
        )

    def _failed(self, fault: Fault, answer: HttpAnswer, method: str) -> Failure | AbicartSpecterError:
        """An error object: worth another try, or an error of ours."""
        if is_server_fault(fault):
            reason = f"the server failed (code {fault.code})"
            return Failure(Happened.SERVER_FAULT, reason, answer.retry_after, answer.status)
        return error_from(fault, self._shop, method, self._redactor)
