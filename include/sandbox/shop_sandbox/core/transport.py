"""The connection under a request: counted when it brings its first request, and closed for real on demand."""

from __future__ import annotations

import contextlib
import socket
import struct
from itertools import count

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_numbers = count(1)


class Connection(HttpToolsProtocol):
    """uvicorn's HTTP connection, reachable from the request it carries (``scope["sandbox.connection"]``)."""

    number = 0

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["sandbox.connection"] = self  # type: ignore[typeddict-unknown-key]

    def first_use(self) -> bool:
        """True for the first request that is not a control call; gives the connection its number."""
        if self.number:
            return False
        self.number = next(_numbers)
        return True

    def hang_up(self) -> None:
        """Send what was written, then close the TCP connection; the client sees the end of the stream."""
        self.cycle.disconnected = True
        self.transport.close()

    def reset(self) -> None:
        """Throw away what was not sent and reset the TCP connection (RST)."""
        self.cycle.disconnected = True
        raw = self.transport.get_extra_info("socket")
        if raw is not None:
            with contextlib.suppress(OSError):  # the client may be gone already
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    @property
    def idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete
