"""What changed is checked against the whole catalogue, also against what did not change (F14)."""

from __future__ import annotations

from change_lab import ChangeLab
from harness import demo_settings
from scenes import (
    add_article,
    delete,
    key,
    outcomes,
    plain_articles,
    renumber,
    specter_article,
    specter_numbers,
    with_outcome,
)

from abicart_specter.domain.records import ItemKey, Kind, Outcome


def article(uid: int) -> ItemKey:
    return ItemKey(Kind.ARTICLE, uid)


def renumber_uid(lab: ChangeLab, uid: int, number: str) -> None:
    lab.abicart_server.control.edit("Article", uid=uid, patch={"articleNumber": number})


def test_a_new_product_with_the_number_of_an_old_one_is_held_and_so_is_the_old_one(sent: ChangeLab) -> None:
    old = plain_articles(sent.abicart_server)[1]
    before = specter_article(sent.specter_server, old["product_number"])
    new = article(add_article(sent.abicart_server, old["product_number"], price="999"))
    with sent.writes() as calls:
        run = sent.changes()
    held = with_outcome(sent, run.ctx, Outcome.HELD)
    assert set(held) == {key(old), new}
    assert {record.rule for record in held.values()} == {"number_duplicate"}
    assert (calls, run.read.changed, run.report.found) == ([], 1, 2)
    assert "number_duplicate" in sent.flagged(key(old)) & sent.flagged(new)
    assert specter_article(sent.specter_server, old["product_number"]) == before


def test_when_one_of_two_gets_another_number_both_are_free(sent: ChangeLab) -> None:
    old = plain_articles(sent.abicart_server)[1]
    uid = add_article(sent.abicart_server, old["product_number"], price="999")
    sent.changes()
    sent.later(minutes=31)
    renumber_uid(sent, uid, "NY-1")
    run = sent.changes()
    found = {one: record.outcome for one, record in outcomes(sent, run.ctx).items()}
    assert found == {article(uid): Outcome.SENT, key(old): Outcome.UNCHANGED}
    assert sent.flagged(key(old)) & {"number_duplicate"} == set()
    assert sent.waiting() == 0


def test_a_product_held_since_it_was_new_goes_when_the_other_is_deleted(sent: ChangeLab) -> None:
    first = add_article(sent.abicart_server, "NY-1", price="100")
    second = add_article(sent.abicart_server, "NY-1", price="200")
    assert sent.changes().report.held == 2
    sent.later(minutes=31)
    sent.abicart_server.control.edit("delete", **{"class": "Article", "uid": first})
    run = sent.changes()
    assert {one: record.outcome for one, record in outcomes(sent, run.ctx).items()} == {
        article(second): Outcome.SENT
    }
    assert specter_article(sent.specter_server, "NY-1")["price"] == "160.00"


def test_twins_are_compared_with_the_whole_catalogue_too(sent: ChangeLab) -> None:
    sent.settings = demo_settings(product_numbers__twins="hold")
    old = plain_articles(sent.abicart_server)[1]
    uid = add_article(sent.abicart_server, f"0{old['product_number'].lower()}")
    run = sent.changes()
    assert set(with_outcome(sent, run.ctx, Outcome.HELD)) == {article(uid), key(old)}
    sent.later(minutes=31)
    renumber_uid(sent, uid, "NY-1")
    run = sent.changes()
    assert run.report.held == 0
    assert "number_twin" not in sent.flagged(key(old))


def test_a_number_that_very_many_share_is_held_without_reading_all_of_them(sent: ChangeLab) -> None:
    for _ in range(55):
        add_article(sent.abicart_server, "SAMMA")
    sent.changes()
    sent.quiet_while()
    one = add_article(sent.abicart_server, "SAMMA")
    run = sent.changes()
    assert (run.report.found, run.report.held) == (1, 1)
    assert article(one) in with_outcome(sent, run.ctx, Outcome.HELD)
    assert "SAMMA" not in specter_numbers(sent.specter_server)


def test_a_renumbered_product_is_held_and_specter_gets_no_second_article(sent: ChangeLab) -> None:
    item = plain_articles(sent.abicart_server)[1]
    renumber(sent.abicart_server, item, "ANNAT-1")
    before = specter_numbers(sent.specter_server)
    run = sent.changes()
    assert with_outcome(sent, run.ctx, Outcome.HELD)[key(item)].rule == "renumbered"
    assert specter_numbers(sent.specter_server) == before
    sent.later(minutes=31)
    renumber(sent.abicart_server, item, item["product_number"])
    assert sent.changes().report.unchanged == 1
    assert sent.flagged(key(item)) == set()


def test_a_number_that_specter_has_for_an_unchanged_product_changes_no_hands(sent: ChangeLab) -> None:
    """The former owner was renumbered long ago and is in no later run; only the index still knows of it."""
    former = plain_articles(sent.abicart_server)[1]
    renumber(sent.abicart_server, former, "ANNAT-1")
    sent.changes()
    sent.quiet_while()
    new = article(add_article(sent.abicart_server, former["product_number"], price="999"))
    run = sent.changes()
    assert {one: record.rule for one, record in with_outcome(sent, run.ctx, Outcome.HELD).items()} == {
        new: "number_taken_over"
    }
    sent.later(minutes=31)
    delete(sent.abicart_server, former)
    assert with_outcome(sent, sent.changes().ctx, Outcome.SENT).keys() == {new}


def test_a_product_that_was_deleted_and_made_anew_takes_up_its_article(sent: ChangeLab) -> None:
    old = plain_articles(sent.abicart_server)[1]
    numbers = specter_numbers(sent.specter_server)
    delete(sent.abicart_server, old)
    new = article(add_article(sent.abicart_server, old["product_number"], price="1000"))
    run = sent.changes()
    assert set(with_outcome(sent, run.ctx, Outcome.SENT)) == {new}
    assert specter_numbers(sent.specter_server) == numbers
    assert specter_article(sent.specter_server, old["product_number"])["price"] == "800.00"
    assert sent.flagged(key(old)) == set()
