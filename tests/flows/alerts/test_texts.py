"""Every cause has its texts in both languages, with a remedy, right forms and nothing left unfilled."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import UTC, datetime

import pytest

from abicart_specter.flows.alerts.answered import APPROVED, COUNTED_AS_NO, COUNTED_AS_YES, REFUSED
from abicart_specter.flows.alerts.causes import CAUSES, OTHER, cause_of
from abicart_specter.flows.alerts.digest import digest
from abicart_specter.flows.alerts.text_form import Text
from abicart_specter.flows.alerts.texts import LANGUAGES, count, moment, section
from abicart_specter.ledger.alerts.records import Message, Said
from abicart_specter.settings.alerts import AlertSettings

AT = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)
WHEN = AT.isoformat()
ORDERS = {"orders": 3, "total": 3, "numbers": ["10023", "10024", "10025"], "rules": {"email_missing": 3}}
FACTS = {
    "ledger": {"remedy": "Restore it."},
    "an order is in specter twice: 812345": {"first": "812345", "others": ["812346"]},
    "orders are unconfirmed": ORDERS,
    "orders_unsent": ORDERS | {"minutes": 30},
    "orders_late": {"scanned_to": WHEN, "paused": True},
    "specter does not answer": {},
    "abicart does not answer": {},
    "orders_held": ORDERS | {"new": 2},
    "question_waiting:price": {"part": "price", "products": 412, "until": WHEN, "without_answer": "refuse"},
    "question_waiting:stock": {"part": "stock", "products": 1, "until": WHEN, "without_answer": "apply"},
    **{
        f"question_waiting:vat {answer}": {
            "part": "vat",
            "products": 3,
            "until": WHEN,
            "without_answer": "apply",
            "answer": answer,
        }
        for answer in (APPROVED, REFUSED, COUNTED_AS_YES, COUNTED_AS_NO)
    },
    **{
        f"import_missed {state}": {"deadline": WHEN, "state": state}
        for state in ("paused", "red", "running", "none")
    },
    "run_red:order_export": {
        "flow": "order_export",
        "run_id": "r",
        "ended": WHEN,
        "tasks": ["report"],
        "more": True,
    },
    "run_red:connection_probe": {"flow": "connection_probe", "run_id": "r", "ended": WHEN, "tasks": []},
    "channel_failing:email": {"channel": "email", "connection": "mail", "failing_since": WHEN},
    "channel_failing:slack": {"channel": "slack", "connection": "slack", "failing_since": WHEN},
    "queue_silent:article_info": {"queue": "article_info", "days_count": 8, "since": WHEN},
    "shop_file:east": {"broken": "east", "problem": "shops/east.yaml, line 3: wrong. Remedy: Correct it."},
    "products_flagged": {
        "products": 1,
        "numbers": ["A 1"],
        "rules": {"number_missing": 1},
        "flow": "product_export",
    },
    "another": {},
}
LANGUAGE = pytest.mark.parametrize("language", ["sv", "en"])


def message(key: str, kind: Said) -> Message:
    cause = key.partition(" ")[0] if key.startswith(("import_missed", "question_waiting")) else key
    return Message(cause, kind.value, "some words", AT, FACTS[key] | {"opened_at": WHEN}, 1)


def test_every_cause_is_tried_here() -> None:
    tried = {cause_of(message(key, Said.OPENED).cause).text for key in FACTS}
    assert tried == {cause.text for cause in CAUSES.values()} | {OTHER.text}


@LANGUAGE
def test_every_cause_has_every_text(language: str) -> None:
    texts = LANGUAGES[language].texts
    assert set(texts) == {cause.text for cause in CAUSES.values()} | {OTHER.text}
    for name, text in texts.items():
        for part in fields(Text):
            assert getattr(text, part.name).strip(), (name, part.name)


@LANGUAGE
@pytest.mark.parametrize("kind", list(Said))
@pytest.mark.parametrize("key", list(FACTS))
def test_nothing_is_left_unfilled(key: str, kind: Said, language: str) -> None:
    told = section(message(key, kind), "demo", language)
    whole = " ".join([told.heading, told.what, *(part for pair in told.rest for part in pair)])
    assert not re.search(r"[{}–]|None|\bTrue\b", whole), whole
    assert "  " not in whole
    assert (len(told.rest) == 3) is (kind is not Said.CLOSED)
    if kind is not Said.OPENED:
        assert moment(AT, LANGUAGES[language]) in told.what
    for _, words in told.rest:
        assert words[0].isupper() or words.startswith("{")
        assert words.rstrip().endswith(".")


def test_every_switch_has_a_cause() -> None:
    switches = {name for name, field in AlertSettings.model_fields.items() if field.annotation is bool}
    assert switches == {cause.switch for cause in CAUSES.values()}


def test_the_languages_have_the_same_words() -> None:
    sv, en = LANGUAGES["sv"], LANGUAGES["en"]
    assert set(sv.words) == set(en.words)
    assert set(sv.flows) == set(en.flows)
    assert set(sv.rules) == set(en.rules)


@pytest.mark.parametrize(
    ("number", "sv", "en"),
    [(0, "0 ordrar", "0 orders"), (1, "1 order", "1 order"), (2, "2 ordrar", "2 orders")],
)
def test_one_and_many(number: int, sv: str, en: str) -> None:
    assert count("orders", number, LANGUAGES["sv"]) == sv
    assert count("orders", number, LANGUAGES["en"]) == en


def test_numbers_and_times_as_people_write_them() -> None:
    assert count("products", 12345, LANGUAGES["sv"]) == "12\u00a0345 produkter"
    assert count("products", 12345, LANGUAGES["en"]) == "12,345 products"
    assert moment(AT, LANGUAGES["sv"]) == "25 november kl. 06.00"
    assert moment(AT, LANGUAGES["en"]) == "25 November, 06:00"
    summer = datetime(2026, 7, 1, 4, 5, tzinfo=UTC)
    assert moment(summer, LANGUAGES["sv"]) == "1 juli kl. 06.05"


def test_the_worst_is_first_and_named_in_the_subject() -> None:
    keys = ["products_flagged", "run_red:order_export", "an order is in specter twice: 812345"]
    told = digest([message(key, Said.OPENED) for key in keys], "demo", "sv")
    assert told.subject == "[demo] LARM: En order finns två gånger i Specter och 2 till"
    places = [told.html.index(words) for words in ("två gånger", "misslyckades", "ses över")]
    assert places == sorted(places)


def test_of_one_cause_only_what_holds_now_is_told() -> None:
    messages = [message("orders_held", kind) for kind in (Said.OPENED, Said.REMINDER, Said.CLOSED)]
    told = digest(messages, "demo", "en")
    assert told.subject == "[demo] OVER: Orders are held and need you"
    assert "REMINDER" not in told.html


def test_a_flood_is_cut_short() -> None:
    flood = [
        Message(f"run_red:f{n}", "opened", "w", AT, {"flow": f"f{n}", "opened_at": WHEN}, n)
        for n in range(300)
    ]
    told = digest(flood, "demo", "sv")
    assert "280 larm till står i loggen" in told.html
    assert len(told.slack) < 30_000


def test_a_message_of_before_there_were_facts_goes_out_all_the_same() -> None:
    old = Message("orders are unconfirmed", "opened", "3 orders wait", AT)
    assert section(old, "demo", "sv").heading
