"""Pages that are cut, short, repeated or missing, and a shop that people edit while it is read (F6)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from fault_lab import Lab, all_items, articles
from fault_scene import Scene
from relay import Passing, relay_to

from abicart_specter.clients.options import HttpOptions
from abicart_specter.errors import CatalogueChangedError, RetriableError, UnreadableAnswerError
from abicart_specter.ledger import RunKey

ITEMS = 40
LIST = "Article.list"
HOW = [
    {"kind": "cut", "how": "length"},
    {"kind": "cut", "how": "chunked"},
    {"kind": "cut", "how": "clean"},
    {"kind": "cut", "how": "clean", "keep": 0.0},
    {"kind": "cut", "how": "length", "keep": 0.99},
    {"kind": "drop_after"},
    {"kind": "html_500"},
]


def options(page_size: int) -> HttpOptions:
    return HttpOptions(
        connect_timeout=2.0, read_timeout=5.0, max_tries=3, base_wait=0.01, max_wait=0.05, page_size=page_size
    )


def everything_is_there(scene: Scene, lab: Lab, ran: Any) -> None:
    """Found are the items that the shop has at the end; the sound ones are in Specter, and nothing else is."""
    items = all_items(scene.abicart.control)
    assert ran.errors == {}
    assert set(lab.outcomes(ran.run_id)) == {f"{item['kind']} {item['uid']}" for item in items}
    assert ran.report.found == len(items)
    special = {"PRESENTKORT", "RABATT", "AVGIFT", "FRAKT", "POSTFORSKOTT", "AVRUNDNING"}
    assert set(articles(scene.specter.control)) - special == {item["product_number"] for item in items}


@pytest.mark.parametrize("fault", HOW, ids=lambda fault: "-".join(map(str, fault.values())))
def test_a_broken_page_is_asked_for_again(scene: Scene, new_lab, fault: dict[str, Any]) -> None:
    scene.set(items=ITEMS, faults=0, known=False, poison=False)
    scene.abicart.control.fault(**fault, action=LIST, after=2, count=2)
    lab = new_lab(options=options(10))
    ran = lab.airflow("run")
    everything_is_there(scene, lab, ran)
    assert ran.retried == []


@pytest.mark.parametrize("fault", HOW, ids=lambda fault: "-".join(map(str, fault.values())))
def test_a_page_that_stays_broken_stops_the_run_and_nothing_is_lost(
    scene: Scene, new_lab, fault: dict[str, Any]
) -> None:
    """Half a catalogue is never taken for a whole one."""
    scene.set(items=ITEMS, faults=0, known=False, poison=False)
    scene.abicart.control.fault(**fault, action=LIST, after=2, count=None)
    lab = new_lab(options=options(10))
    ran = lab.airflow("run", tries=2)
    assert isinstance(ran.errors["read_catalogue"], RetriableError)
    assert "was not read to its end" in str(ran.errors["report"])
    assert scene.article_calls() == 1  # the special numbers
    scene.clear_faults()
    everything_is_there(scene, lab, lab.airflow("run"))


@pytest.mark.parametrize("cap", ["100", "500", "none"])
@pytest.mark.parametrize("by", ["allowed", "refused"])
def test_a_cap_on_the_limit_loses_no_page(scene: Scene, new_lab, cap: str, by: str) -> None:
    """The shop gives fewer rows than were asked for, and says nothing (question 6); by uid and by offset."""
    scene.set(
        items=230,
        faults=0,
        known=False,
        poison=False,
        abicart_switches={"list_limit": cap, "uid_filter": by},
    )
    lab = new_lab(options=options(400))
    everything_is_there(scene, lab, lab.airflow("run"))


@pytest.mark.parametrize("by", ["allowed", "refused"])
@pytest.mark.parametrize("bounds", ["inclusive", "exclusive"])
def test_pages_of_a_single_row(scene: Scene, new_lab, by: str, bounds: str) -> None:
    scene.set(
        items=15,
        faults=0,
        known=False,
        poison=False,
        abicart_switches={"uid_filter": by, "range_bounds": bounds},
    )
    lab = new_lab(options=options(1))
    everything_is_there(scene, lab, lab.airflow("run"))


def edited_while_read(scene: Scene, at: int, edit: Callable[[], None]) -> Callable[[Passing], None]:
    """A hook: the edit happens right before page ``at`` is asked for the first time."""
    done: list[int] = []

    def before(passing: Passing) -> None:
        if passing.action == LIST and passing.nth == at and not done:
            done.append(at)
            edit()

    return before


def new_articles(scene: Scene, how_many: int) -> None:
    for place in range(how_many):
        values = {
            "name": {"sv": f"Ny vara {place}"},
            "articleNumber": f"NY-{place}",
            "price": {"regular": {"SEK": "125"}},
            "vatRate": "0.25",
            "stock": {"useStock": True, "stock": 3},
        }
        scene.abicart.control.edit("Article", patch=values)


def delete_articles(scene: Scene, which: slice) -> None:
    """Those at these places in the list."""
    uids = sorted({item["article_uid"] for item in all_items(scene.abicart.control)})
    for uid in uids[which]:
        scene.abicart.control.edit("delete", **{"class": "Article", "uid": uid})


EDITS: dict[str, Callable[[Scene], object]] = {
    "first ones deleted": lambda scene: delete_articles(scene, slice(0, 7)),
    "some read ones deleted": lambda scene: delete_articles(scene, slice(2, 13, 2)),
    "the last read one deleted": lambda scene: delete_articles(scene, slice(14, 16)),
    "some to come deleted": lambda scene: delete_articles(scene, slice(19, 26, 2)),
    "last ones deleted": lambda scene: delete_articles(scene, slice(-3, None)),
    "new ones added": lambda scene: new_articles(scene, 4),
    "deleted and added": lambda scene: (delete_articles(scene, slice(1, 4)), new_articles(scene, 1)),
}


@pytest.mark.parametrize("by", ["allowed", "refused"])
@pytest.mark.parametrize("edit", EDITS)
def test_a_shop_that_is_edited_while_it_is_read(scene: Scene, new_lab, edit: str, by: str) -> None:
    """Rows move between pages; each is found once, those deleted meanwhile are not, those added are."""
    scene.set(items=ITEMS, faults=0, known=False, poison=False, abicart_switches={"uid_filter": by})
    # By offset, the first page is asked for by uid, and the refused second page again by offset.
    at = 4 if by == "allowed" else 5
    hook = edited_while_read(scene, at, lambda: EDITS[edit](scene))
    with relay_to(scene.abicart.url, before=hook) as relay:
        lab = new_lab(options=options(5), abicart_url=relay.url)
        everything_is_there(scene, lab, lab.airflow("run"))


def answer_rows(passing: Passing) -> list[dict[str, Any]]:
    return list(json.loads(passing.answer)["result"])


def put_rows(passing: Passing, rows: list[dict[str, Any]]) -> None:
    document = json.loads(passing.answer)
    passing.answer = json.dumps(document | {"result": rows}).encode()


@pytest.mark.parametrize("by", ["allowed", "refused"])
def test_a_page_that_comes_twice_is_taken_once(scene: Scene, new_lab, by: str) -> None:
    """The answer to one request is that to the request before, as from a cache."""
    scene.set(items=ITEMS, faults=0, known=False, poison=False, abicart_switches={"uid_filter": by})
    former: list[list[dict[str, Any]]] = []

    def after(passing: Passing) -> None:
        if passing.action == LIST and "result" in json.loads(passing.answer):
            former.append(answer_rows(passing))
            if passing.nth == 5:
                put_rows(passing, former[-2])

    with relay_to(scene.abicart.url, after=after) as relay:
        lab = new_lab(options=options(6), abicart_url=relay.url)
        everything_is_there(scene, lab, lab.airflow("run"))


def test_a_page_that_comes_empty_is_noticed_by_the_count(scene: Scene, new_lab) -> None:
    """It looks like the end. The shop's own count disagrees, and what is missing is fetched."""
    scene.set(items=ITEMS, faults=0, known=False, poison=False)

    def after(passing: Passing) -> None:
        if passing.action == LIST and passing.nth == 3:
            put_rows(passing, [])

    with relay_to(scene.abicart.url, after=after) as relay:
        lab = new_lab(options=options(10), abicart_url=relay.url)
        everything_is_there(scene, lab, lab.airflow("run"))


