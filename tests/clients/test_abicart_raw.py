"""The Abicart client against a server that answers what no proper server answers."""

from __future__ import annotations

import json

import pytest
from tests.clients.raw_server import RawServer, Received, http, in_turn

from abicart_specter.clients.abicart_errors import AbicartRefusedError
from abicart_specter.clients.options import HttpOptions
from abicart_specter.errors import (
    CredentialsError,
    RateLimitedError,
    ServerFaultError,
    TransportError,
    UnconfirmedError,
    UnreadableAnswerError,
)

OPTIONS = HttpOptions(connect_timeout=1, read_timeout=1, max_tries=3, batch_size=4)


def answering(result_of, order=lambda answers: answers):
    """A JSON-RPC server whose results come from a function of method and parameters.

    :param order: what becomes of a batch's answers.
    """

    def one(call):
        result = result_of(call["method"], call["params"])
        key = "error" if isinstance(result, dict) and "code" in result else "result"
        return {"jsonrpc": "2.0", "id": call["id"], key: result}

    def script(request: Received):
        asked = request.json()
        answer = order([one(call) for call in asked]) if isinstance(asked, list) else one(asked)
        yield http(json.dumps(answer))

    return script


def test_what_goes_over_the_wire(opening):
    with RawServer(answering(lambda method, params: 7)) as server:
        client = opening.abicart(server.url, OPTIONS, token="a+b/c=")
        assert client.count_articles({"/hidden": False}) == 7
        request = server.received[0]
        assert request.head.startswith(
            "POST /backend/jsonrpc/v1/?webshop=22222&language=sv&auth=a%2Bb%2Fc%3D HTTP/1.1"
        )
        assert request.headers["content-type"] == "application/json"
        assert request.json() == {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "Article.count",
            "params": [{"/hidden": False}],
        }
        assert "a+b" not in request.head
        assert opening.secrets == ["a+b/c=", "a%2Bb%2Fc%3D"]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, {"error": {"code": -32601, "message": "Method not found"}, "id": None}),
        (500, {"error": {"code": 9001, "message": "No"}, "id": 1}),
        (429, {"error": {"code": 9001, "message": "No"}, "id": 1}),
    ],
)
def test_a_body_that_can_be_read_counts_more_than_the_status(opening, status, body):
    with RawServer(in_turn(http(json.dumps(body), status))) as server:
        with pytest.raises(AbicartRefusedError, match=str(body["error"]["code"])):
            opening.abicart(server.url, OPTIONS).call("Foo.get", [1], idempotent=True)
        assert len(server.received) == 1


def test_a_success_may_have_any_status_and_content_type(opening):
    answer = http('{"id":1,"result":3}', 201, headers=["Content-Type: text/plain"])
    with RawServer(in_turn(answer)) as server:
        assert opening.abicart(server.url, OPTIONS).count_articles() == 3


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (http("<html>429</html>", 429, headers=["Retry-After: 2"]), RateLimitedError),
        (http('{"error":"slow down"}', 429), RateLimitedError),
        (http("Service Unavailable", 503, headers=["Retry-After: 2"]), RateLimitedError),
        (http("Bad Gateway", 502), ServerFaultError),
        (http("<html>404</html>", 404), UnreadableAnswerError),
        (http("", 204), UnreadableAnswerError),
        (http("", 301, headers=["Location: http://127.0.0.1:9/?auth=x"]), UnreadableAnswerError),
        (http('{"id":1,"result":NaN}'), UnreadableAnswerError),
        (http('{"id":1,"result":"x"}'), UnreadableAnswerError),
        (http('{"id":1,"result":true}'), UnreadableAnswerError),
        (http('{"id":1,"result":-1}'), UnreadableAnswerError),
        (http("[]"), UnreadableAnswerError),
        (http('{"id":9,"result":1}'), UnreadableAnswerError),
    ],
)
def test_an_answer_of_no_known_form_is_tried_again_and_then_its_own_error(opening, answer, kind):
    with RawServer(in_turn(answer)) as server:
        client = opening.abicart(server.url, OPTIONS)
        with pytest.raises(kind) as caught:
            client.count_articles()
        assert type(caught.value) is kind
        assert len(server.received) == 3


