"""The control interface from the outside, for tests, the demo and anyone's scripts. Standard library only."""

from __future__ import annotations

import http.client
import json
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from shop_sandbox.core.engine import CONTROL_PATH
from shop_sandbox.core.errors import UsageError


class Control:
    """Each method is one call; what the server refuses raises ``UsageError`` with its words.

    :param url: the server's address, such as ``http://127.0.0.1:8082``.
    """

    def __init__(self, url: str, *, timeout: float = 120.0) -> None:
        self.url = url
        self._timeout = timeout
        self._address = urlsplit(url)

    def reset(self, **wanted: Any) -> None:
        """``seed={…}``, ``mode="…"``, ``switches={…}``, ``log_size=n``: all optional."""
        self._call("POST", "reset", wanted)

    def seed(self, **wanted: Any) -> None:
        self._call("POST", "seed", wanted)

    def switches(self, **wanted: Any) -> dict[str, Any]:
        """Set those that are named; returns how all stand."""
        return dict(self._call("POST", "switches", wanted))

    def known_switches(self) -> list[dict[str, Any]]:
        return list(self._call("GET", "switches"))

    def mode(self, name: str) -> None:
        self._call("POST", "mode", {"mode": name})

    def fault(self, kind: str, **settings: Any) -> dict[str, Any]:
        """Arm one fault; the settings are those of ``core.faults.Fault``."""
        return dict(self._call("POST", "faults", {"kind": kind, **settings}))

    def faults(self) -> list[dict[str, Any]]:
        """The armed faults."""
        return list(self._call("GET", "faults")["armed"])

    def clear_faults(self) -> None:
        self._call("DELETE", "faults")

    def latency(self, **wanted: Any) -> dict[str, Any]:
        return dict(self._call("POST", "latency", wanted))

    def advance_clock(self, seconds: float) -> str:
        return str(self._call("POST", "clock", {"advance_seconds": seconds})["now"])

    def edit(self, what: str, **values: Any) -> Any:
        return self._call("POST", f"edit/{quote(what)}", values)

    def inspect(self, what: str, **query: Any) -> Any:
        return self._call("GET", f"inspect/{quote(what)}?{urlencode(query)}")

    def counters(self) -> dict[str, Any]:
        return dict(self._call("GET", "counters"))

    def reset_counters(self) -> None:
        self._call("DELETE", "counters")

    def requests(
        self, *, after: int = 0, action: str | None = None, limit: int = 1000
    ) -> list[dict[str, Any]]:
        query = {"after": after, "limit": limit} | ({"action": action} if action else {})
        return list(self._call("GET", f"requests?{urlencode(query)}"))

    def clear_requests(self) -> None:
        self._call("DELETE", "requests")

    def save(self) -> dict[str, Any]:
        return dict(self._call("POST", "save"))

    def load(self) -> dict[str, Any]:
        return dict(self._call("POST", "load"))

    def health(self) -> dict[str, Any]:
        return dict(self._call("GET", "health"))

    def unplug(self, seconds: float) -> None:
        self._call("POST", "unplug", {"seconds": seconds})

    def shutdown(self) -> None:
        self._call("POST", "shutdown")

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        connection = http.client.HTTPConnection(
            self._address.hostname or "", self._address.port, timeout=self._timeout
        )
        try:
            headers = {"Content-Type": "application/json"}
            text = None if body is None else json.dumps(body, default=str)
            connection.request(method, f"{CONTROL_PATH}/{path}", text, headers)
            answer = connection.getresponse()
            document = json.loads(answer.read())
        finally:
            connection.close()
        if answer.status >= 400:
            raise UsageError(document.get("error") or f"{method} {path}: {document}")
        return document
