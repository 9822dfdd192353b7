"""Every request's way through a server: connection, log, counters, fault, latency, work, answer."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from email.utils import formatdate
from typing import Any

from shop_sandbox.core.counters import Counters, LogEntry, RequestLog
from shop_sandbox.core.errors import UsageError
from shop_sandbox.core.faults import Fault, FaultBox
from shop_sandbox.core.latency import Latency
from shop_sandbox.core.messages import Answer, Request
from shop_sandbox.core.service import Service
from shop_sandbox.core.transport import Connection

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

CONTROL_PATH = "/_sandbox"
HTML_PAGE = (
    b"<html><head><title>500 - Internal server error.</title></head>\r\n"
    b"<body><h2>500 - Internal server error.</h2>\r\n"
    b"<h3>There is a problem with the resource, and it cannot be displayed.</h3></body></html>"
)


class Engine:
    """The ASGI application of one server. Control calls go to ``control``; all else to the service.

    :param seed: what a reset seeds when it names nothing.
    :param mode: the mode a reset returns to when it names none.
    :param switches: set on top of the mode's, before the data is made, at the start and at every reset.
    """

    def __init__(
        self,
        service: Service,
        *,
        seed: Mapping[str, Any],
        mode: str = "strict",
        switches: Mapping[str, Any] | None = None,
        log_size: int = 2000,
    ) -> None:
        self.service = service
        self.start_switches = dict(switches or {})
        self.start_seed = dict(seed)
        self.start_mode = mode
        self.start_latency: dict[str, Any] = {}
        self.counters = Counters()
        self.log = RequestLog(log_size)
        self.latency = Latency()
        self.faults = FaultBox(service.own_faults)
        self.mode = mode
        self.control: Callable[[Scope, Receive, Send], Awaitable[None]] | None = None
        self._last_number = 0
        self.reset()

    def reset(
        self,
        *,
        seed: Mapping[str, Any] | None = None,
        mode: str | None = None,
        switches: Mapping[str, Any] | None = None,
        log_size: int | None = None,
    ) -> None:
        """Data as seeded, switches of the mode, of the start and then ``switches``, start latency, counters at 0."""
        self.set_mode(mode or self.start_mode)
        self.service.switches.set(self.start_switches)
        self.service.switches.set(switches or {})
        self.service.clock.reset()
        self.service.reset(self.start_seed if seed is None else seed)
        self.latency = Latency()
        self.latency.set(self.start_latency)
        self.counters.reset()
        self.log.clear(log_size)

    def set_mode(self, name: str) -> None:
        """All switches to their defaults and no fault, then what the mode sets."""
        if name not in self.service.modes:
            raise UsageError(f"there is no mode {name!r}; known: {', '.join(self.service.modes)}")
        mode = self.service.modes[name]
        self.service.switches.reset()
        self.service.switches.set(mode.switches)
        self.faults.clear()
        for fault in mode.faults:
            self.faults.add(fault)
        self.mode = name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].startswith(CONTROL_PATH) and self.control is not None:
            await self.control(scope, receive, send)
            return
        connection: Connection = scope["sandbox.connection"]
        if connection.first_use():
            self.counters.connections += 1
        if self.faults.armed and self.faults.refusing() is not None:
            self.counters.refused += 1
            self.counters.faults["refuse"] += 1
            connection.reset()
            return
        body = await _whole_body(receive)
        if body is None:
            return
        self._last_number += 1
        request = Request(
            number=self._last_number,
            method=scope["method"],
            path=scope["path"],
            query=scope["query_string"],
            headers=scope["headers"],
            body=body,
            at=self.service.clock.seconds(),
            connection=connection.number,
        )
        request.calls = self.service.read(request)
        self.counters.received(request)
        entry = LogEntry(request)
        self.log.add(entry)
        fault = self.faults.pick(request)
        if fault is not None:
            entry.fault = fault.kind
            self.counters.faults[fault.kind] += 1
        await self._respond(request, entry, fault, connection, send)

    async def _respond(
        self, request: Request, entry: LogEntry, fault: Fault | None, connection: Connection, send: Send
    ) -> None:
        kind = fault.kind if fault is not None else ""
        if fault is not None and kind == "drop_before":
            _close(connection, fault)
            return
        wait = self.latency.seconds(request.calls)
        if wait > 0:
            await asyncio.sleep(wait)
        if fault is not None and kind == "slow" and fault.work == "after":
            await asyncio.sleep(fault.seconds)
        answer = self._without_work(request, fault) if fault is not None else None
        if answer is None:
            answer = self.service.answer(request)
            self.counters.handled += 1
        if fault is not None and kind == "slow" and fault.work == "before":
            await asyncio.sleep(fault.seconds)
        if fault is not None and kind == "drop_after":
            _close(connection, fault)
            return
        if fault is not None and kind == "html_500":
            answer = Answer(HTML_PAGE, "text/html", 500)
        self.log.answered(entry, answer)
        self.counters.answers[str(answer.status)] += 1
        self.counters.errors.update(answer.errors)
        if fault is not None and kind == "cut":
            await _send_cut(answer, fault, connection, send)
        else:
            await _send(answer, send)

    def _without_work(self, request: Request, fault: Fault) -> Answer | None:
        """The answer of a fault that keeps the work from being done, ``None`` for every other."""
        if fault.kind in self.service.own_faults:
            return self.service.fault_answer(fault, request)
        if fault.kind == "too_many":
            return Answer(b"Too Many Requests", status=429, headers=_retry_after(fault))
        if fault.kind == "unavailable":
            headers = _retry_after(fault) if fault.seconds else {}
            return Answer(b"Service Unavailable", status=503, headers=headers)
        if fault.kind == "html_500" and fault.work == "none":
            return Answer(HTML_PAGE, "text/html", 500)
        return None


async def _whole_body(receive: Receive) -> bytes | None:
    """The request's body; ``None`` if the client went away while sending it."""
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body"):
        return bytes(message["body"])
    parts: list[bytes] = []
    while message["type"] == "http.request":
        parts.append(message["body"])
        if not message.get("more_body"):
            return b"".join(parts)
        message = await receive()
    return None


