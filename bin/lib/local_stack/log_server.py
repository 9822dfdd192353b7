"""A log server that has no more to say than the log files.

For a running task Airflow's UI reads the log file and also asks the log server of the task's machine. Airflow's
own log server listens on every address of the machine, which nothing here may do; without one, every log of a
running task would begin with an error. All files are on this machine, so an empty answer is a true one.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from local_stack.ports import LOOPBACK


class _Empty(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads it."""


@contextmanager
def empty_log_server() -> Iterator[int]:
    """Serve in a thread of this process; gives the port."""
    server = ThreadingHTTPServer((LOOPBACK, 0), _Empty)
    thread = threading.Thread(target=server.serve_forever, name="log-server", daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
