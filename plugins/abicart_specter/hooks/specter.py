"""Airflow connection ``specter_<shop>`` → :class:`SpecterClient`."""

from __future__ import annotations

from airflow.sdk.log import mask_secret

from abicart_specter.clients.options import HttpOptions, SpecterConnection
from abicart_specter.clients.specter import SpecterClient
from abicart_specter.hooks.base import SystemHook


class SpecterHook(SystemHook):
    """Host, schema, port: the server. Login: sbmId. Password: apiUserKey (v1: md5key1).

    Extra: ``api_version`` 1 or 2, ``api_user_id`` (v2), ``integration_secret`` (v2: integrationKey,
    v1: md5key2), ``webshop_id``.
    """

    conn_name_attr = "specter_conn_id"
    default_conn_name = "specter_default"
    conn_type = "specter"
    hook_name = "Specter"
    system = "specter"
    allowed_extra = frozenset({"api_version", "api_user_id", "integration_secret", "webshop_id"})

    def settings(self) -> SpecterConnection:
        """The connection as a typed record."""
        connection = self.connection()
        extra = self.extra(connection)
        version = self.whole_number("extra api_version", extra.get("api_version", 2))
        if version not in (1, 2):
            raise self.wrong("extra api_version", "must be 1 or 2", "Ask Specter which one the account has.")
        user, webshop = extra.get("api_user_id"), extra.get("webshop_id")
        return SpecterConnection(
            shop=self.shop,
            base_url=self.address(connection),
            sbm_id=self.whole_number("login (sbmId)", connection.login),
            api_version=1 if version == 1 else 2,
            api_user_id=None if user in (None, "") else self.whole_number("extra api_user_id", user),
            user_key=self.secret(connection, "password (apiUserKey)", connection.password),
            integration_secret=self.secret(
                connection, "extra integration_secret", extra.get("integration_secret")
            ),
            webshop_id=None if webshop in (None, "") else self.whole_number("extra webshop_id", webshop),
        )

    def get_conn(self, options: HttpOptions | None = None) -> SpecterClient:  # type: ignore[override]
        """A client for the account; close it after use."""
        return SpecterClient(self.settings(), options or HttpOptions(), on_secret=mask_secret)
