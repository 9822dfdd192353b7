"""What the button *Test* says, from real servers: what answers, or what is wrong and what to do, never a secret."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import pytest
from tests.clients.raw_server import RawServer, http
from tests.clients.test_tls import Authority
from tests.hooks.pressing import ABICART, SPECTER, SPECTER_V1, at, press

from abicart_specter.hooks.abicart import AbicartHook
from abicart_specter.hooks.connection_test import tried
from abicart_specter.hooks.specter import SpecterHook
from local_stack.ports import free_ports
from shop_sandbox.pytest_plugin import RunningSandbox

PLACES = ("api-server", "worker")
READS = {"Webshop.get", "Order.count", "checkAccountSettings", "checkNothingAtAll"}
"""No queue among them: reading one opens a batch."""


def asked(server: RunningSandbox) -> list[str]:
    """The calls that the server got."""
    return [str(name) for one in server.control.requests() for name in one["calls"]]


@pytest.mark.parametrize("where", PLACES)
class TestAbicart:
    def test_says_which_shop_answers(self, abicart_server: RunningSandbox, where: str) -> None:
        assert press(at(abicart_server.url, ABICART), where=where) == (
            True,
            "Abicart answers: “Norrgårdens Lanthandel” (webshop 22222), base currency SEK, prices with VAT. "
            "The auth token is accepted: it sees 11 orders.",
        )
        assert asked(abicart_server) == ["Webshop.get", "Webshop.get", "Order.count"]

    def test_a_wrong_token(self, abicart_server: RunningSandbox, where: str) -> None:
        status, words = press(at(abicart_server.url, ABICART, password="some-other-token/+"), where=where)
        assert not status
        assert words == (
            "Abicart refuses Webshop.get: Bad auth token (code 1004). "
            "Make a new auth token in Abicart; enter it as password of this connection."
        )

    def test_a_wrong_webshop(self, abicart_server: RunningSandbox, where: str) -> None:
        status, words = press(at(abicart_server.url, ABICART, login="22223"), where=where)
        assert not status
        assert words.endswith("Correct the login (webshop id) of this connection.")

    def test_a_base_currency_that_no_flow_can_use(self, abicart_server: RunningSandbox, where: str) -> None:
        abicart_server.control.edit("Webshop", patch={"baseCurrency": "EUR"})
        status, words = press(at(abicart_server.url, ABICART), where=where)
        assert not status
        assert "base currency is EUR" in words


@pytest.mark.parametrize("where", PLACES)
class TestSpecter:
    def test_says_that_the_keys_are_accepted(self, specter_server: RunningSandbox, where: str) -> None:
        assert press(at(specter_server.url, SPECTER), where=where) == (
            True,
            "Specter answers: it accepts the keys of account 1000 (API version 2, API user 12).",
        )
        assert asked(specter_server) == ["checkAccountSettings"]

    def test_version_1(self, specter_server: RunningSandbox, where: str) -> None:
        assert press(at(specter_server.url, SPECTER_V1), where=where) == (
            True,
            "Specter answers: it accepts the keys of account 1001 (API version 1).",
        )

    @pytest.mark.parametrize(
        "wrong",
        [
            {"password": "another-user-key"},
            {"extra": {"integration_secret": "another-integration-key"}},
            {"login": "4711"},
            {"extra": {"api_user_id": 13}},
        ],
    )
    def test_wrong_credentials(
        self, specter_server: RunningSandbox, where: str, wrong: dict[str, Any]
    ) -> None:
        status, words = press(at(specter_server.url, SPECTER, **wrong), where=where)
        assert not status
        assert words.startswith("Specter does not accept our credentials: ")
        assert words.endswith("Check login, password and extra of this connection with Specter.")

    @pytest.mark.parametrize("answer", ["settings", "unknown_action"])
    def test_what_cannot_be_told_is_not_called_good(
        self, specter_server: RunningSandbox, where: str, answer: str
    ) -> None:
        """Airflow shows the words of a failed test only."""
        specter_server.control.switches(account_check=answer)
        status, words = press(at(specter_server.url, SPECTER), where=where)
        assert not status
        assert words.startswith("Specter answers, but whether it accepts the keys of account 1000 ")
        assert words.endswith("Nothing is known to be wrong; the first export will show.")
        assert set(asked(specter_server)) <= {"checkAccountSettings", "checkNothingAtAll"}

    @pytest.mark.parametrize(
        "extra",
        [
            {"api_version": "2", "api_user_id": "12", "webshop_id": None},
            {"api_version": None, "api_user_id": 12, "webshop_id": ""},
            {"api_version": "", "api_user_id": " 12 "},
        ],
    )
    def test_what_the_form_and_older_connections_keep(
        self, specter_server: RunningSandbox, where: str, extra: dict[str, Any]
    ) -> None:
        status, words = press(at(specter_server.url, SPECTER, extra=extra), where=where)
        assert (status, words) == (
            True,
            "Specter answers: it accepts the keys of account 1000 (API version 2, API user 12).",
        )


@pytest.mark.parametrize("mode", ["strict", "lenient", "chaos"])
@pytest.mark.parametrize("values", [ABICART, SPECTER, SPECTER_V1], ids=["abicart", "specter", "v1"])
def test_it_only_reads_whatever_the_server_is_like(
    abicart_server: RunningSandbox, specter_server: RunningSandbox, mode: str, values: dict[str, Any]
) -> None:
    server = abicart_server if values is ABICART else specter_server
    server.control.mode(mode)
    for wrong in ({}, {"password": "a-key-that-is-wrong"}):
        status, words = press(at(server.url, values, **wrong))
        assert status or words.endswith(".")
    assert asked(server)
    assert set(asked(server)) <= READS


@pytest.mark.parametrize("values", [ABICART, SPECTER], ids=["abicart", "specter"])
class TestServers:
    def test_nobody_listens(self, values: dict[str, Any]) -> None:
        (port,) = free_ports(1)
        status, words = press(at(f"http://127.0.0.1:{port}", values))
        assert not status
        assert "no connection could be made" in words
        assert words.endswith("where that fails too, wait; else check the host of this connection.")

    def test_a_name_that_nobody_has(self, values: dict[str, Any]) -> None:
        status, words = press(at("https://no-such-server.invalid:443", values))
        assert not status
        assert "the server's name could not be resolved" in words

    def test_a_web_page_instead(self, values: dict[str, Any]) -> None:
        with RawServer(lambda request: [http("<html><body>Welcome</body></html>")]) as server:
            status, words = press(at(server.url, values))
        assert not status
        assert "check the host of this connection" in words

    def test_a_server_that_fails(self, values: dict[str, Any]) -> None:
        with RawServer(lambda request: [http("<html>sorry</html>", 500)]) as server:
            status, words = press(at(server.url, values))
        assert not status
        assert "the server failed (HTTP 500), after 2 tries" in words

    def test_a_server_that_asks_to_wait_is_not_waited_for(self, values: dict[str, Any]) -> None:
        with RawServer(lambda request: [http("", 429, headers=["Retry-After: 600"])]) as server:
            status, words = press(at(server.url, values))
            assert len(server.received) == 1
        assert not status
        assert "slow down" in words

    def test_https_where_only_http_is_spoken(
        self, abicart_server: RunningSandbox, values: dict[str, Any]
    ) -> None:
        status, words = press(at(abicart_server.url, values, schema="https"))
        assert not status
        assert "no connection could be made" in words

    def test_plain_http_to_another_machine(self, values: dict[str, Any]) -> None:
        status, words = press(at("http://192.0.2.1:80", values))
        assert (status, words) == (False, "Schema is http, but keys travel in the address. Enter https.")

    @pytest.mark.parametrize(
        ("wrong", "why"),
        [
            ({"self_signed": True}, "its authority is not one that is trusted here"),
            ({"host": "another.example"}, "it is for another server name"),
        ],
    )
    def test_a_wrong_certificate(
        self,
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
        values: dict[str, Any],
        wrong: dict[str, Any],
        why: str,
    ) -> None:
        authority = Authority(tmp_path)
        monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
        context: ssl.SSLContext = authority.server(**wrong)
        with RawServer(lambda request: [http("{}")], tls=context) as server:
            status, words = press(at(server.url, values))
            assert server.received == []
        assert not status
        assert f"could not be verified: {why}" in words
        assert "Check the host of this connection" in words


@pytest.mark.parametrize(
    ("values", "changes", "words"),
    [
        (ABICART, {"host": ""}, "Host is empty. Enter the system's server."),
        (ABICART, {"login": "my shop"}, "Login (webshop id) is not a whole number. Enter the number"),
        (ABICART, {"login": ""}, "Login (webshop id) is empty."),
        (ABICART, {"password": ""}, "Password (auth token) is empty."),
        (ABICART, {"host": "127.0.0.1/admin"}, "Host holds more than a server's name."),
        (ABICART, {"extra": {"languages": "sv"}}, "Extra has keys nobody knows: languages."),
        (SPECTER, {"login": "-1"}, "Login (sbmId) is not a whole number."),
        (SPECTER, {"password": "   "}, "Password (apiUserKey or md5key1) is empty."),
        (
            SPECTER,
            {"extra": {"integration_secret": None}},
            "Extra integration_secret (integrationKey or md5key2) is",
        ),
        (SPECTER, {"extra": {"api_version": 3}}, "Extra api_version must be 1 or 2."),
        (SPECTER, {"extra": {"api_user_id": "twelve"}}, "Extra api_user_id is not a whole number."),
    ],
)
@pytest.mark.parametrize("where", PLACES)
def test_a_field_that_is_wrong_is_named_before_anything_is_sent(
    specter_server: RunningSandbox, where: str, values: dict[str, Any], changes: dict[str, Any], words: str
) -> None:
    status, said = press(at(specter_server.url, values, **changes), where=where)
    assert not status
    assert said.startswith(words)
    assert asked(specter_server) == []


@pytest.mark.parametrize("where", PLACES)
def test_a_secret_of_digits_alone(specter_server: RunningSandbox, where: str) -> None:
    """Airflow hands a tested connection over as a URI, in which the extra's texts may turn into numbers."""
    extra = {"integration_secret": "1234567890", "api_user_id": "12", "api_version": "2"}
    status, words = press(at(specter_server.url, SPECTER, extra=extra), where=where)
    assert not status
    assert words.startswith("Specter does not accept our credentials: ")


