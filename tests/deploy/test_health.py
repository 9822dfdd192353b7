"""deploy/health.py against real servers."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from tests.deploy.compose_files import REPO

ANSWERS = {
    "/well": (200, json.dumps({"metadatabase": {"status": "healthy"}, "scheduler": {"status": "unhealthy"}})),
    "/empty": (200, ""),
    "/away": (503, "{}"),
    "/html": (200, "<html>"),
}


class Handler(BaseHTTPRequestHandler):
    """Answers as ANSWERS says."""

    def do_GET(self) -> None:
        status, text = ANSWERS[self.path]
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    """Address of a running server."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


def check(*arguments: str) -> tuple[int, str]:
    """Exit code and words of the check."""
    done = subprocess.run(
        [sys.executable, str(REPO / "deploy/health.py"), *arguments],
        env={"http_proxy": "http://127.0.0.1:9"},  # a proxy is not asked
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("path", "parts", "code", "words"),
    [
        ("/well", ["metadatabase"], 0, ""),
        ("/well", ["metadatabase", "scheduler"], 1, "scheduler is unhealthy"),
        ("/well", ["triggerer"], 1, "triggerer is None"),
        ("/empty", [], 0, ""),
        ("/empty", ["scheduler"], 1, "Expecting value"),
        ("/html", ["scheduler"], 1, "Expecting value"),
        ("/away", [], 1, "503"),
    ],
)
def test_health(server: str, path: str, parts: list[str], code: int, words: str) -> None:
    found, said = check(server + path, *parts)
    assert found == code, said
    assert words in said


def test_nobody_there_is_not_healthy(server: str) -> None:
    assert check("http://127.0.0.1:1/health")[0] == 1
