"""Clients against the sandbox. Waits between tries are recorded, not slept."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.clients.abicart_cases import outline, read_all

from abicart_specter.clients.abicart import AbicartClient
from abicart_specter.clients.options import AbicartConnection, HttpOptions, SpecterConnection
from abicart_specter.clients.specter import SpecterClient

QUICK = HttpOptions(connect_timeout=2.0, read_timeout=5.0, max_tries=5, base_wait=0.5, max_wait=8.0)

TOKEN = "demo-token-1"
USER_KEY, INTEGRATION_KEY = "demo-user-key", "demo-integration-key"
ACCOUNTS = {
    2: SpecterConnection("demo", "http://x", 1000, 2, 12, USER_KEY, INTEGRATION_KEY, None),
    1: SpecterConnection("demo", "http://x", 1001, 1, None, "demo-md5key1", "demo-md5key2", None),
}


class Opener:
    """Opens clients with recorded waits and secrets, and closes them at the end."""

    def __init__(self) -> None:
        self.opened: list[AbicartClient | SpecterClient] = []
        self.waits: list[float] = []
        self.secrets: list[str] = []

    def abicart(self, url: str, options: HttpOptions = QUICK, *, token: str = TOKEN, **more) -> AbicartClient:
        settings = {
            "sleep": self.waits.append,
            "random": lambda: 1.0,
            "on_secret": self.secrets.append,
        } | more
        language = settings.pop("language", "sv")
        webshop = settings.pop("webshop", 22222)
        connection = AbicartConnection("demo", url, webshop, token, language)
        return self._kept(AbicartClient(connection, options, **settings))

    def specter(self, url: str, options: HttpOptions = QUICK, *, version: int = 2, **more) -> SpecterClient:
        settings = {
            "sleep": self.waits.append,
            "random": lambda: 1.0,
            "on_secret": self.secrets.append,
        } | more
        account = ACCOUNTS[version]
        connection = SpecterConnection(
            "demo",
            url,
            settings.pop("sbm_id", account.sbm_id),
            account.api_version,
            settings.pop("api_user_id", account.api_user_id),
            settings.pop("user_key", account.user_key),
            account.integration_secret,
            settings.pop("webshop_id", None),
        )
        return self._kept(SpecterClient(connection, options, **settings))

    def _kept(self, client):
        self.opened.append(client)
        return client


@pytest.fixture
def opening() -> Iterator[Opener]:
    opener = Opener()
    yield opener
    for client in opener.opened:
        client.close()


@pytest.fixture(scope="session")
def plain_outline(abicart_session):
    """The catalogue as it is read with every switch at its default."""
    abicart_session.control.reset()
    with Opener().abicart(abicart_session.url) as client:
        return outline(read_all(client))
