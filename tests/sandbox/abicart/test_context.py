"""Context parameters, tokens, and who may do what."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("context", "code", "message"),
    [
        ({}, 1001, "Webshop missing"),
        ({"webshop": ""}, 1001, "Webshop missing"),
        ({"auth": "demo-token-1"}, 1001, "Webshop missing"),
        ({"webshop": "1"}, 1002, "Invalid webshop"),
        ({"webshop": "abc"}, 1002, "Invalid webshop"),
        ({"webshop": "022222"}, 1002, "Invalid webshop"),
        ({"webshop": "22222", "language": "xx"}, 1003, "Invalid language"),
        ({"webshop": "22222", "language": "SV"}, 1003, "Invalid language"),
        ({"webshop": "22222", "language": "swe"}, 1003, "Invalid language"),
        ({"webshop": "22222", "auth": "wrong"}, 1004, "Bad auth token"),
        ({"webshop": "22222", "auth": "demo-token-1 "}, 1004, "Bad auth token"),
        ({"webshop": "22222", "session": "s1"}, 1005, "Bad session token"),
    ],
)
def test_wrong_context(shop, context, code, message) -> None:
    shop.context = context
    failure = shop.fails("Article.list", "uid")
    assert (failure.code, failure.message, failure.data) == (code, message, None)


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("ArticleVariant.list", ["uid"]),
        ("ArticleVariant.count", []),
        ("Order.list", ["uid"]),
        ("Order.get", [1]),
        ("OrderItem.get", [1]),
        ("Customer.list", []),
        ("Payment.get", [1]),
        ("Shipment.list", []),
        ("Article.set", [1, {}]),
        ("Article.create", [{}]),
        ("Article.validate", [None, {}]),
        ("Webshop.get", [22222, "created"]),
        ("Article.list", ["uid", {"filters": {"/nothing": 1}, "sort": "uid"}]),
    ],
)
def test_what_needs_a_token(shop, method, params) -> None:
    expected = -32602 if method == "Article.list" else 1006
    assert shop.anonymous().fails(method, *params).code == expected


def test_a_persistent_token_may_not_manage_tokens(shop) -> None:
    for method in ("AuthToken.list", "AuthToken.create", "AuthToken.get"):
        assert shop.fails(method).code == 1006


def test_public_reading(shop) -> None:
    shown = shop.article(articleNumber="S-1")
    hidden, draft = shop.article(hidden=True), shop.article(draft=True)
    public = shop.anonymous()
    assert [one["uid"] for one in public("Article.list", "uid")] == [shown]
    assert public("Article.count") == 1 and shop("Article.count") == 3
    assert public("Article.count", {"/articleNumber": "S-1"}) == 1
    assert public("Article.count", {"/uid": {"in": [shown, hidden, draft]}}) == 1
    assert public.fails("Article.get", hidden).code == 9003
    assert public("Webshop.get", 22222, "baseCurrency") == {"baseCurrency": "SEK"}
    assert "created" not in public("Webshop.get", 22222)
    public.context = {}
    assert public("Webshop.get", "22222", "uid") == {"uid": 22222}


def test_stock_numbers_without_a_token(shop) -> None:
    uid = shop.article(stock={"useStock": True, "stock": 3})
    message = {"sv": "I lager: 3"}
    assert shop("Article.get", uid, "stock")["stock"] == {"useStock": True, "stock": 3, "message": message}
    public = shop.anonymous()
    assert public("Article.get", uid, "stock")["stock"] == {"useStock": True, "message": message}
    shop.switch(anonymous_stock="visible")
    assert public("Article.get", uid, "stock")["stock"]["stock"] == 3


def test_cookies_count_but_the_query_string_wins(shop) -> None:
    shop.context = {}
    body = {"jsonrpc": "2.0", "id": 1, "method": "Context.get", "params": [True]}
    cookies = {"webshop": "22222", "auth": "demo-token-1", "language": "en"}
    shop.send(body, cookies=cookies)
    assert shop.parsed()["result"] == {
        "webshop": 22222,
        "language": "en",
        "auth": "demo-token-1",
        "session": None,
    }
    shop.context = {"language": "sv", "auth": "wrong"}
    shop.send(body, cookies=cookies)
    assert shop.parsed()["error"]["code"] == 1004


def test_tokens_come_and_go_and_need_percent_encoding(shop) -> None:
    shop.control.edit("add_token", token="ab+c/d==")
    shop.context["auth"] = "ab+c/d=="
    assert shop("Order.count") == 0
    plain = f"{shop.url}/backend/jsonrpc/v1/?webshop=22222&auth=ab+c/d=="
    answer = shop.session.post(plain, '{"jsonrpc":"2.0","id":1,"method":"Order.count"}', timeout=10)
    assert answer.json()["error"]["code"] == 1004
    shop.control.edit("revoke_token", token="ab+c/d==")
    assert shop.fails("Order.count").code == 1004


def test_sessions_and_parameters_of_others(shop) -> None:
    shop.control.edit("add_session", token="abc123")
    shop.context |= {"session": "abc123", "vat_country": "SE", "language": "en"}
    assert shop("Context.get", True)["session"] == "abc123"
    assert shop.fails("Context.set", {}).code == -32601


def test_secure_connection_required(shop) -> None:
    shop.switch(secure_connection="required")
    assert shop.fails("Order.count").code == 1007
    assert shop.fails("Article.list", "uid").code == 1007
    assert shop.anonymous()("Article.list", "uid") == []


def test_another_shop_and_token_by_seed(shop) -> None:
    shop.control.seed(items=1, webshop=33333, token="t-2")
    assert shop.fails("Article.count").code == 1002
    shop.context = {"webshop": "33333", "auth": "t-2"}
    assert shop("Article.count") == 1 and shop("Webshop.get", 33333, "uid") == {"uid": 33333}
