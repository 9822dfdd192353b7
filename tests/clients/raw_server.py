"""A server that sends exactly the bytes it is told to, for what no proper server does."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

CLOSE = object()
"""A step of a script: close the connection."""


@dataclass
class Received:
    """One request as it came."""

    head: str
    body: bytes
    connection: int

    @property
    def target(self) -> str:
        return self.head.split(" ")[1]

    @property
    def headers(self) -> dict[str, str]:
        lines = self.head.split("\r\n")[1:]
        return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines) if name}

    def json(self):
        return json.loads(self.body)


def http(
    body: bytes | str = b"", status: int = 200, *, headers: Sequence[str] = (), length: int | None = None
) -> bytes:
    """A complete answer; ``length`` may lie."""
    raw = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(raw) if length is None else length}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + raw


Step = bytes | float | object
Script = Callable[[Received], Iterable[Step]]


@dataclass
class RawServer:
    """Answers each request with the steps that ``script`` gives for it: bytes to send, seconds to wait, CLOSE.

    :param tls: speaks TLS with this context.
    :param port: 0 takes any that is free.
    """

    script: Script
    tls: ssl.SSLContext | None = None
    port: int = 0
    received: list[Received] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self) -> None:
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listener.getsockname()[1]
        self._start(self._accept)

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://{'localhost' if self.tls else '127.0.0.1'}:{self.port}"

    def __enter__(self) -> RawServer:
        return self

    def __exit__(self, *exc: object) -> None:
        self._stop.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for one in self._open:
                with contextlib.suppress(OSError):  # closed already
                    one.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    def _start(self, target, *args) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stop.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
                number = self.connections
            self._start(self._serve, connection, number)

    def _serve(self, connection: socket.socket, number: int) -> None:
        try:
            if self.tls is not None:
                connection = self.tls.wrap_socket(connection, server_side=True)
            with self._lock:
                self._open.append(connection)
            with connection, connection.makefile("rb") as reader:
                while (request := _read(reader, number)) is not None:
                    with self._lock:
                        self.received.append(request)
                    for step in self.script(request):
                        if step is CLOSE:
                            return
                        if isinstance(step, bytes):
                            connection.sendall(step)
                        else:
                            self._stop.wait(step)
        except (OSError, ValueError):
            return


def _read(reader, number: int) -> Received | None:
    lines: list[str] = []
    while (line := reader.readline()) not in (b"\r\n", b""):
        lines.append(line.decode("latin-1").rstrip("\r\n"))
    if not lines:
        return None
    length = next((int(x.partition(":")[2]) for x in lines if x.lower().startswith("content-length:")), 0)
    return Received("\r\n".join(lines), reader.read(length), number)


def in_turn(*answers: Sequence[Step] | bytes) -> Script:
    """One answer per request, in turn; the last one again and again."""
    waiting = list(answers)

    def script(_: Received) -> Sequence[Step]:
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return [answer] if isinstance(answer, bytes) else answer

    return script