def test_an_answer_to_an_earlier_call_is_not_taken_for_ours(opening):
    with RawServer(in_turn(http('{"id":99,"result":1}'), http('{"id":2,"result":5}'))) as server:
        assert opening.abicart(server.url, OPTIONS).count_articles() == 5


# Batches


def count(client, times: int, **settings):
    return client.batch([("Article.get", [uid, {}]) for uid in range(times)], idempotent=True, **settings)


def test_answers_of_a_batch_may_come_in_any_order_and_with_text_ids(opening):
    def shuffled(answers):
        return [answer | {"id": str(answer["id"])} for answer in reversed(answers)]

    with RawServer(answering(lambda method, params: params[0], shuffled)) as server:
        assert count(opening.abicart(server.url, OPTIONS), 10) == list(range(10))


def test_missing_answers_are_asked_for_again_and_nothing_else(opening):
    with RawServer(
        answering(lambda method, params: params[0], lambda answers: answers[:-1] or answers)
    ) as server:
        client = opening.abicart(server.url, HttpOptions(batch_size=3, max_tries=3))
        assert count(client, 3) == [0, 1, 2]
        assert [len(one.json()) for one in server.received] == [3, 1]


def test_answers_that_stay_away_end_a_read_and_leave_a_write_unconfirmed(opening):
    with RawServer(answering(lambda method, params: params[0], lambda answers: answers[1:])) as server:
        client = opening.abicart(server.url, OPTIONS)
        with pytest.raises(UnreadableAnswerError, match="1 of 1 answers are missing"):
            count(client, 4)
        results = client.batch([("Article.set", [uid, {}]) for uid in range(6)], idempotent=False)
        assert isinstance(results[0], UnconfirmedError)
        assert results[1:4] == [1, 2, 3]
        assert [type(one) for one in results[4:]] == [TransportError, TransportError]
        assert "not sent" in str(results[5])


def test_a_call_that_the_server_failed_at_is_tried_again_alone(opening):
    failing = {2}

    def result_of(method, params):
        if params[0] in failing:
            failing.discard(params[0])
            return {"code": -32603, "message": "Internal error"}
        return params[0]

    with RawServer(answering(result_of)) as server:
        assert count(opening.abicart(server.url, OPTIONS), 4) == [0, 1, 2, 3]
        assert [len(one.json()) for one in server.received] == [4, 1]


@pytest.mark.parametrize(
    "refusal",
    [
        http('{"id":null,"error":{"code":-32600,"message":"Invalid Request"}}'),
        http('{"id":null,"error":{"code":-32700,"message":"Parse error"}}', 400),
        http("<html>Request Entity Too Large</html>", 413),
    ],
)
def test_a_server_that_takes_no_batches_is_asked_one_by_one(opening, refusal):
    def script(request: Received):
        asked = request.json()
        if isinstance(asked, list):
            return [refusal]
        return [http(json.dumps({"id": asked["id"], "result": asked["params"][0]}))]

    with RawServer(script) as server:
        client = opening.abicart(server.url, OPTIONS)
        assert count(client, 6) == list(range(6))
        assert [isinstance(one.json(), list) for one in server.received] == [True, True, *[False] * 6]
        assert count(client, 2) == [0, 1]
        assert client.counts.retries == 0


def test_single_calls_keep_their_own_errors_in_a_batch(opening):
    def result_of(method, params):
        return {"code": 9003, "message": "gone"} if params[0] == 1 else params[0]

    with RawServer(answering(result_of)) as server:
        client = opening.abicart(server.url, HttpOptions(batch_size=1))
        results = count(client, 3)
        assert (results[0], results[2]) == (0, 2)
        assert isinstance(results[1], AbicartRefusedError)


