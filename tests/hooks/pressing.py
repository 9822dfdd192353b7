"""Presses the button *Test* as Airflow does, in each of the places where it does so, without an Airflow."""

from __future__ import annotations

import contextlib
import json
import os
import random
import string
from collections.abc import Iterator
from typing import Any

from airflow.models.connection import Connection as ServerConnection
from airflow.sdk import Connection as WorkerConnection

ABICART = {"conn_type": "abicart", "login": "22222", "password": "demo-token-1"}
SPECTER = {
    "conn_type": "specter",
    "login": "1000",
    "password": "demo-user-key",
    "extra": {"api_version": 2, "integration_secret": "demo-integration-key", "api_user_id": 12},
}
SPECTER_V1 = {
    "conn_type": "specter",
    "login": "1001",
    "password": "demo-md5key1",
    "extra": {
        "api_version": 1,
        "integration_secret": "demo-md5key2",
        "api_user_id": None,
        "webshop_id": None,
    },
}


def at(url: str, values: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The connection with the server's address; ``extra`` in changes is merged."""
    scheme, _, rest = url.partition("://")
    host, _, port = rest.partition(":")
    place = {"schema": scheme, "host": host, "port": int(port)}
    extra = values.get("extra", {}) | changes.pop("extra", {})
    return values | place | {"extra": extra} | changes


@contextlib.contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    os.environ[name] = value
    try:
        yield
    finally:
        del os.environ[name]


def press(values: dict[str, Any], *, where: str = "api-server") -> tuple[bool, str]:
    """Test the connection. Both places take it from a form, give it an id at random, and hand it on as a URI in the
    environment.

    :param where: ``api-server``, or ``worker``.
    """
    conn_id = "".join(random.choices(string.ascii_letters + string.digits, k=8))
    fields = values | {"conn_id": conn_id, "extra": json.dumps(values.get("extra") or {})}
    kind = ServerConnection if where == "api-server" else WorkerConnection
    connection = kind(**fields)
    with _environment(f"AIRFLOW_CONN_{conn_id.upper()}", connection.get_uri()):
        status, message = connection.test_connection()
    assert conn_id not in message, "nobody knows that id"
    for secret in (values.get("password"), *(str(one) for one in (values.get("extra") or {}).values())):
        if secret and len(secret) > 4:
            assert secret not in message
    assert "://" not in message.replace("sqlite://", ""), "an address with a key in it"
    assert "\n" not in message
    return status, message
