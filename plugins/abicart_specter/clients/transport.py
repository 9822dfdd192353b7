"""HTTP, and nothing else: one session with one connection, explicit time limits, every request counted.

:meth:`Transport.send` never raises for what happens on the network. It returns an answer or a
:class:`~abicart_specter.clients.retry.Failure`, so that no exception of requests or urllib3, whose text and
chain hold the address with its key, can travel any further.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.cookiejar import DefaultCookiePolicy
from threading import Lock

import requests
from urllib3.exceptions import (
    ConnectTimeoutError,
    DecodeError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    ReadTimeoutError,
)

from abicart_specter.clients.options import HttpOptions, RequestCounts
from abicart_specter.clients.redact import silence_addresses
from abicart_specter.clients.retry import Failure, Happened, parse_retry_after
from abicart_specter.clients.trust import authorities, why_untrusted
from abicart_specter.clients.wire import WatchedAdapter, Wire

LARGEST_ANSWER = 64 * 1024 * 1024
"""Bytes; a page of products is far below it, and a task's memory must have an end."""

LONGEST_IDLE = 4.0
"""Seconds. A server closes an idle connection when it likes, usually after 5 s or more; a request that meets that
moment is lost, and nobody can tell whether it arrived."""

_PIECE = 64 * 1024
_HEADERS = {
    "User-Agent": "abicart-specter",
    "Accept": "*/*",
    "Accept-Encoding": "gzip, deflate",
    "Connection": "keep-alive",
}


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request. ``query`` is percent-encoded already and may hold secrets, hence not shown.

    :param writes: how many calls in it may change data on the server; for the counts.
    :param once: it must not be sent twice, so it is not risked on a connection that has been idle.
    """

    method: str
    path: str
    query: str = field(repr=False)
    body: bytes | None = field(default=None, repr=False)
    content_type: str = ""
    writes: int = 0
    once: bool = False


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """A complete answer. ``retry_after`` in seconds, if the server sent that header; ``content_type`` as sent."""

    status: int
    body: bytes = field(repr=False)
    retry_after: float | None = None
    content_type: str = field(default="", compare=False)


def http_failure(answer: HttpAnswer, reason: str) -> Failure:
    """The failure behind an answer that is not of the expected form, by its HTTP status."""
    if answer.status == 429:
        return Failure(Happened.SLOW_DOWN, "the server asks us to slow down", answer.retry_after, 429)
    if answer.status >= 500:
        return Failure(Happened.SERVER_FAULT, "the server failed", answer.retry_after, answer.status)
    return Failure(Happened.UNREADABLE, reason, answer.retry_after, answer.status)


class _Session(requests.Session):
    """No redirects, no cookies, nothing from the environment but the authorities (``trust``)."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False
        self.headers.clear()
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        return None


class Transport:
    """One server's connection. Safe to share between threads: one request at a time.

    :param clock: monotonic seconds.
    :param now: the present, aware; only for ``Retry-After`` given as a date.
    """

    def __init__(
        self,
        base_url: str,
        options: HttpOptions,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        silence_addresses()
        self.counts = RequestCounts()
        self._base_url = base_url.rstrip("/")
        self._options = options
        self._now = now
        self._clock = clock
        self._used_at = clock()
        self._lock = Lock()
        self._wire = Wire(options.read_timeout, self._connected, clock)
        self._session = _Session()
        self._session.verify = authorities(options.ca_file)
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, WatchedAdapter(self._wire))

    def close(self) -> None:
        """Close the connection."""
        self._session.close()

    def send(self, request: HttpRequest) -> HttpAnswer | Failure:
        """One try. Takes at most the options' ``total_timeout``."""
        url = f"{self._base_url}{request.path}?{request.query}"
        headers = dict(_HEADERS)
        if request.body is not None:
            headers["Content-Type"] = request.content_type
        with self._lock:
            if request.once and self._clock() - self._used_at > LONGEST_IDLE:
                self._session.close()
            self._wire.start(self._options.total_timeout)
            try:
                prepared = requests.Request(request.method, url, headers=headers, data=request.body).prepare()
                return self._exchange(prepared)
            except (requests.RequestException, HTTPError, OSError) as error:
                return self._failure(error)
            finally:
                self._used_at = self._clock()
                if self._wire.sent:
                    self.counts.requests += 1
                    self.counts.writes += request.writes

    def _exchange(self, prepared: requests.PreparedRequest) -> HttpAnswer | Failure:
        limits = (self._options.connect_timeout, self._options.read_timeout)
        response = self._session.send(prepared, stream=True, timeout=limits, allow_redirects=False)
        try:
            body = _limited(response.raw.stream(_PIECE, decode_content=True))
        finally:
            response.close()
        retry_after = parse_retry_after(response.headers.get("Retry-After"), self._now())
        if body is None:
            megabytes = LARGEST_ANSWER // (1024 * 1024)
            reason = f"the answer is larger than {megabytes} MB"
            return Failure(Happened.UNREADABLE, reason, retry_after, response.status_code)
        if not body and not _says_its_length(response):
            # Either a head that was cut, or a body that ends with the connection and was cut at once.
            return Failure(
                Happened.LOST, "the answer has neither body nor length", None, response.status_code
            )
        return HttpAnswer(response.status_code, body, retry_after, response.headers.get("Content-Type") or "")

    def _connected(self) -> None:
        self.counts.connections_opened += 1

    def _failure(self, error: Exception) -> Failure:
        """What happened, in words of ours, from the kinds of exception in the chain."""
        chain = tuple(_chain(error))
        kinds = tuple(type(one) for one in chain)

        def is_any(*wanted: type[BaseException]) -> bool:
            return any(issubclass(kind, wanted) for kind in kinds)

        if not self._wire.sent:
            for one in chain:
                if isinstance(one, ssl.SSLCertVerificationError):
                    return Failure(Happened.UNTRUSTED, why_untrusted(one))
            if is_any(NameResolutionError):
                return Failure(Happened.NOT_SENT, "the server's name could not be resolved")
            if is_any(ConnectTimeoutError, TimeoutError) and not is_any(NewConnectionError):
                seconds = self._options.connect_timeout
                return Failure(Happened.NOT_SENT, f"no connection within {seconds:g} s")
            return Failure(Happened.NOT_SENT, "no connection could be made")
        if is_any(DecodeError):
            return Failure(Happened.UNREADABLE, "the answer cannot be unpacked")
        if self._wire.time_is_up():
            return Failure(Happened.LOST, f"no complete answer within {self._options.total_timeout:g} s")
        if is_any(ReadTimeoutError, TimeoutError):
            return Failure(Happened.LOST, f"no answer for {self._options.read_timeout:g} s")
        return Failure(Happened.LOST, "the connection broke before the answer was complete")


def _says_its_length(response: requests.Response) -> bool:
    headers = response.headers
    return "Content-Length" in headers or "Transfer-Encoding" in headers or response.status_code in (204, 304)


def _limited(pieces: Iterator[bytes]) -> bytes | None:
    """All of them together, or ``None`` when that would be too much."""
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > LARGEST_ANSWER:
            return None
    return bytes(body)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception and all those inside it: causes, contexts, and those kept as arguments or reasons."""
    waiting: list[object] = [error]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
