"""Airflow connection ``abicart_<shop>`` → :class:`AbicartClient`."""

from __future__ import annotations

from airflow.sdk.log import mask_secret

from abicart_specter.clients.abicart import AbicartClient
from abicart_specter.clients.options import AbicartConnection, HttpOptions
from abicart_specter.errors import BaseCurrencyError
from abicart_specter.hooks.base import SystemHook
from abicart_specter.hooks.connection_test import PATIENCE

BASE_CURRENCY = "SEK"


class AbicartHook(SystemHook):
    """Host, schema, port: the server. Login: webshop id. Password: the auth token. Extra: ``language``."""

    conn_name_attr = "abicart_conn_id"
    default_conn_name = "abicart_default"
    conn_type = "abicart"
    hook_name = "Abicart"
    system = "abicart"
    allowed_extra = frozenset({"language"})

    def __init__(self, shop: str | None = None, *, abicart_conn_id: str | None = None) -> None:
        super().__init__(shop, abicart_conn_id)

    def get_conn(self, options: HttpOptions | None = None) -> AbicartClient:  # type: ignore[override]
        """A client for the shop; close it after use."""
        connection = self.connection()
        return AbicartClient(
            AbicartConnection(
                shop=self.shop,
                base_url=self.address(connection),
                webshop_id=self.whole_number("login (webshop id)", connection.login),
                token=self.secret(connection, "password (auth token)", connection.password),
                language=str(self.extra(connection).get("language") or "sv").strip(),
            ),
            options or HttpOptions(),
            on_secret=mask_secret,
        )

    def ask(self) -> str:
        """Which shop answers, and whether the token opens what only its administrators see.

        :raises ConfigurationError: another shop answers.
        :raises BaseCurrencyError: the shop does not keep its prices in SEK.
        """
        with self.get_conn(PATIENCE) as client:
            facts = client.webshop()
            wanted = client.connection.webshop_id
            if facts.webshop_id != wanted:
                raise self.wrong(
                    "login (webshop id)",
                    f"is {wanted}, but the server answers for webshop {facts.webshop_id}",
                    "Correct it, or the server.",
                )
            name = client.shop_name()
            orders = client.orders.count_all()
        if facts.base_currency != BASE_CURRENCY:
            raise BaseCurrencyError(
                f"The shop answers, but its base currency is {facts.base_currency}, and Specter keeps books in SEK.",
                remedy="Set the shop's base currency to SEK in Abicart before anything is exported.",
            )
        called = f"“{name}” (webshop {wanted})" if name else f"webshop {wanted}"
        vat = "with" if facts.prices_with_vat else "without"
        return (
            f"Abicart answers: {called}, base currency {facts.base_currency}, prices {vat} VAT. "
            f"The auth token is accepted: it sees {orders} orders."
        )
