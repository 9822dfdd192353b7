"""The two sandbox servers as components of the stack."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local_stack.environment import base_environment
from local_stack.files import PROJECT, Home
from local_stack.ports import LOOPBACK
from local_stack.supervisor import Component

WEBSHOP_ID = 22222
TOKEN = "demo-token-1"  # noqa: S105 - the sandbox servers are made with these, on this machine only
SBM_ID = 1000
API_USER_ID = 12
USER_KEY = "demo-user-key"
INTEGRATION_KEY = "demo-integration-key"


@dataclass(frozen=True, slots=True)
class SandboxOptions:
    """How the two servers are.

    :param items: products seeded into the shop.
    :param request_ms: latency of every request, in milliseconds, of both servers.
    :param article_call_ms: more for each article call to Specter.
    :param log_size: requests that each keeps for inspection.
    :param survives: whether what they hold is there again when a stack in the same folder goes on.
    """

    items: int = 200
    request_ms: float = 0
    article_call_ms: float = 0
    log_size: int = 2000
    survives: bool = False


def sandbox_component(home: Home, server: str, port: int, options: SandboxOptions) -> Component:
    """One server: ``abicart`` or ``specter``."""
    values: dict[str, object] = {
        "only": server,
        f"{server}-port": port,
        "items": options.items,
        "latency-ms": options.request_ms,
        "article-latency-ms": options.article_call_ms,
        "log-size": options.log_size,
    }
    if options.survives:
        values["state"] = home.path / "sandbox.json"
    argv = [sys.executable, "-m", "shop_sandbox"]
    argv += [word for name, value in values.items() for word in (f"--{name}", str(value))]
    return Component(
        name=f"sandbox-{server}",
        title=f"The {server.capitalize()} sandbox",
        argv=argv,
        env=base_environment(),
        cwd=PROJECT,
        log=home.logs / f"sandbox-{server}.log",
    )


def airflow_connections(
    shop: str, ports: Mapping[str, int]
) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """Connection id → fields and extra, with which ``shop`` reaches the sandbox servers."""
    server = {"schema": "http", "host": LOOPBACK}
    return {
        f"abicart_{shop}": (
            server
            | {
                "conn_type": "abicart",
                "port": ports["abicart"],
                "login": str(WEBSHOP_ID),
                "password": TOKEN,
                "description": "The Abicart sandbox on this machine",
            },
            {},  # the language is Swedish unless it says otherwise; Airflow complains of a value as short as "sv"
        ),
        f"specter_{shop}": (
            server
            | {
                "conn_type": "specter",
                "port": ports["specter"],
                "login": str(SBM_ID),
                "password": USER_KEY,
                "description": "The Specter sandbox on this machine",
            },
            {
                "api_version": 2,
                "api_user_id": API_USER_ID,
                "integration_secret": INTEGRATION_KEY,
            },
        ),
    }
