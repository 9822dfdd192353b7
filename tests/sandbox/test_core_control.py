"""The control interface: reset, switches, modes, counters, the request log, the clock."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import requests

from shop_sandbox.core.errors import UsageError


def test_switches_are_validated_and_all_or_nothing(specter) -> None:
    control = specter.control
    for wrong in (
        {"row_end": "crlf", "no_such": "x"},
        {"row_end": "crlf", "header_row": "maybe"},
        {"row_end": "crlf", "response_limit": -1},
        {"row_end": "crlf", "response_limit": "many"},
        {"row_end": "crlf", "refused_numbers": "A-1"},
        {"row_end": "crlf", "xml_root": ""},
    ):
        with pytest.raises(UsageError, match="switch"):
            control.switches(**wrong)
    assert control.switches()["row_end"] == "cr"
    assert control.switches(header_row=False, response_limit="9")["header_row"] == "off"
    assert control.switches()["response_limit"] == 9


def test_every_switch_is_described_and_its_default_is_a_choice(specter) -> None:
    described = specter.control.known_switches()
    assert len(described) > 50 and len({one["name"] for one in described}) == len(described)
    for one in described:
        assert one["help"]
        if one["choices"]:
            assert one["default"] in one["choices"] and len(one["choices"]) > 1


def test_reset_brings_back_the_start(specter) -> None:
    control = specter.control
    control.switches(row_end="lf")
    control.fault("html_500", action="newOrderSubmit")
    control.latency(request_ms=1)
    control.advance_clock(3600)
    specter.call.article("A-1")
    control.reset()
    assert control.switches()["row_end"] == "cr" and control.faults() == []
    assert control.latency() == {"request_ms": 0.0, "article_call_ms": 0.0, "actions_ms": {}}
    assert specter.numbers() == [] and control.counters()["requests"] == 0 and control.requests() == []
    now = datetime.fromisoformat(control.advance_clock(0))
    assert abs((now - datetime.now(UTC)).total_seconds()) < 600
    with pytest.raises(UsageError, match="reset takes"):
        control.reset(items=3)


def test_seed_leaves_switches_and_counters(specter) -> None:
    specter.control.switches(row_end="lf")
    specter.call.article("A-1")
    specter.control.seed(articles=2)
    assert specter.numbers() == ["SP-000001", "SP-000002"]
    assert specter.control.switches()["row_end"] == "lf" and specter.control.counters()["requests"] == 1


def test_counters_equal_what_was_sent(specter) -> None:
    rows = [{"articleNo": f"A-{index}", "name": "x"} for index in range(5)]
    specter.call.articles(*rows)
    specter.call.articles(*rows[:2])
    specter.call.articles({"articleNo": "B 1", "name": "x"})
    specter.call.customer()
    specter.call.get("getArticleExternalNeedUpdate", "b1")
    specter.call.get("updateArticlesFromBatch", "b1")
    requests.get(f"{specter.call.url}/getInfo.asp?action=what", timeout=10)
    counters = specter.control.counters()
    sent = specter.control.requests()
    assert counters == {
        "requests": 7,
        "connections": 2,
        "refused": 0,
        "handled": 7,
        "writes": 5,
        "article_rows": 8,
        "bytes_received": sum(len(one["query"]) + len(one["body"]) for one in sent),
        "calls": {
            "newArticleSubmit": 3,
            "newCustomerSubmit": 1,
            "getArticleExternalNeedUpdate": 1,
            "updateArticlesFromBatch": 1,
            "what": 1,
        },
        "answers": {"200": 7},
        "errors": {"9011": 1, "9008": 1},
        "faults": {},
    }
    specter.control.reset_counters()
    assert specter.control.counters()["calls"] == {}


def test_a_connection_is_counted_once_and_control_connections_never(specter) -> None:
    for number in ("A-1", "A-2", "A-3"):
        specter.call.article(number)
    assert specter.control.counters()["connections"] == 1
    assert {one["connection"] for one in specter.control.requests()} == {
        specter.control.requests()[0]["connection"]
    }
    specter.call.session.close()
    specter.call.article("A-4")
    assert specter.control.counters()["connections"] == 2


def test_requests_are_kept_in_full(specter) -> None:
    specter.call.session.headers["X-Test"] = "å".encode("latin-1")
    specter.call.article("A-1", name="Skål")
    specter.call.article("A-2")
    first = specter.control.requests()[0]
    assert (first["method"], first["path"], first["status"], first["fault"]) == (
        "POST",
        "/putInfo.asp",
        200,
        None,
    )
    assert (
        "name_1=Sk%E5l" in first["body"] and "key=" in first["query"] and ["x-test", "å"] in first["headers"]
    )
    assert first["answer"].startswith("1;1;") and first["calls"] == ["newArticleSubmit"]
    later = specter.control.requests(after=first["number"])
    assert [one["number"] for one in later] == [first["number"] + 1]
    assert specter.control.requests(action="NEWARTICLESUBMIT", limit=1) == [first]
    assert specter.control.requests(action="newOrderSubmit") == []
    specter.control.clear_requests()
    assert specter.control.requests() == []


def test_the_log_keeps_as_many_as_asked_for(specter) -> None:
    specter.control.reset(log_size=2)
    for number in ("A-1", "A-2", "A-3"):
        specter.call.article(number)
    assert [one["body"].split("&")[0] for one in specter.control.requests()] == [
        "articleNo_1=A-2",
        "articleNo_1=A-3",
    ]
    specter.control.reset(log_size=0)
    specter.call.article("A-1")
    assert specter.control.requests() == []
    specter.control.reset(log_size=2000)


def test_what_the_control_interface_does_not_know(specter) -> None:
    for call in (
        lambda: specter.control.inspect("nothing"),
        lambda: specter.control.edit("nothing"),
        lambda: specter.control.mode("wild"),
        lambda: specter.control.latency(request_ms=-1),
        lambda: specter.control.latency(seconds=1),
        lambda: specter.control.latency(actions_ms=5),
        lambda: specter.control.advance_clock("x"),
        lambda: specter.control.save(),
        lambda: specter.control.inspect("articles", limit="x"),
        lambda: specter.control.inspect("articles", account=7),
    ):
        with pytest.raises(UsageError):
            call()
    url = specter.server.url
    assert requests.get(f"{url}/_sandbox/edit", timeout=10).json()["article.change"]
    assert requests.get(f"{url}/_sandbox/inspect", timeout=10).json()["orders"]
    listed = requests.get(f"{url}/_sandbox/", timeout=10).json()
    assert "POST /_sandbox/faults" in listed and "GET /_sandbox/inspect/{what}" in listed
    assert requests.get(f"{url}/_sandbox/modes", timeout=10).json()["mode"] == "strict"
    assert specter.control.health() == {"service": "specter", "mode": "strict", "status": "ok"}
    assert specter.control.counters()["requests"] == 0


def test_modes(specter) -> None:
    control = specter.control
    control.mode("lenient")
    specter.call.key = lambda covered: "wrong"
    assert specter.call.articles({"articleNo": "Å 1"})[0] == "1"
    control.mode("chaos")
    assert control.switches()["xml_root"] == "Response" and control.switches()["key_check"] == "on"
    assert {fault["kind"] for fault in control.faults()} == {"error_99", "slow", "cut", "html_500"}
    control.mode("strict")
    assert control.faults() == [] and control.switches()["xml_root"] == "specterAPI"
    assert specter.numbers() == ["Å 1"]


def test_chaos_is_repeatable(specter) -> None:
    def outcomes() -> list[object]:
        specter.control.reset(mode="chaos", seed={"articles": 3})
        seen: list[object] = []
        for index in range(60):
            specter.control.edit("article.touch", number="SP-000001")
            try:
                seen.append(specter.call.get("getArticleExternalNeedUpdate", f"b{index}"))
            except requests.RequestException as error:
                seen.append(type(error).__name__)
        return seen

    first = outcomes()
    assert len({str(one) for one in first}) >= 4
    assert outcomes() == first
