"""The answers under which an export ends otherwise than by default: exactly so, and with words that help."""

from __future__ import annotations

import pytest
from fault_lab import all_items, articles
from fault_scene import REFUSED, Scene, settings

from abicart_specter.errors import ConfigurationError, RefusedError, UnconfirmedError


def held_as_refused(outcomes: dict[str, tuple[str, str]]) -> set[str]:
    return {key for key, outcome in outcomes.items() if outcome == ("held", REFUSED)}


def in_shop(scene: Scene) -> dict[str, dict]:
    return {f"{item['kind']} {item['uid']}": item for item in all_items(scene.abicart.control)}


def test_a_shop_that_wants_https_is_told_apart_at_once(scene: Scene, new_lab) -> None:
    scene.set(abicart_switches={"secure_connection": "required"})
    lab = new_lab(settings=settings())
    ran = lab.airflow("run")
    assert isinstance(ran.errors["check_shop"], ConfigurationError)
    assert "schema of connection abicart_demo to https" in str(ran.errors["check_shop"])
    assert "was not read to its end" in str(ran.errors["report"])
    assert "red tasks above" in str(ran.errors["report"])
    assert ran.retried == []
    assert scene.specter.control.counters()["requests"] == 0


def test_an_empty_queue_that_looks_like_an_error_stops_before_any_write(scene: Scene, new_lab) -> None:
    """Codes other than 99 are not public, so this might be any error. Nothing may be overwritten unread (rule 24)."""
    scene.set(specter_switches={"empty_read": "error_triple"})
    before = articles(scene.specter.control)
    lab = new_lab(settings=settings())
    ran = lab.airflow("run")
    assert isinstance(ran.errors["drain_article_info"], RefusedError)
    assert "Inget att rapportera" in str(ran.errors["drain_article_info"])
    assert articles(scene.specter.control) == before
    # What was read before the queue was empty is kept, and the same run goes on once the answer is understood.
    scene.specter.control.switches(empty_read="container")
    assert lab.airflow("run").green
    assert articles(scene.specter.control)[scene.known[0]]["price"] == "100.55"


def test_without_imports_an_empty_queue_is_never_asked(scene: Scene, new_lab) -> None:
    scene.set(specter_switches={"empty_read": "error_triple"})
    assert new_lab().airflow("run").green


def test_a_refusal_as_an_error_page_holds_up_its_own_product_only(scene: Scene, new_lab) -> None:
    """It looks like a fault of the server, so nobody can say that the product was refused: it stays unconfirmed."""
    scene.set(specter_switches={"error_status": "500_html"})
    lab = new_lab(settings=settings())
    ran = lab.airflow("run")
    outcomes = lab.outcomes("run")
    counts = {
        what: sum(1 for found, _ in outcomes.values() if found == what) for what in ("sent", "unconfirmed")
    }
    assert counts == {"sent": 179, "unconfirmed": 1}
    assert isinstance(ran.errors["send_products 1"], UnconfirmedError)
    assert "1 products are unconfirmed" in str(ran.errors["report"])
    assert scene.poison not in articles(scene.specter.control)
    # Somebody finds out and mends it; the next run has one product to send.
    scene.specter.control.switches(refused_numbers=[])
    after = lab.airflow("next")
    assert (after.green, after.report.sent, after.report.unchanged) == (True, 1, 179)


@pytest.mark.parametrize(
    ("switch", "limit", "length"),
    [
        ("article_number_max_length", 14, lambda item: len(item["product_number"] or "")),
        # Names of variants are longer than their article's, so the length is that of what was sent.
        ("article_name_max_length", 45, None),
    ],
    ids=["number", "name"],
)
def test_what_is_too_long_for_specter_is_held_and_nothing_else(
    scene: Scene, new_lab, switch: str, limit: int, length
) -> None:
    scene.set()
    usual = new_lab(settings=settings())
    usual.airflow("run")
    names = {number: one["name"] for number, one in articles(scene.specter.control).items()}
    scene.set(specter_switches={switch: limit})
    lab = new_lab(settings=settings())
    assert lab.airflow("run").green
    long = {
        key
        for key, item in in_shop(scene).items()
        if usual.outcomes("run")[key][0] == "sent"
        and (length(item) if length else len(names[item["product_number"]])) > limit
    }
    assert 5 < len(long) < 150
    [poison] = held_as_refused(usual.outcomes("run"))
    assert held_as_refused(lab.outcomes("run")) == long | {poison}
    assert {key for key, (what, _) in lab.outcomes("run").items() if what == "sent"} == {
        key for key, (what, _) in usual.outcomes("run").items() if what == "sent"
    } - long


def test_names_that_specter_cuts_are_sent(scene: Scene, new_lab) -> None:
    scene.set(specter_switches={"article_name_max_length": 45, "too_long": "cut"})
    lab = new_lab(settings=settings())
    assert lab.airflow("run").report.sent == 179
    assert max(len(one["name"]) for one in articles(scene.specter.control).values()) == 45
    assert lab.airflow("next").report.unchanged == 179


def test_without_the_poison_record_it_is_sent_like_any_other(scene: Scene, new_lab) -> None:
    scene.set(specter_switches={"refused_numbers": []})
    lab = new_lab(settings=settings())
    assert lab.airflow("run").report.sent == 180
    assert scene.poison in articles(scene.specter.control)
    assert held_as_refused(lab.outcomes("run")) == set()


def test_twins_that_specter_takes_for_one_are_flagged_or_held_as_the_shop_wants(
    scene: Scene, new_lab
) -> None:
    scene.set(specter_switches={"article_number_match": "case_insensitive"})
    lab = new_lab(settings=settings())
    ran = lab.airflow("run")
    twins = {key for key, rule in lab.flags("run") if rule == "number_twin"}
    numbers = {in_shop(scene)[key]["product_number"] for key in twins}
    assert ran.green
    assert ran.report.sent == 179
    in_specter = set(articles(scene.specter.control))
    by_case = {
        number for number in numbers if {number.upper(), number.lower()} <= numbers and not number.isdecimal()
    }
    assert len(by_case) == 2
    assert len(by_case & in_specter) == 1
    # The setting for accounts that are like this one: none of them goes.
    scene.set(specter_switches={"article_number_match": "case_insensitive"})
    strict = new_lab(settings=settings(product_numbers__twins="hold"))
    assert strict.airflow("run").green
    assert {strict.outcomes("run")[key][0] for key in twins} == {"held"}
    assert not by_case & set(articles(scene.specter.control))
