"""Answers as they came, for a probe: one try each, every call checked before it leaves, nothing interpreted."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from abicart_specter.clients.options import HttpOptions, RequestCounts
from abicart_specter.clients.probe_allowed import Gate
from abicart_specter.clients.rate_limit import RateLimiter
from abicart_specter.clients.retry import Failure, Happened
from abicart_specter.clients.transport import HttpAnswer, HttpRequest, Transport
from abicart_specter.clients.trust import refuse_plain_http
from abicart_specter.domain.probe.records import Answer

REQUESTS_PER_SECOND = 2.0
MOST_UNREACHED = 3
"""Calls in a row that found no connection; after them the server is asked nothing more."""

_UNREACHED = frozenset({Happened.NOT_SENT, Happened.UNTRUSTED})


class RawTransport:
    """One server, for a probe.

    :param options: of these the time limits, the authority and ``rate_per_second`` count; without a rate the
        probe's own holds.
    :param gate: raises for a call that is not allowed; see ``probe_allowed``.
    :param sleep: waits between requests; ``clock``: monotonic seconds.
    :raises ConfigurationError: what is sent could be read on the way. Nothing was sent.
    """

    def __init__(
        self,
        base_url: str,
        options: HttpOptions,
        gate: Gate,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        refuse_plain_http("the system to ask", base_url)
        self._transport = Transport(base_url, options)
        self._gate = gate
        rate = options.rate_per_second or REQUESTS_PER_SECOND
        self._limiter = RateLimiter(rate, sleep=sleep, clock=clock)
        self._unreached: list[Failure] = []

    @property
    def counts(self) -> RequestCounts:
        """What was asked so far."""
        return self._transport.counts

    def close(self) -> None:
        """Close the connection."""
        self._transport.close()

    def get(self, name: str, call: str, asked: Mapping[str, Any], request: HttpRequest) -> Answer:
        """One question. A second try only when no connection came about, and none at all once that was so of
        ``MOST_UNREACHED`` calls in a row: the answer then has the problem of the last of them.

        :param name, call, asked: see :class:`Answer`; without keys and personal data.
        :returns: the answer, or what went wrong as its ``problem``, in words of ours.
        :raises NotAllowedError: the call is not on the probe's list; nothing was sent.
        """
        self._gate(request)
        got = self._tried(request)
        if isinstance(got, Failure):
            headers = {} if got.retry_after is None else {"retry-after": f"{got.retry_after:g}"}
            return Answer(name, call, asked, 0, headers, problem=got.reason)
        headers = {"content-type": got.content_type}
        if got.retry_after is not None:
            headers["retry-after"] = f"{got.retry_after:g}"
        return Answer(name, call, asked, got.status, headers, got.body)

    def _tried(self, request: HttpRequest) -> HttpAnswer | Failure:
        if len(self._unreached) >= MOST_UNREACHED:
            return self._unreached[-1]
        got = self._send(request)
        if isinstance(got, Failure) and got.happened is Happened.NOT_SENT:
            got = self._send(request)
        if isinstance(got, Failure) and got.happened in _UNREACHED:
            self._unreached.append(got)
        else:
            self._unreached.clear()
        return got

    def _send(self, request: HttpRequest) -> HttpAnswer | Failure:
        self._limiter.acquire()
        return self._transport.send(request)
