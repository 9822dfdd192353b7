"""Airflow connection ``abicart_<shop>`` → :class:`AbicartClient`."""

from __future__ import annotations

from airflow.sdk.log import mask_secret

from abicart_specter.clients.abicart import AbicartClient
from abicart_specter.clients.options import AbicartConnection, HttpOptions
from abicart_specter.hooks.base import SystemHook


class AbicartHook(SystemHook):
    """Host, schema, port: the server. Login: webshop id. Password: the auth token. Extra: ``language``."""

    conn_name_attr = "abicart_conn_id"
    default_conn_name = "abicart_default"
    conn_type = "abicart"
    hook_name = "Abicart"
    system = "abicart"
    allowed_extra = frozenset({"language"})

    def get_conn(self, options: HttpOptions | None = None) -> AbicartClient:  # type: ignore[override]
        """A client for the shop; close it after use."""
        connection = self.connection()
        return AbicartClient(
            AbicartConnection(
                shop=self.shop,
                base_url=self.address(connection),
                webshop_id=self.whole_number("login (webshop id)", connection.login),
                token=self.secret(connection, "password (auth token)", connection.password),
                language=str(self.extra(connection).get("language") or "sv"),
            ),
            options or HttpOptions(),
            on_secret=mask_secret,
        )
