"""Numbers that were changed in Specter are proposed, never changed (rule 36)."""

from __future__ import annotations

from abicart_specter.domain.imports.renumber import Renumbering, ToldNumber, propose_renumberings
from abicart_specter.domain.records import ItemKey, Kind

CAP, HAT = ItemKey(Kind.ARTICLE, 1), ItemKey(Kind.VARIANT, 2)


def told(*pairs: tuple[str, str]) -> list[ToldNumber]:
    return [ToldNumber(specter_id, number, row) for row, (specter_id, number) in enumerate(pairs, start=1)]


def test_the_same_article_under_another_number_is_proposed() -> None:
    found = propose_renumberings(told(("7", "OLD"), ("8", "X"), ("7", "NEW")), {"OLD": [CAP], "X": [HAT]})
    assert found == [Renumbering(CAP, "OLD", "NEW", "7")]


def test_the_order_of_rows_counts_and_not_the_order_given() -> None:
    rows = told(("7", "OLD"), ("7", "NEW"))
    assert propose_renumberings(rows[::-1], {"OLD": [CAP]}) == propose_renumberings(rows, {"OLD": [CAP]})


def test_back_to_the_old_number_is_none() -> None:
    assert propose_renumberings(told(("7", "OLD"), ("7", "NEW"), ("7", "OLD")), {"OLD": [CAP]}) == []


def test_a_number_that_went_to_another_article_is_none() -> None:
    assert propose_renumberings(told(("7", "OLD"), ("7", "NEW"), ("9", "OLD")), {"OLD": [CAP]}) == []


def test_a_number_the_shop_does_not_have_or_has_twice_is_none() -> None:
    rows = told(("7", "OLD"), ("7", "NEW"))
    assert propose_renumberings(rows, {}) == []
    assert propose_renumberings(rows, {"OLD": [CAP, HAT]}) == []
    assert propose_renumberings(rows, {"NEW": [CAP]}) == []


def test_obstacles_are_named() -> None:
    rows = told(("7", "OLD"), ("7", "NEW"))
    (one,) = propose_renumberings(rows, {"OLD": [CAP], "NEW": [HAT]})
    assert "variant 2" in one.obstacle
    (one,) = propose_renumberings(rows, {"OLD": [CAP]}, {"NEW"})
    assert "reserved" in one.obstacle


def test_rows_without_id_or_number_say_nothing() -> None:
    assert propose_renumberings(told(("", "OLD"), ("", "NEW"), (" ", "A"), ("7", "")), {"OLD": [CAP]}) == []
