"""Words of other systems, without what is personal: the order's own buyer, and whoever else they may name."""

from __future__ import annotations

import pytest
from tests.domain.orders.order_cases import order

from abicart_specter.domain.orders.masking import HIDDEN, hide, personal_texts, written_texts
from abicart_specter.domain.orders.strangers import hide_strangers

OWN = [
    "Märkgerd",
    "Zätterqvist",
    "Qvistvägen 7",
    "070-174 06 99",
    "19121212-1212",
    "SE559999480201",
    "Vingödla",
]


@pytest.mark.parametrize(
    "words",
    [
        "kunden märkgerd zätterqvist finns",
        "kunden ZÄTTERQVIST,MÄRKGERD finns",
        "kunden Märkgerd_Zätterqvist finns",
        "kunden M%E4rkgerd+Z%E4tterqvist finns",
        "på qvistvägen7, på qvistvägen  7",
        "tel.0701740699 och +46701740699, 0046 (0)70-174 06 99",
        "nr 191212121212, 19121212 1212, 121212-1212, 1212121212",
        "momsnr se559999480201 och SE 559999480201",
        "text: 'vingödla'",
    ],
)
def test_the_buyers_own_texts_however_they_are_written(words: str) -> None:
    shown = hide(words, OWN).casefold()
    for text in (
        "märkgerd",
        "zätterqvist",
        "m%e4rk",
        "qvistvägen",
        "1740699",
        "174 06",
        "1212",
        "559999",
        "vingö",
    ):
        assert text not in shown
    assert HIDDEN in shown


def test_words_that_only_hold_such_a_text_stay() -> None:
    assert (
        hide("stadens zätterqvistska hus, order 17406991", OWN)
        == "stadens zätterqvistska hus, order 17406991"
    )


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("Artikeln 'FRAKT' finns inte", "Artikeln 'FRAKT' finns inte"),
        ("Order med externt ordernummer 'W-10023' finns redan: order 700017", None),
        ("Parametern emailAddress är för lång, högst 100 tecken", None),
        ("Just nu går det inte; försök igen. Orsak saknas", None),
        ("Rad 3: antal, pris eller moms saknas", None),
        ("Artikeln 'AB-1031' finns inte", None),
        ("Invalid params; Must be an array", None),
        ("Kunden Anna Andersson finns redan", f"{HIDDEN} finns redan"),
        (
            "finns hos Anna-Karin Berg på Storgatan 3, 123 45 KIRUNA",
            f"finns hos {HIDDEN} på {HIDDEN} 3, {HIDDEN}",
        ),
        ("E-posten anna@exempel.se används redan", f"E-posten {HIDDEN} används redan"),
        ("nr 19810203-1234, 559999-4802 och 070-1234567", f"nr {HIDDEN} och {HIDDEN}"),
        ("momsnummer SE559999480201", f"momsnummer {HIDDEN}"),
    ],
)
def test_whoever_else_is_named(words: str, shown: str | None) -> None:
    known = ["FRAKT", "W-10023"]
    assert hide_strangers(words, known) == (words if shown is None else shown)
    assert hide_strangers(hide_strangers(words, known), known) == hide_strangers(words, known)


def test_what_is_known_is_shown_whatever_it_looks_like() -> None:
    assert hide_strangers("artikel STOL, order 1234567890") == f"artikel {HIDDEN}, order {HIDDEN}"
    known = ["STOL", "1234567890"]
    assert hide_strangers("artikel STOL, order 1234567890", known) == "artikel STOL, order 1234567890"


def test_what_was_written_on_an_order() -> None:
    found = written_texts(order(note="Ringde Snörvelqvist om det"))
    assert {"Ringde Snörvelqvist om det", "Snörvelqvist"} <= set(found)
    assert "det" not in found
    assert found == sorted(found, key=len, reverse=True)


def test_the_texts_of_a_buyer_are_longest_first() -> None:
    texts = personal_texts(order().buyer, {"name": "Åsa Öberg", "currency": "SEK"})
    assert {"Åsa Öberg", "Öberg", "Åsa"} <= set(texts)
    assert "SEK" not in texts
    assert texts == sorted(texts, key=len, reverse=True)
