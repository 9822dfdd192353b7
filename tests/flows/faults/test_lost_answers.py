"""Answers that are lost after Specter did its work, and a Specter that is not there at all."""

from __future__ import annotations

import socket
from collections import Counter
from typing import Any

import pytest
from fault_lab import Lab, all_items, articles, lab_between
from fault_scene import Scene, settings

from abicart_specter.errors import TransportError, UnconfirmedError

WRITES = "newArticleSubmit"
ITEMS = 40
SPECIAL_NUMBERS = 1
"""The first ``newArticleSubmit`` of a run."""


def forty_products(scene: Scene) -> None:
    """Nothing is wrong with them; and whoever repeats a write with opening stock doubles it."""
    scene.set(items=ITEMS, faults=0, poison=False, specter_switches={"stock_on_update": "applied"})


@pytest.fixture(scope="module")
def rows_in_peace(scene: Scene, ledgers) -> dict[str, dict[str, Any]]:
    """What Specter holds after a run without faults."""
    forty_products(scene)
    with lab_between(scene.abicart, scene.specter, ledgers, settings=settings()) as lab:
        assert lab.airflow("run").green
        return articles(scene.specter.control)


@pytest.fixture
def lab(scene: Scene, rows_in_peace, new_lab) -> Lab:
    """In groups of ten."""
    forty_products(scene)
    return new_lab(settings=settings(limits__group_rows=10))


def counts(lab: Lab) -> dict[str, int]:
    return dict(Counter(outcome for outcome, _ in lab.outcomes("run").values()))


@pytest.mark.parametrize("how", ["close", "reset"])
@pytest.mark.parametrize("write", [1, 2, 3, 4, 8], ids="write {}".format)
def test_a_connection_that_drops_after_the_work_is_no_second_write(
    scene: Scene, lab: Lab, rows_in_peace, write: int, how: str
) -> None:
    """Pass 1, pass 2, of the first group and of others: done again, it is the same."""
    scene.specter.control.fault("drop_after", action=WRITES, after=write - 1, how=how)
    ran = lab.airflow("run")
    assert (ran.errors, ran.retried) == ({}, [])
    assert counts(lab) == {"sent": ITEMS}
    assert articles(scene.specter.control) == rows_in_peace
    assert scene.specter.control.counters()["faults"] == {"drop_after": 1}


@pytest.mark.parametrize("write", [1, 2], ids=["pass 1", "pass 2"])
def test_lost_in_every_try_it_is_unconfirmed_until_a_retry_settles_it(
    scene: Scene, lab: Lab, rows_in_peace, write: int
) -> None:
    scene.specter.control.fault(
        "drop_after", action=WRITES, after=SPECIAL_NUMBERS + write - 1, count=lab.options.max_tries
    )
    ran = lab.airflow("run", tries=1)
    assert isinstance(ran.errors["send_products 1"], UnconfirmedError)
    assert "Specter's answer was lost for 10 products" in str(ran.errors["send_products 1"])
    assert "10 products are unconfirmed" in str(ran.errors["report"])
    assert counts(lab) == {"sent": 30, "unconfirmed": 10}
    unconfirmed = [key for key, (outcome, _) in lab.outcomes("run").items() if outcome == "unconfirmed"]
    assert sorted(lab.open_intents(lab.outcomes("run"))) == sorted(unconfirmed)
    # Meanwhile somebody sells in Specter one of those that it may have or not.
    sold = {row for row in articles(scene.specter.control) if row not in scene.known}
    again = lab.airflow("run")
    assert (again.errors, again.retried) == ({}, [])
    assert counts(lab) == {"sent": ITEMS}
    assert lab.open_intents(lab.outcomes("run")) == []
    assert articles(scene.specter.control) == rows_in_peace
    assert sold <= set(rows_in_peace)


def test_airflow_mends_it_without_anybody(scene: Scene, lab: Lab, rows_in_peace) -> None:
    scene.specter.control.fault("drop_after", action=WRITES, after=3, count=lab.options.max_tries)
    ran = lab.airflow("run")
    assert ran.green
    assert [(task, type(error)) for task, error in ran.retried] == [("send_products 1", UnconfirmedError)]
    assert counts(lab) == {"sent": ITEMS}
    assert articles(scene.specter.control) == rows_in_peace


