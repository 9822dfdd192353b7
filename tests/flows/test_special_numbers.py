"""Rule 26: the numbers of freight, fees, discounts, gift cards and rounding are ensured once and never forced."""

from __future__ import annotations

import logging

from harness import demo_settings
from scenes import article_calls, new_article, specter_article, specter_numbers

from abicart_specter.flows.special_numbers import ensure_special_numbers
from abicart_specter.ledger import SpecialState

NUMBERS = {"PRESENTKORT", "RABATT", "AVGIFT", "FRAKT", "POSTFORSKOTT", "AVRUNDNING"}


def ensure(export) -> dict[str, str]:
    ctx = export.context()
    ctx.begin()
    return ensure_special_numbers(ctx)


def test_they_are_created_once_and_without_force(small, specter_server) -> None:
    assert ensure(small) == dict.fromkeys(NUMBERS, SpecialState.CREATED)
    (call,) = article_calls(specter_server)
    assert not call.force
    assert set(call.numbers) == NUMBERS == specter_numbers(specter_server)
    assert not any("noItemsInStock" in row for row in call.rows)
    assert ensure(small) == dict.fromkeys(NUMBERS, SpecialState.CREATED)
    assert len(article_calls(specter_server)) == 1


def test_one_that_specter_has_is_left_as_it_is(small, specter_server) -> None:
    new_article(specter_server, "FRAKT", name="Vår egen frakt", price="49", vat_percent="12")
    ensure(small)
    article = specter_article(specter_server, "FRAKT")
    assert (article["name"], article["price"], article["vat_percent"]) == ("Vår egen frakt", "49", "12")


def test_a_refused_one_is_not_confirmed_and_said_so_and_the_others_are_created(
    small, specter_server, caplog
) -> None:
    specter_server.control.switches(refused_numbers=["RABATT"])
    states = ensure(small)
    assert {number for number, state in states.items() if state == SpecialState.NOT_CONFIRMED} == {"RABATT"}
    assert specter_numbers(specter_server) == NUMBERS - {"RABATT"}
    warnings = [one.getMessage() for one in caplog.records if one.levelno == logging.WARNING]
    assert [words for words in warnings if "RABATT" in words and "by hand" in words]
    kept = small.ledger.special_numbers("demo")["RABATT"]
    assert kept.state is SpecialState.NOT_CONFIRMED
    assert "Artikelnumret är inte tillåtet" in kept.words
    calls = len(article_calls(specter_server))
    assert ensure(small)["RABATT"] == SpecialState.NOT_CONFIRMED
    assert len(article_calls(specter_server)) == calls


def test_where_creating_is_not_allowed_none_is_confirmed(small, specter_server, caplog) -> None:
    small.settings = demo_settings(product_numbers__special__create=False)
    assert ensure(small) == dict.fromkeys(NUMBERS, SpecialState.NOT_CONFIRMED)
    assert specter_server.control.counters()["requests"] == 0
    assert all(f"product number {number} " in caplog.text for number in NUMBERS)
    small.settings = demo_settings()
    assert ensure(small) == dict.fromkeys(NUMBERS, SpecialState.CREATED)


def test_only_those_of_the_settings(small, specter_server) -> None:
    small.settings = demo_settings(
        product_numbers__special__delivery="PORTO-1", product_numbers__special__cash_on_delivery=None
    )
    ensure(small)
    assert specter_numbers(specter_server) == NUMBERS - {"FRAKT", "POSTFORSKOTT"} | {"PORTO-1"}
    small.settings = demo_settings(product_numbers__special__delivery="PORTO-2")
    ensure(small)
    # Only the new ones are asked for: one that was set anew, and one that the settings had left out.
    assert set(article_calls(specter_server)[-1].numbers) == {"PORTO-2", "POSTFORSKOTT"}
