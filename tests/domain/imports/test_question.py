"""What a person is shown before approving: the worst first, and nothing that a product's name could do to the page."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest
from tests.domain.imports.cases import DEMO, Both, only, shop_settings
from tests.domain.imports.test_guard import many, priced

from abicart_specter.domain.imports.documents import change_document, change_of_document
from abicart_specter.domain.imports.guard import guard
from abicart_specter.domain.imports.question import escaped, question
from abicart_specter.domain.imports.records import ImportPart, WorstChange
from abicart_specter.domain.imports.worst import value_in_words, worst_changes
from abicart_specter.domain.masters import Master
from abicart_specter.settings.imports import ImportGuardSettings


def test_free_products_come_first_then_the_largest_changes() -> None:
    changes = [
        priced(1, "100", "101"),
        priced(2, "100", "0.00"),
        priced(3, "100", "19.90"),
        priced(4, "100", "170"),
        priced(5, None, "100"),
        priced(6, "100", "100", campaign=(None, "50")),
        priced(7, "125", "117", rate=("0.25", "0.17")),
    ]
    worst = worst_changes(changes)
    assert [(one.product_number, one.field, one.before, one.after, one.change) for one in worst] == [
        ("N-2-0", "regular price", "100.00 kr", "0.00 kr", "−100.0 %"),
        ("N-7-0", "VAT rate", "25 %", "17 %", ""),
        ("N-7-0", "regular price", "125.00 kr", "117.00 kr", "−6.4 %"),
        ("N-5-0", "regular price", "none", "100.00 kr", ""),
        ("N-3-0", "regular price", "100.00 kr", "19.90 kr", "−80.1 %"),
        ("N-4-0", "regular price", "100.00 kr", "170.00 kr", "+70.0 %"),
        ("N-6-0", "campaign price", "none", "50.00 kr", "−50.0 %"),
        ("N-1-0", "regular price", "100.00 kr", "101.00 kr", "+1.0 %"),
    ]


def test_the_lines_do_not_depend_on_the_order_and_are_no_more_than_asked_for() -> None:
    changes = many(300)
    first = worst_changes(changes, 20)
    random.Random(4).shuffle(changes)
    assert worst_changes(iter(changes), 20) == first
    assert len(first) == 20


def test_a_rate_stands_with_its_price_however_many_there_are() -> None:
    changes = [priced(uid, "112", "106", rate=("0.12", "0.06")) for uid in range(1, 40)]
    worst = worst_changes(changes, 4)
    assert [(one.product_number, one.field) for one in worst] == [
        ("N-1-0", "VAT rate"),
        ("N-1-0", "regular price"),
        ("N-2-0", "VAT rate"),
        ("N-2-0", "regular price"),
    ]


def test_variants_are_one_line() -> None:
    (line,) = worst_changes([priced(7, "100", "110", items=3)])
    assert line.product_number == "N-7-0 and 2 more" and line.name == "Vara 7"


@pytest.mark.parametrize(
    ("master", "value", "words"),
    [
        (Master.PRICE, "199", "199.00 kr"),
        (Master.PRICE, "0.1234", "0.1234 kr"),
        (Master.PRICE, "-5", "-5.00 kr"),
        (Master.EXTRA_PRICE, None, "none"),
        (Master.VAT, "0.06", "6 %"),
        (Master.NAME, "a\nb", "a b"),
    ],
)
def test_values_in_words(master: Master, value: str | None, words: str) -> None:
    assert value_in_words(master, value) == words


def test_a_long_text_is_cut() -> None:
    words = value_in_words(Master.DESCRIPTION, "x" * 500)
    assert len(words) == 60 and words.endswith("…")


def test_the_question_says_what_where_and_what_happens_without_an_answer() -> None:
    changes = [priced(1, "199.00", "19.90"), *many(150, start=2)]
    verdict = guard(ImportPart.PRICE, changes, 1000, frozenset(), DEMO)
    subject, body = question(
        verdict,
        worst_changes(changes),
        shop="demo",
        changes=len(changes),
        plan_hash="ab" * 32,
        settings=DEMO.import_guard,
    )
    assert subject == "demo: apply 151 changed prices from Specter?"
    assert "| N-1-0 | Vara 1 | regular price | 199.00 kr | 19.90 kr | −90.0 % |" in body
    assert "within 12 hours nothing is applied" in body
    assert "abababababababab" in body and body.count("| regular price |") == 20
    applying = ImportGuardSettings(without_answer="apply", answer_within_hours=3)
    _, body = question(verdict, [], shop="demo", changes=1, plan_hash="", settings=applying)
    assert "within 3 hours they are applied" in body and "|" not in body


def test_a_name_can_do_nothing_to_the_page() -> None:
    evil = "A | B <script>x</script>\n# [klick](http://x) `y` **z**"
    line = WorstChange("N|1", evil, "name", evil, "b", "")
    verdict = guard(ImportPart.TEXT, many(200), 1000, frozenset(), DEMO)
    _, body = question(verdict, [line], shop="demo", changes=200, plan_hash="", settings=DEMO.import_guard)
    row = next(one for one in body.splitlines() if "klick" in one)
    bare = row.replace("\\|", "")
    assert bare.count("|") == 7
    assert "<script>" not in row and "](" not in row and "**z**" not in row
    assert escaped("a\u2028b\x00c\u202ed") == "a b c d"


def test_a_change_survives_being_stored() -> None:
    both = Both("125.00", settings=shop_settings(name=True))
    both.sale("80", "100", vat="12")
    change = only(both.plan())
    again = change_of_document(change_document(change))
    assert again == change and again.hash == change.hash
    assert Decimal(again.fields[1].after or 0) == Decimal("112")
