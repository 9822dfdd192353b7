"""The report as a person reads it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from abicart_specter.domain.probe.records import Answer, Finding, SystemProbe, Verdict
from abicart_specter.domain.probe.report import doubts, markdown, meanings, rows, summary, unanswered
from abicart_specter.domain.probe.troubles import no_answer, refused_outright

NOW = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
FINDINGS = (
    Finding("1", "error_status", Verdict.TOLD, "200", "It came with 200.", ("unknown_method",)),
    Finding("16", "package_rows", Verdict.NOT_TOLD, None, "No package was sold."),
    Finding("18", "status_words", Verdict.UNEXPECTED, None, "Orders came as a|b."),
    Finding("21", "set_nested", Verdict.NOT_ASKED, None, "Only a write would tell."),
)


def probe(*answers: Answer) -> SystemProbe:
    return SystemProbe("abicart", "https://shop.textalk.se", FINDINGS, answers)


def answer(body: bytes = b"{}", status: int = 200, problem: str = "") -> Answer:
    return Answer("webshop", "Webshop.get", {}, status, {}, body, problem)


def test_what_was_unexpected_comes_first_with_what_to_do() -> None:
    text = markdown("myshop", NOW, [probe(answer())], [])
    places = [
        text.index(part)
        for part in ("### Unexpected: 1", "### Open: 1", "### Settled: 1", "### Not asked: 1")
    ]
    assert places == sorted(places)
    assert "Send probe.json" in text[places[0] : places[1]]
    assert "| 18 | Words for the state of orders |  | Orders came as a\\|b. |" in text
    assert "| 1 | HTTP status of an answer that is an error | 200 | It came with 200. |" in text
    assert "2026-03-04 05:06 UTC" in text
    assert "4 questions: 1 unexpected, 1 open, 1 settled, 1 not asked." in summary(probe())


def test_troubles_and_lost_answers_are_named() -> None:
    text = markdown(
        "myshop", NOW, [probe(answer(), answer(b"", 0, "no answer for 60 s"))], ["Specter did not answer."]
    )
    assert "- **Specter did not answer.**" in text
    assert "- webshop: no answer for 60 s" in text


def test_many_lost_for_one_reason_are_one_line() -> None:
    lost = [Answer(f"n{n}", "Webshop.get", {}, 0, {}, b"", "no way" if n else "too slow") for n in range(9)]
    assert unanswered(probe(answer(), *lost)) == ["n0: too slow", "n1, n2, n3 and 5 more: no way"]
    assert unanswered(probe(*lost[1:4])) == ["n1, n2, n3: no way"]


def specter(*answers: Answer) -> SystemProbe:
    return SystemProbe("specter", "https://api.specter.se", (), answers)


def said(name: str, body: str, status: int = 200) -> Answer:
    return Answer(name, "checkAccountSettings", {}, status, {}, body.encode())


YES, NO = "1;1;Ok", "0;4;Felaktig nyckel"
EMPTY, NUMBER = "account_empty", "account_sbm_id"
PAGE = "<html>500</html>"


@pytest.mark.parametrize(
    ("answers", "doubted"),
    [
        ([said(EMPTY, NO), said(NUMBER, NO)], True),
        ([said(EMPTY, PAGE, 500), said(NUMBER, PAGE, 500)], True),
        ([said(EMPTY, NO), said(NUMBER, "", 0)], True),
        ([said(EMPTY, NO), said(NUMBER, YES)], False),
        ([said(EMPTY, NO), said(NUMBER, NO), said("stock", "<specterAPI><stock/></specterAPI>")], False),
        ([said(EMPTY, PAGE, 404), said(NUMBER, PAGE, 404)], False),
        ([said(EMPTY, "", 0), said(NUMBER, "", 0)], False),
        ([], False),
    ],
)
def test_keys_that_may_be_wrong_are_said_at_the_top(answers: list[Answer], doubted: bool) -> None:
    words = "the connection specter_myshop with the button in the list of connections"
    text = markdown("myshop", NOW, [probe(answer()), specter(*answers)], [])
    assert (words in text) is doubted
    assert len(doubts("myshop", [probe(answer()), specter(*answers)])) == doubted
    assert text.partition(words)[0].count("questions:") == (0 if doubted else 2), "before all else"


def test_every_question_says_what_it_is_about() -> None:
    for system in ("abicart", "specter"):
        assert all(words.strip() for words in meanings(system).values())
        assert all(not words.endswith(".") for words in meanings(system).values())
    assert [row.meaning for row in rows(probe())][2] == "HTTP status of an answer that is an error"


def test_whether_a_system_answered_at_all() -> None:
    assert no_answer(probe()) == "nothing was asked"
    assert no_answer(probe(answer(b"", 0, "no connection could be made"))) == "no connection could be made"
    assert no_answer(probe(answer(b"", 0, "x"), answer())) == ""


def test_whether_it_refused_everything() -> None:
    refused = answer(b'{"error": {"code": 1004}}')
    assert (
        refused_outright(probe(refused, refused, answer(b"<")))
        == "it does not accept the auth token (code 1004)"
    )
    assert refused_outright(probe(refused, answer(), answer())) == ""
    assert refused_outright(probe(answer(b'{"error": {"code": -32601}}'))) == ""