def test_three_lost_answers_in_a_row_stop_the_chunk(scene: Scene, lab: Lab, rows_in_peace) -> None:
    """Specter is in trouble: no fourth group is thrown at it. The rest stays due."""
    scene.specter.control.fault("drop_after", action=WRITES, after=SPECIAL_NUMBERS, count=None)
    ran = lab.airflow("run", tries=1)
    assert isinstance(ran.errors["send_products 1"], UnconfirmedError)
    assert counts(lab) == {"unconfirmed": 30}
    assert scene.article_calls() == SPECIAL_NUMBERS + 3 * lab.options.max_tries
    assert "10 products have no outcome" in str(ran.errors["report"])
    scene.clear_faults()
    assert lab.airflow("run").green
    assert counts(lab) == {"sent": ITEMS}
    assert articles(scene.specter.control) == rows_in_peace


def test_lost_answers_between_good_ones_do_not_stop_the_chunk(scene: Scene, lab: Lab) -> None:
    """Two lost, one good, one lost: never three in a row."""
    tries = lab.options.max_tries
    scene.specter.control.fault("drop_after", action=WRITES, after=SPECIAL_NUMBERS, count=2 * tries)
    # The third group's two passes go well, then the fourth is lost.
    scene.specter.control.fault(
        "drop_after", action=WRITES, after=SPECIAL_NUMBERS + 2 * tries + 2, count=tries
    )
    ran = lab.airflow("run", tries=1)
    assert isinstance(ran.errors["send_products 1"], UnconfirmedError)
    assert counts(lab) == {"sent": 10, "unconfirmed": 30}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def test_specter_down_is_no_write_and_loses_nothing(scene: Scene, lab: Lab, rows_in_peace) -> None:
    """From the first group on nobody answers at its address. Surely nothing was done: nothing is unconfirmed."""
    first = lab.airflow("before", tries=1, selection=_only(scene.known[:1]))
    assert first.green
    connection = lab.specter_connection()
    lab.connection = lab.specter_connection(base_url=f"http://127.0.0.1:{free_port()}")
    ran = lab.airflow("run", tries=2)
    assert isinstance(ran.errors["check_shop"], TransportError)
    lab.connection = connection
    assert lab.airflow("run", tries=1).green
    outcomes = counts(lab)
    assert outcomes == {"sent": ITEMS - 1, "unchanged": 1}
    assert articles(scene.specter.control) == rows_in_peace


def test_specter_goes_away_in_the_middle_of_a_chunk(scene: Scene, lab: Lab, rows_in_peace) -> None:
    """The chunk's second group finds no connection: what was sent is remembered, the rest goes in the next try."""
    ctx = lab.context("run")
    lab.drain(ctx)
    [chunk] = lab.prepare(ctx)
    address = lab.specter_url
    clients = []

    def open_specter():
        client = lab.specter()
        clients.append(client)
        return client

    ctx.open_specter = open_specter
    scene.specter.control.fault("drop_before", action=WRITES, after=3, count=None)
    with pytest.raises(UnconfirmedError):
        lab.send(ctx, chunk)
    sent = counts(lab)["sent"]
    assert sent >= 10
    scene.clear_faults()
    lab.specter_url = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(TransportError) as down:
        lab.send(ctx, chunk)
    assert type(down.value) is TransportError
    assert "no connection could be made" in str(down.value)
    assert counts(lab)["sent"] == sent
    lab.specter_url = address
    lab.send(ctx, chunk)
    assert counts(lab) == {"sent": ITEMS}
    assert articles(scene.specter.control) == rows_in_peace
    assert lab.held_leases() == []


def _only(numbers: list[str]):
    from abicart_specter.flows.plan_chunks import Selection

    return Selection(only=" ".join(numbers))


def test_an_edit_whose_answer_was_lost_and_that_was_then_undone_is_sent_again(scene: Scene, lab: Lab) -> None:
    """The ledger's last confirmed row is what the shop has now. But Specter may have the one in between."""
    assert lab.airflow("first").green
    item = next(one for one in all_items(scene.abicart.control) if one["kind"] == "article")
    number, uid = item["product_number"], item["article_uid"]
    before = articles(scene.specter.control)[number]
    weight = scene.abicart.control.inspect("Article", uid=uid)["weight"]
    scene.abicart.control.edit("Article", uid=uid, patch={"weight": 777})
    scene.specter.control.fault("drop_after", action=WRITES, count=lab.options.max_tries)
    assert lab.airflow("second", tries=1).errors
    assert articles(scene.specter.control)[number]["weight"] == "0.777"
    scene.abicart.control.edit("Article", uid=uid, patch={"weight": weight})
    third = lab.airflow("third")
    assert (third.green, third.report.sent, third.report.unchanged) == (True, 1, ITEMS - 1)
    assert articles(scene.specter.control)[number] == before
