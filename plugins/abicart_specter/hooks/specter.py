"""Airflow connection ``specter_<shop>`` → :class:`SpecterClient`."""

from __future__ import annotations

from airflow.sdk.log import mask_secret

from abicart_specter.clients.options import HttpOptions, SpecterConnection
from abicart_specter.clients.specter import SpecterClient
from abicart_specter.errors import AbicartSpecterError
from abicart_specter.hooks.base import NOT_GIVEN, SystemHook
from abicart_specter.hooks.connection_test import PATIENCE


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

    def __init__(self, shop: str | None = None, *, specter_conn_id: str | None = None) -> None:
        super().__init__(shop, specter_conn_id)

    def settings(self) -> SpecterConnection:
        """The connection as a typed record."""
        connection = self.connection()
        extra = self.extra(connection)
        version = extra.get("api_version")
        if str(2 if version in NOT_GIVEN else version) not in ("1", "2"):
            raise self.wrong("extra api_version", "must be 1 or 2", "Ask Specter which one the account has.")
        return SpecterConnection(
            shop=self.shop,
            base_url=self.address(connection),
            sbm_id=self.whole_number("login (sbmId)", connection.login),
            api_version=1 if str(version) == "1" else 2,
            api_user_id=self.optional_number("extra api_user_id", extra.get("api_user_id")),
            user_key=self.secret(connection, "password (apiUserKey or md5key1)", connection.password),
            integration_secret=self.secret(
                connection,
                "extra integration_secret (integrationKey or md5key2)",
                extra.get("integration_secret"),
            ),
            webshop_id=self.optional_number("extra webshop_id", extra.get("webshop_id")),
        )

    def get_conn(self, options: HttpOptions | None = None) -> SpecterClient:  # type: ignore[override]
        """A client for the account; close it after use."""
        return SpecterClient(self.settings(), options or HttpOptions(), on_secret=mask_secret)

    def ask(self) -> str:
        """Whether the account takes the keys, as far as that can be told without reading a queue.

        :raises CredentialsError: it does not.
        :raises AbicartSpecterError: that cannot be told. Airflow shows the words of a test only when it failed, so a
            success would hide them.
        """
        with self.get_conn(PATIENCE) as client:
            connection = client.connection
            account = client.check_account()
        user = f", API user {connection.api_user_id}" if connection.api_user_id is not None else ""
        who = f"account {connection.sbm_id} (API version {connection.api_version}{user})"
        if account.recognised:
            return f"Specter answers: it accepts the keys of {who}."
        raise AbicartSpecterError(
            f"Specter answers, but whether it accepts the keys of {who} cannot be told without writing: it has no "
            "check of the account's settings, or answers it in a form that is not documented.",
            remedy="Nothing is known to be wrong; the first export will show.",
        )
