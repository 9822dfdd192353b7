"""What both systems' hooks share: reading an Airflow connection strictly and building a client from it.

The address is put together by the HTTP provider's ``HttpHook`` (host with or without scheme, port, schema).
What that hook does besides is left out on purpose: a session per call, no timeout, login and password as
Basic auth, unknown extras sent as headers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from airflow.providers.http.hooks.http import HttpHook
from airflow.sdk.exceptions import AirflowNotFoundException
from airflow.sdk.log import mask_secret

from abicart_specter.errors import ConfigurationError

if TYPE_CHECKING:
    from airflow.sdk import Connection

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


class SystemHook(HttpHook):
    """Base of :class:`AbicartHook` and :class:`SpecterHook`.

    :param shop: the shop's name; the connection id is made from it.
    :raises ConfigurationError: naming the connection, the field and the remedy. Never holds a secret.
    """

    system = ""
    allowed_extra: frozenset[str] = frozenset()

    def __init__(self, shop: str) -> None:
        super().__init__(tcp_keep_alive=False)
        self.shop = shop
        self.http_conn_id = f"{self.system}_{shop}"

    def connection(self) -> Connection:
        """The Airflow connection, with its secrets registered for masking."""
        try:
            connection = self.get_connection(self.http_conn_id)
        except AirflowNotFoundException:
            raise ConfigurationError(
                f"Shop {self.shop}: the Airflow connection {self.http_conn_id} does not exist.",
                remedy=f"Create it under Admin → Connections, or set AIRFLOW_CONN_{self.http_conn_id.upper()}.",
            ) from None
        if connection.password:
            mask_secret(connection.password)
        unknown = sorted(set(self.extra(connection)) - self.allowed_extra)
        if unknown:
            raise self.wrong(
                "extra", f"has keys nobody knows: {', '.join(unknown)}", "Remove or correct them."
            )
        return connection

    def extra(self, connection: Connection) -> dict[str, Any]:
        """The connection's extra as an object."""
        extra = connection.extra_dejson
        if not isinstance(extra, dict):
            raise self.wrong("extra", "is not a JSON object", 'Write an object such as {"api_version": 2}.')
        return extra

    def address(self, connection: Connection) -> str:
        """Scheme, host and port, by the HTTP provider's rules; https unless the connection says otherwise.

        Plain http is for servers on this machine only: keys and tokens travel in the address.
        """
        if not connection.host:
            raise self.wrong("host", "is empty", "Enter the system's server.")
        if not connection.schema and "://" not in connection.host:
            connection.schema = "https"
        self._set_base_url(connection)
        parts = urlsplit(self.base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise self.wrong("schema", "must be https", "Enter https.")
        if parts.scheme == "http" and parts.hostname not in LOOPBACK_HOSTS:
            raise self.wrong("schema", "is http, but keys travel in the address", "Enter https.")
        return self.base_url.rstrip("/")

    def secret(self, connection: Connection, field: str, value: Any) -> str:
        """A secret that must be there; registered for masking."""
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(field, "is empty", "Enter the key you were given.")
        mask_secret(value)
        return value

    def whole_number(self, field: str, value: Any) -> int:
        """A field that must be a whole number."""
        try:
            return int(str(value))
        except ValueError:
            raise self.wrong(field, "is not a whole number", "Enter the number you were given.") from None

    def wrong(self, field: str, what: str, remedy: str) -> ConfigurationError:
        """An error that names the connection and the field, never the value."""
        return ConfigurationError(
            f"Shop {self.shop}: connection {self.http_conn_id}: {field} {what}.", remedy=remedy
        )
