"""Letters and signs in both directions, under every charset that Specter may use (F8).

A name arrives as it is in the shop, or in a likeness that is flagged; nothing changes in silence.
"""

from __future__ import annotations

import pytest
from fault_lab import Lab, all_items, articles
from fault_scene import Scene, settings
from fault_switches import known

NAMES = {
    "Räksmörgås på ö": "Räksmörgås på ö",
    "Café Ångström ÅÄÖ é è ü ñ ß": "Café Ångström ÅÄÖ é è ü ñ ß",
    "Łódź żółw": "Lódz zólw",
    "Kaffe ☕ och 🎁": None,
    "Två\u00a0ord\u2003och ett": "Två ord och ett",
    "Kostar 5 €": "Kostar 5 EUR",
    "\u201dBäst\u201d \u2018i\u2019 test \u2013 alltid\u2026": "\"Bäst\" 'i' test - alltid...",
    "a\u030a a\u0308 o\u0308 sammansatta": "å ä ö sammansatta",
    "Bröd & smör + <b>fett</b> 100 % ; # = ?": "Bröd & smör + fett 100 % ; # = ?",
    "½ ¼ § ¤ ° × ®": "½ ¼ § ¤ ° × ®",
    "Soft\u00adhyphen och noll\u200bbredd": "Softhyphen och nollbredd",
    "日本語のお茶": None,
    "Ωmega µ Å (Ångström-tecknet \u212b)": None,
}
"""Name in the shop → name in Specter; ``None``: some likeness, whichever."""

SILENT = {
    "Två\u00a0ord\u2003och ett",
    "Bröd & smör + <b>fett</b> 100 % ; # = ?",
    "a\u030a a\u0308 o\u0308 sammansatta",
}
"""Changed only in blanks, mark-up or the way letters are put together: nothing a person would call a change."""

SPECTERS_NAMES = ["Räksmörgås & Ölkorv", "Citat \" och '", "Mellan <klamrar>", "x ]]> y", "½ × 5 °C"]

CHARSETS = [
    switch
    for switch in known("specter")
    if switch["name"] in ("request_charset", "text_charset", "xml_charset")
]


def alone(place: int) -> tuple[str, ...]:
    """One of the charsets as it may be besides its default."""
    return tuple(
        switch["choices"][-1] if place == other else switch["default"]
        for other, switch in enumerate(CHARSETS)
    )


def put_names(scene: Scene) -> dict[str, str]:
    """Each name on a product of its own; product number → name."""
    plain = [item for item in all_items(scene.abicart.control) if item["kind"] == "article"]
    named = dict(zip([item["product_number"] for item in plain], NAMES, strict=False))
    assert len(named) == len(NAMES)
    for item, name in zip(plain, NAMES, strict=False):
        scene.abicart.control.edit("Article", uid=item["uid"], patch={"name": {"sv": name, "en": "x"}})
    return named


def check(scene: Scene, lab: Lab, run_id: str, named: dict[str, str]) -> None:
    rows = articles(scene.specter.control)
    numbers = {
        f"{item['kind']} {item['uid']}": item["product_number"] for item in all_items(scene.abicart.control)
    }
    flagged = {numbers[key] for key, rule in lab.flags(run_id) if rule == "text_changed"}
    for number, name in named.items():
        arrived = rows[number]["name"]
        assert arrived.encode("latin-1")
        if NAMES[name] is not None:
            assert arrived == NAMES[name]
        assert arrived == name or name in SILENT or number in flagged, (
            f"{name!r} became {arrived!r} in silence"
        )
        assert arrived != name or number not in flagged


@pytest.mark.parametrize(
    "charsets",
    sorted(
        {alone(place) for place in range(len(CHARSETS))}
        | {tuple(switch["choices"][-1] for switch in CHARSETS)}
    ),
    ids="-".join,
)
def test_names_arrive_and_come_back(scene: Scene, new_lab, charsets: tuple[str, ...]) -> None:
    """Specter tells our own names again, in its charset: they are what we sent, so nothing is sent again."""
    switches = dict(zip((switch["name"] for switch in CHARSETS), charsets, strict=True))
    scene.set(
        items=30,
        faults=0,
        known=False,
        poison=False,
        specter_switches=switches | {"own_writes_on_queue": "on"},
    )
    named = put_names(scene)
    lab = new_lab(settings=settings())
    ran = lab.airflow("run")
    assert (ran.errors, ran.report.sent) == ({}, 30)
    check(scene, lab, "run", named)
    again = lab.airflow("again")
    assert (again.errors, again.report.unchanged) == ({}, 30)
    check(scene, lab, "again", named)


@pytest.mark.parametrize("charset", ["iso-8859-1", "windows-1252", "utf-8"])
@pytest.mark.parametrize("shape", ["cdata", "escaped"])
def test_names_of_specters_own_go_back_as_they_are(scene: Scene, new_lab, charset: str, shape: str) -> None:
    """Specter is master of the name, so what it told is what it gets."""
    scene.set(items=30, faults=0, poison=False, specter_switches={"xml_charset": charset, "xml_text": shape})
    named = dict(zip(scene.known, SPECTERS_NAMES, strict=False))
    assert len(named) == len(SPECTERS_NAMES)
    for number, name in named.items():
        scene.specter.control.edit("article.change", number=number, name=name)
    lab = new_lab(settings=settings())
    assert lab.airflow("run").green
    rows = articles(scene.specter.control)
    assert {number: rows[number]["name"] for number in named} == named
    # They were really written: the weight is the shop's.
    assert "0" not in {rows[number]["weight"] for number in named}


@pytest.mark.parametrize("charset", ["iso-8859-1", "windows-1252"])
def test_specters_words_are_readable_in_the_outcome(scene: Scene, new_lab, charset: str) -> None:
    scene.set(items=20, faults=0, specter_switches={"text_charset": charset})
    lab = new_lab(settings=settings())
    assert lab.airflow("run").green
    [held] = [row.record for row in lab.ledger.iter_outcomes(lab.context("run").run) if row.record.rule]
    assert "Artikelnumret är inte tillåtet" in held.reason
