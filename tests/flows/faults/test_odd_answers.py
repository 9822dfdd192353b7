"""HTTP 200 with an error inside, error triples of every shape, and answers that are neither yes nor no (F37, F35, F30).

Only a plain yes makes a product sent; only a plain no holds it; all else leaves it unconfirmed.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from fault_lab import Lab, all_items, articles
from fault_scene import Scene, settings
from relay import Passing, relay_to

from abicart_specter.clients.options import HttpOptions
from abicart_specter.errors import (
    CatalogueChangedError,
    CredentialsError,
    FatalError,
    IncompleteRunError,
    RefusedError,
    RetriableError,
    UnconfirmedError,
)

ITEMS = 20
FEW = 6
WRITES, QUEUE, LIST = "newArticleSubmit", "getArticleInfoExternalNeedUpdate", "Article.list"


def xml(inner: str) -> bytes:
    return f'<?xml version="1.0" encoding="ISO-8859-1"?><svar>{inner}</svar>'.encode("latin-1")


def counts(lab: Lab) -> dict[str, int]:
    return dict(Counter(outcome for outcome, _ in lab.outcomes("run").values()))


YES = [
    b"1;4711;OK",
    b"1;;",
    b" 1;12;a;b;c\r\n",
    b"\xef\xbb\xbf1;1;\xc5\xc4\xd6",
    xml("<APIresponse><result>1</result><code>7</code><message>OK</message></APIresponse>"),
    xml("<apiresponse><RESULT>1</RESULT></apiresponse>"),
    # The object numbered 99, whatever the words quote.
    xml("<APIresponse><result>1</result><code>99</code><message>'b1'</message></APIresponse>"),
]
NO = [
    b"0;9007;Priset \xe4r inte ett tal",
    b"0;99;Batchen 'annan' \xe4r inte avslutad",
    b"0;;",
    b"-1;5;nej",
    b"2;0;inte nu",
    xml("<APIresponse><result>0</result><code>12</code><message>Nej; aldrig</message></APIresponse>"),
]
NEITHER = [
    # No batch is open for a write, so that 99 alone says nothing about it.
    xml("<APIresponse><code>99</code><message>'b1'</message></APIresponse>"),
    b"",
    b"OK",
    b"1",
    b"1;5",
    b"true;1;OK",
    b"<html><body>Service Unavailable</body></html>",
    b"<svar><APIresponse><result>1</result>",
    xml("<ok/>"),
    xml("<APIresponse><result></result></APIresponse>"),
    b'{"result": 1}',
    b"\xff\xfe1\x00;\x001\x00;\x00",
]


def shown(answer: Any) -> str:
    return ascii(answer)[:60]


def export_with_answers(scene: Scene, new_lab, answer: bytes, items: int = FEW) -> tuple[Lab, Any]:
    """Every write of products is answered so, by somebody before Specter; the special numbers go through."""
    scene.set(items=items, faults=0, poison=False, known=False)

    def after(passing: Passing) -> None:
        if passing.action == WRITES and passing.nth > 1:
            passing.answer = answer

    with relay_to(scene.specter.url, after=after) as relay:
        lab = new_lab(specter_url=relay.url)
        return lab, lab.airflow("run", tries=1)


@pytest.mark.parametrize("answer", YES, ids=shown)
def test_a_plain_yes(scene: Scene, new_lab, answer: bytes) -> None:
    lab, ran = export_with_answers(scene, new_lab, answer)
    assert ran.green
    assert counts(lab) == {"sent": FEW}


@pytest.mark.parametrize("answer", NO, ids=shown)
def test_a_plain_no_holds_with_specters_words(scene: Scene, new_lab, answer: bytes) -> None:
    lab, ran = export_with_answers(scene, new_lab, answer, ITEMS)
    # Refusing every product of a shop is the account's doing, not the products': held, and red.
    assert isinstance(ran.errors["report"], IncompleteRunError)
    assert counts(lab) == {"held": ITEMS}
    assert {rule for _, rule in lab.outcomes("run").values()} == {"refused_by_specter"}
    assert sum(rule == "refused_by_specter" for _, rule in lab.flags("run")) == ITEMS


@pytest.mark.parametrize("answer", NEITHER, ids=shown)
def test_neither_yes_nor_no_is_unconfirmed(scene: Scene, new_lab, answer: bytes) -> None:
    lab, ran = export_with_answers(scene, new_lab, answer)
    assert isinstance(ran.errors["send_products 1"], UnconfirmedError)
    assert counts(lab) == {"unconfirmed": FEW}
    lab.specter_url = scene.specter.url
    assert lab.airflow("run").green
    assert counts(lab) == {"sent": FEW}


def export_with_queue(scene: Scene, new_lab, answer: bytes) -> tuple[Lab, Any]:
    """Every read of the article-info queue is answered so."""
    scene.set(items=ITEMS, faults=0, poison=False)

    def after(passing: Passing) -> None:
        if passing.action == QUEUE:
            passing.answer = answer

    with relay_to(scene.specter.url, after=after) as relay:
        lab = new_lab(settings=settings(), specter_url=relay.url)
        return lab, lab.airflow("run", tries=2)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"0;9001;Nyckeln st\xe4mmer inte", RefusedError),
        (b"0;99;utan id", RefusedError),
        (
            xml("<APIresponse><result>0</result><code>9001</code><message>Nej</message></APIresponse>"),
            RefusedError,
        ),
        (xml("<articles/><APIresponse><result>0</result><code>5</code></APIresponse>"), RefusedError),
        (b"OK", RetriableError),
        (b"<html><body>Fel</body></html>", RetriableError),
        (b"<svar><articles><article>", RetriableError),
        (b"a;b", RetriableError),
    ],
    ids=shown,
)
def test_an_error_from_the_queue_is_no_empty_queue(
    scene: Scene, new_lab, answer: bytes, error: type[Exception]
) -> None:
    """Specter's values are not known, so nothing is written over them."""
    lab, ran = export_with_queue(scene, new_lab, answer)
    assert isinstance(ran.errors["drain_article_info"], error)
    assert scene.article_calls() == 0
    assert lab.outcomes("run") == {}
    # Nothing was acknowledged: the batch waits until it can be read.
    assert "updateArticleInfosFromBatch" not in scene.specter.control.counters()["calls"]
    lab.specter_url = scene.specter.url
    assert lab.airflow("run").green
    assert articles(scene.specter.control)[scene.known[0]]["price"] == "100.55"


