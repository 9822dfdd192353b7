"""A relay between the package and a sandbox server, at which a test acts between two requests, in no hurry.

Both sides speak over real sockets. A test may do something before a request goes on, do something before its answer
comes back, exchange the answer, or cut the connection.
"""

from __future__ import annotations

import http.client
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class CutError(Exception):
    """Raised by a hook: close the connection without an answer."""


@dataclass(slots=True)
class Passing:
    """A request on its way. ``nth`` counts requests with the same action, from 1.

    An ``answer`` that is there before it goes on is given back at once, and the server never hears of it. Another
    ``path`` is what the server is asked instead.
    """

    action: str
    nth: int
    body: bytes
    answer: bytes = b""
    path: str = ""


Hook = Callable[[Passing], None]


def _nothing(passing: Passing) -> None:
    """No hook."""


@dataclass
class Relay:
    """``before`` is called with a request that did not go on yet, ``after`` with one that was answered."""

    target: str
    before: Hook = _nothing
    after: Hook = _nothing
    seen: Counter[str] = field(default_factory=Counter)
    url: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def passing(self, path: str, body: bytes) -> Passing:
        action = _action(path, body)
        with self._lock:
            self.seen[action] += 1
            return Passing(action, self.seen[action], body, path=path)


def _action(path: str, body: bytes) -> str:
    named = parse_qs(urlsplit(path).query).get("action")
    if named:
        return named[0]
    calls = json.loads(body)
    first = calls[0] if isinstance(calls, list) else calls
    return str(first["method"])


def _handler(relay: Relay) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # head and body go apart, and would wait for each other

        def do_POST(self) -> None:  # the name that the standard library calls
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            passing = relay.passing(self.path, body)
            try:
                relay.before(passing)
                status, kind = 200, "text/html"
                if not passing.answer:
                    status, kind, passing.answer = self._forward(passing.path, body)
                    relay.after(passing)
            except CutError:
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(passing.answer)))
            self.end_headers()
            self.wfile.write(passing.answer)

        do_GET = do_POST  # noqa: N815 - as above

        def _forward(self, path: str, body: bytes) -> tuple[int, str, bytes]:
            address = urlsplit(relay.target)
            onward = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
            try:
                headers = {"Content-Type": self.headers.get("Content-Type") or "text/plain"}
                onward.request(self.command, path, body or None, headers)
                answer = onward.getresponse()
                return answer.status, answer.getheader("Content-Type", ""), answer.read()
            finally:
                onward.close()

        def log_message(self, *args: object) -> None:
            """Not a word: addresses hold tokens."""

    return Handler


@contextmanager
def relay_to(target: str, **hooks: Hook) -> Iterator[Relay]:
    """A relay on a free port."""
    relay = Relay(target, **hooks)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(relay))
    server.daemon_threads = True
    relay.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield relay
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
