"""Fixtures for tests against the sandbox: real servers on free ports, emptied before each test that uses them.

Name this module in a conftest's ``pytest_plugins``, then take ``abicart_server`` or ``specter_server``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from shop_sandbox import services
from shop_sandbox.core.control_client import Control
from shop_sandbox.core.server import SandboxServer

LOG_SIZE = 2000
"""Requests kept for inspection, whatever the test before wanted."""


@dataclass(frozen=True, slots=True)
class RunningSandbox:
    """A server that answers at ``url``; ``control`` is its control interface."""

    url: str
    port: int
    control: Control


def _running(name: str) -> Iterator[RunningSandbox]:
    server = SandboxServer(services.build(name), port=0)
    server.start_in_thread()
    try:
        yield RunningSandbox(server.url, server.port, Control(server.url))
    finally:
        server.stop()


@pytest.fixture(scope="session")
def abicart_session() -> Iterator[RunningSandbox]:
    """The Abicart server of the whole session, as the last test left it."""
    yield from _running("abicart")


@pytest.fixture(scope="session")
def specter_session() -> Iterator[RunningSandbox]:
    """The Specter server of the whole session, as the last test left it."""
    yield from _running("specter")


@pytest.fixture
def abicart_server(abicart_session: RunningSandbox) -> RunningSandbox:
    """The Abicart server, strict, with the default seed and counters at 0."""
    abicart_session.control.reset(log_size=LOG_SIZE)
    return abicart_session


@pytest.fixture
def specter_server(specter_session: RunningSandbox) -> RunningSandbox:
    """The Specter server, strict, with the demo accounts, no articles, and counters at 0."""
    specter_session.control.reset(log_size=LOG_SIZE)
    return specter_session