def fault(code: int, data: Any = None) -> dict[str, Any]:
    return {"error": {"code": code, "message": "Fel", **({} if data is None else {"data": data})}}


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (fault(-32603), RetriableError),
        (fault(-32000), RetriableError),
        (fault(-32099), RetriableError),
        (fault(1004), CredentialsError),
        (fault(1006), CredentialsError),
        (fault(1002), FatalError),
        (fault(-32602, [{"message": "nej", "pointer": "/1/sort"}]), RefusedError),
        (fault(9001, "nej"), RefusedError),
        ({"error": {"message": "ingen kod"}}, RetriableError),
        ({"error": "text"}, RetriableError),
        ({"result": None}, RetriableError),
        ({"result": {}}, RetriableError),
        ({"result": [None]}, RetriableError),
        ({"result": [{"articleNumber": "utan uid"}]}, RetriableError),
        ({}, RetriableError),
        ({"id": 99999, "result": []}, RetriableError),
    ],
    ids=shown,
)
def test_a_page_that_is_an_error_ends_the_reading_not_the_list(
    scene: Scene, new_lab, body: dict[str, Any], error: type[Exception]
) -> None:
    """HTTP says 200. What cannot be mended by asking again is not asked again."""
    scene.set(items=ITEMS, faults=0, poison=False, known=False)

    def after(passing: Passing) -> None:
        if passing.action == LIST and passing.nth >= 2:
            passing.answer = json.dumps(
                {"jsonrpc": "2.0", "id": json.loads(passing.body)["id"]} | body
            ).encode()

    with relay_to(scene.abicart.url, after=after) as relay:
        lab = new_lab(abicart_url=relay.url, options=quick_options())
        ran = lab.airflow("run", tries=2)
    assert isinstance(ran.errors["read_catalogue"], error)
    assert not isinstance(ran.errors["read_catalogue"], CatalogueChangedError)
    assert bool(ran.retried) == (not issubclass(error, FatalError))
    assert lab.outcomes("run") == {}
    assert scene.article_calls() == 1  # the special numbers


def quick_options() -> HttpOptions:
    return HttpOptions(
        connect_timeout=2.0, read_timeout=5.0, max_tries=2, base_wait=0.0, max_wait=0.0, page_size=5
    )


def test_a_token_that_is_revoked_in_the_middle_is_fatal_at_once(scene: Scene, new_lab) -> None:
    scene.set(items=ITEMS, faults=0, poison=False, known=False)

    def before(passing: Passing) -> None:
        if passing.action == LIST and passing.nth == 2:
            scene.abicart.control.edit("revoke_token", token="demo-token-1")

    with relay_to(scene.abicart.url, before=before) as relay:
        lab = new_lab(abicart_url=relay.url, options=quick_options())
        ran = lab.airflow("run")
        assert isinstance(ran.errors["read_catalogue"], CredentialsError)
        assert "abicart_demo" in str(ran.errors["read_catalogue"])
        assert ran.retried == []
        scene.abicart.control.edit("add_token", token="demo-token-1")
        assert lab.airflow("run").green


@pytest.mark.parametrize("quantity", ["beside", "repeated", "none"])
def test_packages_are_held_however_they_are_told(scene: Scene, new_lab, quantity: str) -> None:
    scene.set(items=60, faults=2, abicart_switches={"package_quantity": quantity})
    packages = [item for item in all_items(scene.abicart.control) if item["is_package"]]
    assert packages
    lab = new_lab(settings=settings())
    assert lab.airflow("run").green
    outcomes = lab.outcomes("run")
    assert {outcomes[f"article {item['uid']}"] for item in packages} == {("held", "package")}
    assert not {item["product_number"] for item in packages} & set(articles(scene.specter.control))
    # Their parts are products like any other.
    parts = {part["uid"] for part in scene_parts(scene, packages)}
    assert any(outcomes.get(f"article {uid}", ("", ""))[0] == "sent" for uid in parts)


def scene_parts(scene: Scene, packages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for item in packages:
        article = scene.abicart.control.inspect("Article", uid=item["uid"])
        found += [
            part.get("article", part) if isinstance(part, dict) else part for part in article["content"]
        ]
    return [part if isinstance(part, dict) else {"uid": part} for part in found]
