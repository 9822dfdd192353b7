"""What both systems' hooks share: reading an Airflow connection strictly and building a client from it.

The address is put together by the HTTP provider's ``HttpHook`` (host with or without scheme, port, schema).
What that hook does besides is left out on purpose: a session per call, no timeout, login and password as
Basic auth, unknown extras sent as headers.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from airflow.providers.http.hooks.http import HttpHook
from airflow.sdk.exceptions import AirflowNotFoundException
from airflow.sdk.log import mask_secret

from abicart_specter.clients.trust import may_be_read_on_the_way
from abicart_specter.errors import ConfigurationError
from abicart_specter.hooks.connection_test import tried

if TYPE_CHECKING:
    from airflow.sdk import Connection

NOT_GIVEN = (None, "")
"""How an optional field of the form is kept when it is left empty."""


class SystemHook(HttpHook, ABC):
    """Base of :class:`AbicartHook` and :class:`SpecterHook`.

    :param shop: the shop's name; the connection id is made from it.
    :param conn_id: the connection's id instead, as Airflow gives it when a person presses *Test*; it may be any.
    :raises ConfigurationError: naming the connection, the field and the remedy. Never holds a secret.
    """

    system = ""
    allowed_extra: frozenset[str] = frozenset()

    def __init__(self, shop: str | None = None, conn_id: str | None = None) -> None:
        super().__init__(tcp_keep_alive=False)
        self.http_conn_id = conn_id or (f"{self.system}_{shop}" if shop else self.default_conn_name)
        self.shop = shop or self.http_conn_id.removeprefix(f"{self.system}_")

    def test_connection(self) -> tuple[bool, str]:
        """Whether the connection works, and what was found or what to do. Reads only; holds no secret."""
        return tried(self.ask, f"Shop {self.shop}: ", f"{self.system}_{self.shop}", self.http_conn_id)

    @abstractmethod
    def ask(self) -> str:
        """What the system says when asked as cheaply as possible. :raises AbicartSpecterError:"""

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
        # the form of another type leaves its own fields behind, without a value
        given = {name for name, value in self.extra(connection).items() if value not in NOT_GIVEN}
        unknown = sorted(given - self.allowed_extra)
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

        Plain http is for this machine and hosts that were named (``clients.trust``): keys and tokens travel in the
        address.
        """
        connection.host = (connection.host or "").strip().rstrip("/")
        if not connection.host:
            raise self.wrong("host", "is empty", "Enter the system's server.")
        if not connection.schema and "://" not in connection.host:
            connection.schema = "https"
        self._set_base_url(connection)
        parts = urlsplit(self.base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise self.wrong("schema", "must be https", "Enter https.")
        if parts.path:
            raise self.wrong("host", "holds more than a server's name", "Leave out what follows the name.")
        if may_be_read_on_the_way(self.base_url):
            raise self.wrong("schema", "is http, but keys travel in the address", "Enter https.")
        return self.base_url

    def secret(self, connection: Connection, field: str, value: Any) -> str:
        """A secret that must be there, without blanks around it; registered for masking.

        One of digits alone may come as a number: Airflow hands a connection that is being tested over as a URI, and
        reads that way.
        """
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if value in NOT_GIVEN or (isinstance(value, str) and not value.strip()):
            raise self.wrong(field, "is empty", "Enter the key you were given.")
        if not isinstance(value, str):
            raise self.wrong(field, "is not a text", "Enter the key you were given, in quotes if as JSON.")
        value = value.strip()
        mask_secret(value)
        return value

    def whole_number(self, field: str, value: Any) -> int:
        """A field that must be a whole number above zero."""
        try:
            number = int(str(value))
        except ValueError:
            number = 0
        if number < 1:
            what = "is empty" if value in NOT_GIVEN else "is not a whole number"
            raise self.wrong(field, what, "Enter the number you were given.")
        return number

    def optional_number(self, field: str, value: Any) -> int | None:
        """The same, but for ``None`` where nothing was entered."""
        return None if value in NOT_GIVEN else self.whole_number(field, value)

    def wrong(self, field: str, what: str, remedy: str) -> ConfigurationError:
        """An error that names the connection and the field, never the value."""
        return ConfigurationError(
            f"Shop {self.shop}: connection {self.http_conn_id}: {field} {what}.", remedy=remedy
        )
