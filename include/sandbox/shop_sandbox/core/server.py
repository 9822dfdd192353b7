"""One sandbox server on one port: in the foreground of a process, or in a thread for tests."""

from __future__ import annotations

import asyncio
import errno
import socket
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import uvicorn

from shop_sandbox.core import state_file
from shop_sandbox.core.control import build_control
from shop_sandbox.core.engine import Engine
from shop_sandbox.core.errors import StartError
from shop_sandbox.core.service import Service
from shop_sandbox.core.transport import Connection

LOOPBACK = "127.0.0.1"


class SandboxServer:
    """A service, its engine and its port.

    The port is taken in the constructor, so that "in use" is known first (``StartError``).

    :param port: 0 takes any free port; ``url`` says which.
    :param seed: what the service is seeded with, now and at every reset that names no other.
    :param switches: set on top of the mode's and of the state's, now and at every reset.
    :param state_path: loaded now if it exists; written by the control interface's save.
    :param latency: start values of ``core.latency.Latency``.
    """

    def __init__(
        self,
        service: Service,
        *,
        host: str = LOOPBACK,
        port: int = 0,
        seed: Mapping[str, Any] | None = None,
        mode: str = "strict",
        switches: Mapping[str, Any] | None = None,
        state_path: Path | None = None,
        latency: Mapping[str, Any] | None = None,
        log_size: int = 2000,
    ) -> None:
        self.service = service
        self._host = host
        self._socket = _bind(service.name, host, port)
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://{host}:{self.port}"
        self.engine = Engine(service, seed=seed or {}, mode=mode, switches=switches, log_size=log_size)
        self.engine.start_latency = dict(latency or {})
        self.engine.latency.set(self.engine.start_latency)
        if state_path is not None and state_path.exists():
            state_file.load(self.engine, state_path)
            service.switches.set(self.engine.start_switches)
        config = uvicorn.Config(
            self.engine,
            http=Connection,
            ws="none",
            lifespan="off",
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=1,
        )
        self._uvicorn = uvicorn.Server(config)
        self._thread: threading.Thread | None = None
        self._replugging: asyncio.Task[None] | None = None
        self.engine.control = build_control(
            self.engine, state_path=state_path, unplug=self._unplug, shutdown=self._stop_soon
        )

    def run(self) -> None:
        """Serve until SIGINT, SIGTERM or a shutdown by the control interface."""
        self._uvicorn.run(sockets=[self._socket])

    def start_in_thread(self) -> None:
        """Serve from a thread; returns when the port answers."""
        self._thread = threading.Thread(target=self.run, name=f"{self.service.name}-sandbox", daemon=True)
        self._thread.start()
        with socket.create_connection((self._host, self.port), timeout=10):
            pass  # the listening socket queues the connection, so this returns when the system accepts it

    def stop(self) -> None:
        """End the thread's server."""
        self._stop_soon()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def _stop_soon(self) -> None:
        self._uvicorn.should_exit = True

    async def _unplug(self, seconds: float) -> None:
        for server in self._uvicorn.servers:
            server.close()
        self._socket.close()
        for connection in list(self._uvicorn.server_state.connections):
            if isinstance(connection, Connection) and connection.idle:
                connection.transport.close()
        self._replugging = asyncio.get_running_loop().create_task(self._plug_in_after(seconds))

    async def _plug_in_after(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self._socket = _bind(self.service.name, self._host, self.port)
        await self._uvicorn.startup(sockets=[self._socket])


def _bind(name: str, host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(2048)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise StartError(
                f"Port {port} is in use, so the {name} sandbox cannot start:"
                f" stop what uses it or choose another port with --{name}-port."
            ) from error
        raise StartError(
            f"The {name} sandbox cannot listen on {host} port {port}: {error.strerror}."
        ) from error
    return listening
