"""JSON-RPC over HTTP: envelopes, ids, batches, notifications, statuses, paths."""

from __future__ import annotations

import pytest


def request(method="Language.list", params=(True, True), **more):
    return {"jsonrpc": "2.0", "method": method, "params": list(params), **more}


@pytest.mark.parametrize("path", ["/backend/jsonrpc/v1/", "/backend/jsonrpc/v1"])
def test_with_and_without_the_final_slash(shop, path) -> None:
    answer = shop.send(request(id=1), path)
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "application/json-rpc"
    assert answer.json()["result"][0]["uid"] == "da"


def test_other_paths_and_methods(shop) -> None:
    assert shop.send(request(id=1), "/backend/jsonrpc/").status_code == 404
    answer = shop.session.get(f"{shop.url}/backend/jsonrpc/v1/", timeout=10)
    assert answer.status_code == 405 and answer.headers["Allow"] == "POST"


@pytest.mark.parametrize(
    "kind", ["application/json", "application/json-rpc", "text/plain;charset=UTF-8", None]
)
def test_the_request_content_type_does_not_matter(shop, kind) -> None:
    shop.send(request(id=1), headers={"Content-Type": kind})
    assert shop.parsed()["id"] == 1


@pytest.mark.parametrize("identity", [0, 7, "a-å", "", None])
def test_ids_come_back_as_they_were(shop, identity) -> None:
    shop.send(request(id=identity))
    assert shop.parsed()["id"] == identity and "result" in shop.parsed()


@pytest.mark.parametrize("body", [b"", b"{", b"{'a':1}", b"\xff\xfe", b'{"a":NaN}', b"[1,]", b"[" * 100_000])
def test_no_json(shop, body) -> None:
    shop.send(body)
    assert shop.parsed() == {
        "jsonrpc": "2.0",
        "id": None,
        "error": {"code": -32700, "message": "Parse error"},
    }
    assert shop.last.status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        "1",
        '"x"',
        "null",
        "{}",
        "[]",
        '{"jsonrpc":"1.0","id":1,"method":"Language.list"}',
        '{"id":1,"method":"Language.list"}',
        '{"jsonrpc":"2.0","id":1}',
        '{"jsonrpc":"2.0","id":1,"method":5}',
        '{"jsonrpc":"2.0","id":{},"method":"Language.list"}',
        '{"jsonrpc":"2.0","id":true,"method":"Language.list"}',
        '{"jsonrpc":"2.0","id":123456789012345678901234567890,"method":"Language.list"}',
    ],
)
def test_no_request_object(shop, body) -> None:
    shop.send(body)
    assert shop.parsed() == {
        "jsonrpc": "2.0",
        "id": None,
        "error": {"code": -32600, "message": "Invalid Request"},
    }


def test_unknown_class_and_unknown_method(shop) -> None:
    shop.send(request("Foo.get", id=5))
    error = {"code": -32601, "message": "Method not found: No API for Foo"}
    assert shop.parsed() == {"jsonrpc": "2.0", "id": None, "error": error}
    shop.switch(unknown_class_id="echo")
    shop.send(request("Foo.get", id=5))
    assert shop.parsed()["id"] == 5
    for name in ("dummy", "delete", "List"):
        failure = shop.fails(f"Article.{name}", 1)
        assert (failure.code, failure.message) == (-32601, f"Method not found: {name}")
    assert shop.fails("article.list").code == -32601


def test_parameters_are_positional(shop) -> None:
    shop.send({"jsonrpc": "2.0", "id": 1, "method": "Article.list", "params": {"query": True}})
    assert shop.parsed()["error"]["code"] == -32602
    failure = shop.fails("Article.get")
    assert failure.code == -32602 and failure.data == "Parameter 1 is missing"


def test_missing_and_null_parameters_are_none(shop) -> None:
    for extra in ({}, {"params": None}, {"params": []}):
        shop.send({"jsonrpc": "2.0", "id": 1, "method": "Language.list", **extra})
        assert len(shop.parsed()["result"]) == 6


