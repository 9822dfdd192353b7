"""The connection under a session: counted when opened, watched for whether anything was sent, bounded in time.

urllib3 bounds each wait for bytes but not a try as a whole. Here every wait gets what is left of the try's
total, so that an answer that trickles in, head or body, ends in time.
"""

from __future__ import annotations

import http.client
import io
import socket
import time
from collections.abc import Callable
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


class Wire:
    """What is known of the one request that is under way.

    :param on_connect: called for every TCP connection that came about.
    """

    def __init__(
        self, read_timeout: float, on_connect: Callable[[], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.read_timeout = read_timeout
        self.on_connect = on_connect
        self.clock = clock
        self.ends_at = float("inf")
        self.sent = False

    def start(self, total_timeout: float) -> None:
        """A try begins."""
        self.ends_at = self.clock() + total_timeout
        self.sent = False

    def time_is_up(self) -> bool:
        """Whether the try has used all its time."""
        return self.clock() >= self.ends_at

    def patience(self) -> float:
        """Seconds that the next wait may take.

        :raises TimeoutError: none are left.
        """
        left = self.ends_at - self.clock()
        if left <= 0:
            raise TimeoutError("total time is up")
        return min(left, self.read_timeout)


class _PatientReader(io.RawIOBase):
    """The socket's reading end, with the wire's patience set before every wait."""

    def __init__(self, inner: io.RawIOBase, sock: socket.socket, wire: Wire) -> None:
        self._inner = inner
        self._sock = sock
        self._wire = wire

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._wire.patience())
        return self._inner.readinto(buffer)

    def close(self) -> None:
        if not self.closed:
            self._inner.close()
        super().close()


def _response_class(wire: Wire) -> type[http.client.HTTPResponse]:
    class WatchedResponse(http.client.HTTPResponse):
        def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
            super().__init__(sock, *args, **kwargs)
            self.fp = io.BufferedReader(_PatientReader(self.fp.detach(), sock, wire))

    return WatchedResponse


class _Watched:
    """Mixed into urllib3's two connection classes; ``wire`` is set per client."""

    wire: Wire
    sock: socket.socket | None

    def connect(self) -> None:
        super().connect()  # type: ignore[misc]
        self.wire.on_connect()

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        self.wire.sent = True
        if self.sock is not None:
            self.sock.settimeout(self.wire.patience())
        super().send(data)  # type: ignore[misc]


class WatchedAdapter(HTTPAdapter):
    """One connection per host, kept alive; no retries of its own."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0, pool_block=True)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        extra = {"wire": self._wire, "response_class": _response_class(self._wire)}
        plain = type("WatchedHTTPConnection", (_Watched, HTTPConnection), extra)
        secure = type("WatchedHTTPSConnection", (_Watched, HTTPSConnection), extra)
        self.poolmanager.pool_classes_by_scheme = {
            "http": type("WatchedHTTPPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
            "https": type("WatchedHTTPSPool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
        }
