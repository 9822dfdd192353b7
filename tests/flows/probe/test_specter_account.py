"""What a probe of Specter learns without reading a queue."""

from __future__ import annotations

import pytest
from tests.clients.raw_server import RawServer, http
from tests.flows.probe.specter_probes import ask, by_switch, only_reads

from abicart_specter.domain.probe.records import Verdict
from abicart_specter.domain.probe.specter import QUESTIONS
from shop_sandbox.specter.switches import SWITCHES


def told(server, **switches) -> dict[str, object]:
    """What is told, by switch, and that no harm was done."""
    server.control.switches(**switches)
    found = by_switch(ask(server))
    only_reads(server, queues=False)
    return {name: one.value for name, one in found.items() if one.verdict is Verdict.TOLD}


def test_every_switch_of_the_sandbox_has_one_question() -> None:
    asked = [question.switch for question in QUESTIONS if question.switch]
    assert sorted(asked) == sorted(switch.name for switch in SWITCHES)


def test_the_defaults_are_found(specter_server) -> None:
    assert told(specter_server) == {
        "use_xml_1": "text",
        "error_status": "200",
        "account_check": "triple",
        "key_check": "on",
        "account_check_key": "empty",
        "xml_root": "specterAPI",
        "xml_text": "cdata",
        "xml_charset": "iso-8859-1",
        "text_charset": "iso-8859-1",
        "text_end": "none",
    }


@pytest.mark.parametrize(
    ("switch", "value"),
    [
        ("xml_root", "Svar"),
        ("use_xml_1", "xml"),
        ("xml_text", "escaped"),
        ("xml_charset", "utf-8"),
        ("xml_charset", "windows-1252"),
        ("text_charset", "windows-1252"),
        ("text_end", "crlf"),
        ("error_status", "500"),
        ("error_status", "500_html"),
        ("account_check", "settings"),
        ("account_check", "unknown_action"),
        ("key_check", "off"),
        ("account_check_key", "sbm_id"),
        ("account_check_key", "api_user"),
        ("account_check_key", "any"),
    ],
)
def test_each_alternative_is_told(specter_server, switch: str, value: str) -> None:
    assert told(specter_server, **{switch: value})[switch] == value


@pytest.mark.parametrize("check", ["triple", "settings"])
@pytest.mark.parametrize("status", ["200", "500", "500_html"])
@pytest.mark.parametrize("key", ["empty", "sbm_id", "api_user", "any"])
@pytest.mark.parametrize("old_xml", ["text", "xml"])
def test_alternatives_together(specter_server, check: str, status: str, key: str, old_xml: str) -> None:
    wanted = {"account_check": check, "error_status": status, "account_check_key": key, "use_xml_1": old_xml}
    found = told(specter_server, **wanted)
    if check == "settings" and status == "500_html":
        assert "use_xml_1" not in found, "neither the settings nor the page depend on useXML"
        del wanted["use_xml_1"]
    assert {name: found.get(name) for name in wanted} == wanted


def test_a_wrong_key_is_sent_once_at_most_and_only_where_nothing_else_tells(specter_server) -> None:
    assert "wrong_key" not in ask(specter_server)
    specter_server.control.switches(account_check_key="any")
    assert "wrong_key" in ask(specter_server)
    specter_server.control.switches(account_check="unknown_action")
    assert "wrong_key" not in ask(specter_server)


def test_a_v1_account_is_probed_too(specter_server) -> None:
    v1 = {"sbm_id": 1001, "api_version": 1, "api_user_id": None}
    answers = ask(specter_server, user_key="demo-md5key1", integration_secret="demo-md5key2", **v1)
    assert "account_api_user" not in answers
    assert by_switch(answers)["account_check_key"].value == "empty"
    assert not any("apiUserId" in one["query"] for one in specter_server.control.requests())


def test_wrong_credentials_tell_little_and_say_so(specter_server) -> None:
    found = by_switch(ask(specter_server, user_key="another-user-key"))
    for switch in ("account_check", "key_check", "account_check_key"):
        assert found[switch].verdict is Verdict.NOT_TOLD and found[switch].value is None
    assert found["error_status"].value == "200"
    assert "keys may be wrong" in found["account_check"].why


@pytest.mark.parametrize(
    ("body", "status", "switch", "verdict"),
    [
        ("<html><body>404</body></html>", 404, "error_status", Verdict.UNEXPECTED),
        ("<html><body>500</body></html>", 500, "error_status", Verdict.NOT_TOLD),
        ("0;7;nej\n", 200, "text_end", Verdict.UNEXPECTED),
        ("0;7;nej", 429, "rate_limit", Verdict.NOT_TOLD),
        ("<a><APIresponse><result>0</result><code>7</code></APIresponse>", 200, "xml_root", Verdict.NOT_TOLD),
        ("", 200, "xml_root", Verdict.NOT_TOLD),
    ],
)
def test_what_fits_nothing_is_told_from_what_tells_nothing(body, status, switch, verdict) -> None:
    with RawServer(lambda _request: [http(body, status=status)]) as server:
        assert by_switch(ask(server))[switch].verdict is verdict


def test_a_server_that_is_away_is_no_error(specter_server) -> None:
    specter_server.control.fault("drop_before", count=None)
    answers = ask(specter_server)
    assert all(one.status == 0 and one.problem for one in answers.values())
    assert not [
        one for one in by_switch(answers).values() if one.verdict in (Verdict.TOLD, Verdict.UNEXPECTED)
    ]


def test_every_key_that_goes_out_is_told_for_masking_and_none_is_kept(specter_server) -> None:
    secrets: list[str] = []
    specter_server.control.switches(account_check_key="any")
    answers = ask(specter_server, on_secret=secrets.append)
    sent = [one["query"].partition("key=")[2].partition("&")[0] for one in specter_server.control.requests()]
    assert len(sent) == len(answers) > 5 and set(sent) <= set(secrets)
    assert {"demo-user-key", "demo-integration-key"} <= set(secrets)
    assert not any(secret in repr(one.asked) for one in answers.values() for secret in secrets)