def test_notifications(shop) -> None:
    uid = shop.article(articleNumber="A-1")
    answer = shop.send(request("Article.set", [uid, {"articleNumber": "A-2"}]))
    assert (answer.status_code, answer.content) == (204, b"")
    assert shop("Article.get", uid, "articleNumber") == {"articleNumber": "A-2"}
    shop.send([request("Article.set", [uid, {"articleNumber": "A-3"}]), request("Nothing.at", [])])
    assert shop.parsed() == []
    assert shop("Article.get", uid, "articleNumber") == {"articleNumber": "A-3"}


def test_batch_elements_succeed_or_fail_alone_and_in_order(shop) -> None:
    shop.send(
        [
            request("Article.create", [{"name": {"sv": "En"}}, ["uid"]], id="a"),
            request("Article.get", [999], id="b"),
            3,
            request("Language.get", ["sv", "uid"]),
            request("Article.count", [], id=None),
            request("Article.list", ["name"], id="c"),
        ]
    )
    answers = shop.parsed()
    assert [one["id"] for one in answers] == ["a", "b", None, None, "c"]
    assert [one.get("error", {}).get("code") for one in answers] == [None, 9003, -32600, None, None]
    assert answers[3]["result"] == 1 and answers[4]["result"] == [{"name": {"sv": "En"}}]


@pytest.mark.parametrize(("stands", "most"), [("100", 100), ("20", 20)])
def test_batch_limit(shop, stands, most) -> None:
    shop.switch(batch_limit=stands)
    assert len(shop.batch(*[("Language.count", [])] * most)) == most
    refused = shop.batch(*[("Language.count", [])] * (most + 1))
    assert refused["error"]["code"] == -32600 and refused["id"] is None


def test_status_by_code(shop) -> None:
    shop.switch(error_status="by_code")
    for method, params, status in (
        ("Language.list", [], 200),
        ("Article.dummy", [], 404),
        ("Article.get", [99], 404),
        ("Article.get", [], 400),
    ):
        shop.send(request(method, params, id=1))
        assert shop.last.status_code == status, method
    assert shop.send("{").status_code == 400
    shop.batch(("Article.dummy", []))
    assert shop.last.status_code == 200
    shop.context["auth"] = "wrong"
    assert shop.send(request(id=1)).status_code == 401


@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
def test_answer_content_type(shop, kind) -> None:
    shop.switch(content_type=kind)
    assert shop.send(request(id=1)).headers["Content-Type"] == kind


def test_text_is_utf8_and_amounts_keep_their_digits(shop) -> None:
    body = (
        '{"jsonrpc":"2.0","id":1,"method":"Article.create","params":[{"name":{"sv":"Blå ”é” ☕"},'
        '"price":{"regular":{"SEK":1234567.10}},"weight":0.1},["name","price","weight"]]}'
    )
    shop.send(body)
    assert "Blå ”é” ☕".encode() in shop.last.content
    assert b'"SEK":1234567.1}' in shop.last.content and b'"weight":0.1' in shop.last.content


def test_counters_name_calls_and_writes(shop) -> None:
    shop.control.reset_counters()
    uid = shop.article()
    shop.batch(("Article.get", [uid]), ("Article.get", [1]), ("ArticleVariant.count", []))
    counters = shop.control.counters()
    assert counters["requests"] == 2
    assert counters["calls"] == {"Article.create": 1, "Article.get": 2, "ArticleVariant.count": 1}
    assert counters["errors"] == {"9003": 1}
    assert counters["writes"] == 1


def test_own_faults_answer_every_call_with_the_error(shop) -> None:
    shop.control.fault("rpc_internal")
    assert shop.fails("Language.count").code == -32603
    shop.control.fault("rpc_server", action="Article.create")
    assert shop("Language.count") == 6
    answers = shop.batch(("Article.create", [{"name": {"sv": "x"}}]), ("Language.count", []))
    assert [(one["id"], one["error"]["code"]) for one in answers] == [(0, -32000), (1, -32000)]
    assert shop("Article.count") == 0


def test_rate_limit(shop) -> None:
    shop.switch(rate_limit=3)
    statuses = [shop.send(request(id=1)).status_code for _ in range(5)]
    assert statuses.count(429) == 2 and statuses[:3] == [200, 200, 200]
    assert shop.last.headers["Retry-After"] == "1"
    shop.control.advance_clock(2)
    assert shop.send(request(id=1)).status_code == 200
