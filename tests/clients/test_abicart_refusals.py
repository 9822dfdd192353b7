"""What the shop refuses, and batches of calls."""

from __future__ import annotations

import pytest
from tests.clients.abicart_cases import (
    SMALL_PAGES,
    outline,
)

from abicart_specter.clients.abicart_errors import AbicartRefusedError
from abicart_specter.clients.options import HttpOptions
from abicart_specter.domain.catalogue import ARTICLE_FIELDS
from abicart_specter.errors import (
    ConfigurationError,
    CredentialsError,
)


@pytest.mark.parametrize(
    ("settings", "kind", "words"),
    [
        ({"token": "wrong/+token"}, CredentialsError, "auth token"),
        ({"webshop": 4711}, ConfigurationError, "webshop id"),
        ({"language": "xx"}, ConfigurationError, "language"),
    ],
)
def test_wrong_settings_are_fatal_at_once_and_say_what_to_do(abicart_server, opening, settings, kind, words):
    client = opening.abicart(abicart_server.url, **settings)
    with pytest.raises(kind, match="Remedy") as caught:
        client.count_variants()
    assert words in caught.value.remedy
    assert "abicart_demo" in caught.value.remedy
    assert "wrong" not in str(caught.value)
    assert client.counts.requests == 1


@pytest.mark.parametrize("status", ["200", "by_code"])
def test_plain_http_may_be_refused(abicart_server, opening, status):
    abicart_server.control.switches(secure_connection="required", error_status=status)
    with pytest.raises(ConfigurationError, match="https"):
        opening.abicart(abicart_server.url).count_variants()


@pytest.mark.parametrize("status", ["200", "by_code"])
def test_a_refusal_carries_pointers(abicart_server, opening, status):
    abicart_server.control.switches(error_status=status)
    client = opening.abicart(abicart_server.url)
    with pytest.raises(AbicartRefusedError) as caught:
        client.call("Article.get", [1001, {"nosuch": True}], idempotent=True)
    assert caught.value.code == "-32602"
    assert caught.value.pointers == ("/nosuch",)
    with pytest.raises(AbicartRefusedError, match="-32601"):
        client.call("Nothing.get", [1], idempotent=True)
    assert client.counts.retries == 0


@pytest.mark.parametrize("answer", ["error", "ignored"])
def test_a_field_the_shop_does_not_know_is_left_out_with_a_warning(
    abicart_server, opening, plain_outline, caplog, answer
):
    abicart_server.control.switches(unknown_key=answer)
    client = opening.abicart(abicart_server.url, SMALL_PAGES)
    fields = [*ARTICLE_FIELDS, "nosuch", "neither"]
    articles = [one for page in client.iter_article_pages(fields, required=("uid",)) for one in page]
    assert outline(articles) == plain_outline
    warned = [
        one.getMessage() for one in caplog.records if "does not know the article field" in one.getMessage()
    ]
    if answer == "ignored":
        assert warned == []
        return
    assert len(warned) == 2
    assert "nosuch" in warned[0]
    assert "neither" in warned[1]
    asked = client.counts.requests
    client.get_articles([plain_outline[0][0]], fields)
    assert client.counts.requests == asked + 1


def test_a_field_the_export_cannot_do_without_is_a_fatal_error(abicart_server, opening):
    client = opening.abicart(abicart_server.url)
    pages = client.iter_article_pages(["articleNumber", "nosuch"], required=("nosuch",))
    with pytest.raises(ConfigurationError, match="nosuch"):
        next(pages)
    with pytest.raises(ConfigurationError, match="nosuch"):
        client.get_articles([1], ["nosuch"], required=("nosuch",))


def test_a_batch_answers_each_call_in_its_place(abicart_server, opening):
    client = opening.abicart(abicart_server.url)
    results = client.batch(
        [
            ("Article.count", [{}]),
            ("Article.get", [999_999_999, {"uid": True}]),
            ("Language.list", [True, True]),
            ("Article.nosuch", []),
        ],
        idempotent=True,
    )
    assert results[0] == client.count_articles()
    assert isinstance(results[1], AbicartRefusedError)
    assert results[1].code == "9003"
    assert "sv" in {one["uid"] for one in results[2]}
    assert isinstance(results[3], AbicartRefusedError)
    assert client.counts.requests == 2


@pytest.mark.parametrize(("limit", "sizes"), [("100", [100, 100, 50]), ("20", [100, 50, 25, *[12] * 20, 10])])
def test_a_batch_that_is_too_large_is_halved_and_the_size_kept(abicart_server, opening, limit, sizes):
    abicart_server.control.switches(batch_limit=limit)
    client = opening.abicart(abicart_server.url, HttpOptions(batch_size=100))
    results = client.batch([("Article.count", [{}])] * 250, idempotent=True)
    assert results == [client.count_articles()] * 250
    calls = [len(one["calls"]) for one in abicart_server.control.requests()][:-1]
    assert calls == sizes


def test_writes_in_a_batch_are_counted_one_by_one(abicart_server, opening):
    client = opening.abicart(abicart_server.url)
    uid = abicart_server.control.inspect("Article", limit=1)[0]["uid"]
    calls = [("Article.set", [uid, {"ean": f"735000000000{digit}"}, ["uid", "ean"]]) for digit in range(5)]
    results = client.batch(calls, idempotent=True)
    assert results[-1] == {"uid": uid, "ean": "7350000000004"}
    assert client.counts.writes == abicart_server.control.counters()["writes"] == 5
    assert client.counts.requests == 1