def test_a_batch_refused_for_its_token_is_fatal(opening):
    answer = http('{"id":null,"error":{"code":1004,"message":"Bad auth token"}}')
    with RawServer(in_turn(answer)) as server, pytest.raises(CredentialsError):
        count(opening.abicart(server.url, OPTIONS), 3)


# Articles in other shapes


ARTICLES = [
    {"uid": "1", "articleNumber": "A", "variants": ["11", 12], "price": []},
    {"uid": 2, "articleNumber": "B", "variants": [{"uid": "21", "definedBy": [], "overrides": []}]},
]


def test_variants_that_come_as_uids_are_fetched(opening):
    def result_of(method, params):
        if method == "Article.list":
            return ARTICLES if "filters" not in params[1] else []
        if method == "Article.get":
            return ARTICLES[params[0] - 1]
        if params[0] == 12:
            return {"code": 9003, "message": "Object not found"}
        return {"uid": str(params[0]), "article": 1, "articleNumber": "A-S", "stock": 4}

    with RawServer(answering(result_of)) as server:
        client = opening.abicart(server.url, OPTIONS)
        (page,) = client.iter_article_pages(["articleNumber", "price", "variants"])
        assert page == [
            {
                "uid": 1,
                "articleNumber": "A",
                "price": {},
                "variants": [{"uid": 11, "definedBy": {}, "overrides": {"articleNumber": "A-S", "stock": 4}}],
            },
            {"uid": 2, "articleNumber": "B", "variants": [{"uid": 21, "definedBy": {}, "overrides": {}}]},
        ]
        assert client.get_articles([1, 2], ["articleNumber", "price", "variants"]) == page
        asked = server.received[1].json()
        assert [call["method"] for call in asked] == ["ArticleVariant.get"] * 2
        assert len(server.received) == 5


@pytest.mark.parametrize("result", [None, {}, [1], [{"name": "x"}], "x"])
def test_a_list_of_no_known_form_is_not_read_as_empty(opening, result):
    with (
        RawServer(answering(lambda method, params: result)) as server,
        pytest.raises(UnreadableAnswerError),
    ):
        list(opening.abicart(server.url, OPTIONS).iter_article_pages(["uid"]))


def test_an_object_of_no_known_form_is_named(opening):
    with RawServer(answering(lambda method, params: "x")) as server:
        with pytest.raises(UnreadableAnswerError, match=r"Article\.get: an object was expected") as caught:
            opening.abicart(server.url, OPTIONS).get_articles([1], ["uid"])
        assert caught.value.__context__ is None


FACTS = {
    "uid": "22222",
    "baseCurrency": "sek",
    "priceStoredWithVat": 1,
    "vatSupport": True,
    "vatCountry": "se",
    "defaultLanguage": "SV",
}


def test_facts_may_be_spelled_otherwise(opening):
    with RawServer(answering(lambda method, params: FACTS)) as server:
        facts = opening.abicart(server.url, OPTIONS).webshop()
    assert (facts.webshop_id, facts.base_currency, facts.prices_with_vat) == (22222, "SEK", True)
    assert (facts.vat_country, facts.default_language) == ("SE", "sv")


NO_TEXT, NO_FLAG = (None, "", [], 7, {"sv": "x"}), (None, "", [], "yes", 2)
NO_FACTS = [
    (name, wrong)
    for name, value in FACTS.items()
    for wrong in (NO_TEXT if isinstance(value, str) and name != "uid" else NO_FLAG)
    if (name, wrong) != ("uid", 2)
]


@pytest.mark.parametrize(("name", "wrong"), NO_FACTS)
def test_no_fact_is_guessed(opening, name, wrong):
    words = "uid" if name == "uid" else f"the shop does not say its {name}"
    with (
        RawServer(answering(lambda method, params: FACTS | {name: wrong})) as server,
        pytest.raises(UnreadableAnswerError, match=words),
    ):
        opening.abicart(server.url, OPTIONS).webshop()