def test_a_count_that_never_agrees_stops_the_run(scene: Scene, new_lab) -> None:
    scene.set(items=ITEMS, faults=0, known=False, poison=False)

    def after(passing: Passing) -> None:
        if passing.action == "Article.count":
            document = json.loads(passing.answer)
            passing.answer = json.dumps(document | {"result": document["result"] + 1}).encode()

    with relay_to(scene.abicart.url, after=after) as relay:
        lab = new_lab(abicart_url=relay.url)
        ran = lab.airflow("run", tries=2)
    assert isinstance(ran.errors["read_catalogue"], CatalogueChangedError)
    assert scene.article_calls() == 1  # the special numbers
    assert lab.ledger.outcome_counts(RunKey("demo", "product_export", "run")).keys()
    assert lab.outcomes("run") == {}


def test_a_list_in_another_order_is_not_trusted(scene: Scene, new_lab) -> None:
    scene.set(items=ITEMS, faults=0, known=False, poison=False)

    def after(passing: Passing) -> None:
        if passing.action == LIST:
            put_rows(passing, answer_rows(passing)[::-1])

    with relay_to(scene.abicart.url, after=after) as relay:
        lab = new_lab(options=options(10), abicart_url=relay.url)
        ran = lab.airflow("run", tries=2)
    assert isinstance(ran.errors["read_catalogue"], UnreadableAnswerError)
    assert lab.outcomes("run") == {}


@pytest.mark.parametrize("missing", ["9003", "-32602", "null"])
def test_an_article_that_goes_while_it_is_fetched_is_no_error(scene: Scene, new_lab, missing: str) -> None:
    """Found missing by the comparison of uids, deleted before it could be fetched (question 35)."""
    scene.set(items=ITEMS, faults=0, known=False, poison=False, abicart_switches={"missing_object": missing})
    uids = sorted({item["article_uid"] for item in all_items(scene.abicart.control)})

    def before(passing: Passing) -> None:
        if passing.action == "Article.get" and passing.nth == 1:
            scene.abicart.control.edit("delete", **{"class": "Article", "uid": uids[-1]})

    def after(passing: Passing) -> None:
        if passing.action == LIST and passing.nth == 3:
            put_rows(passing, [])

    with relay_to(scene.abicart.url, before=before, after=after) as relay:
        lab = new_lab(options=options(10), abicart_url=relay.url)
        everything_is_there(scene, lab, lab.airflow("run"))
        assert relay.seen["Article.get"] > 0