def test_an_unforeseen_error_is_not_shown() -> None:
    """Airflow would show its text, which may be an address with a key in it."""

    def ask() -> str:
        raise ValueError("https://api.example/?key=very-secret")

    status, words = tried(ask, "", "x")
    assert (status, words) == (
        False,
        "The test itself failed (ValueError); nothing is known about the connection.",
    )


def test_a_connection_that_is_not_there_is_named_as_what_to_make() -> None:
    status, words = SpecterHook("nowhere").test_connection()
    assert not status
    assert words.startswith(
        "This connection does not exist. Create it under Admin → Connections, or set AIRFLOW_CONN_"
    )


def test_airflow_may_name_the_connection(
    monkeypatch: pytest.MonkeyPatch, abicart_server: RunningSandbox
) -> None:
    port = abicart_server.port
    for name in ("ABICART_DEFAULT", "ABICART_MYSHOP", "MY_OWN_NAME"):
        monkeypatch.setenv(f"AIRFLOW_CONN_{name}", f"abicart://22222:demo-token-1@127.0.0.1:{port}/http")
    for hook in (
        AbicartHook(),
        AbicartHook("myshop"),
        AbicartHook(abicart_conn_id="abicart_myshop"),
        AbicartHook(abicart_conn_id="my_own_name"),
    ):
        assert hook.test_connection()[0]
    assert AbicartHook(abicart_conn_id="abicart_myshop").shop == "myshop"