def _retry_after(fault: Fault) -> dict[str, str]:
    """Whole seconds, as the header wants them, rounded up; or the moment they have passed."""
    seconds = math.ceil(fault.seconds)
    if fault.how == "date":
        return {"Retry-After": formatdate(time.time() + seconds, usegmt=True)}
    return {"Retry-After": str(seconds)}


def _close(connection: Connection, fault: Fault) -> None:
    if fault.how == "reset":
        connection.reset()
    else:
        connection.hang_up()


def _head(answer: Answer, length: int | None) -> MutableMapping[str, Any]:
    headers = [(b"content-type", answer.content_type.encode("latin-1"))]
    if length is not None:
        headers.append((b"content-length", str(length).encode("ascii")))
    for key, value in answer.headers.items():
        headers.append((key.lower().encode("latin-1"), value.encode("latin-1")))
    return {"type": "http.response.start", "status": answer.status, "headers": headers}


async def _send(answer: Answer, send: Send) -> None:
    await send(_head(answer, len(answer.body)))
    await send({"type": "http.response.body", "body": answer.body})


async def _send_cut(answer: Answer, fault: Fault, connection: Connection, send: Send) -> None:
    """Part of the body. ``clean`` says so in the head and is valid HTTP; the others break off."""
    part = answer.body[: int(len(answer.body) * fault.keep)]
    if fault.how == "clean":
        await send(_head(answer, len(part)))
        await send({"type": "http.response.body", "body": part})
        return
    await send(_head(answer, len(answer.body) if fault.how == "length" else None))
    await send({"type": "http.response.body", "body": part, "more_body": True})
    connection.hang_up()
