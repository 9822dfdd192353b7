"""What Specter told of orders: taken in once, matched, looked at, recorded; never lost, never acted on when unclear."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from order_samples import SHOP, Clock, scan

from abicart_specter.domain.imports.status import OrderTold
from abicart_specter.ledger import InboxValue, Ledger
from abicart_specter.ledger.status.told import ROWS_A_TRANSACTION
from abicart_specter.ledger.status_records import StatusRecord, StatusResult, StatusState

ACCOUNT = "1000/12"
DAY = timedelta(days=1)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def timed(url: str, clock: Clock) -> Iterator[Ledger]:
    with Ledger.open(url, clock=clock) as opened:
        yield opened


def tell(ledger: Ledger, batch: str, *orders: tuple[str, dict[str, str]], account: str = ACCOUNT) -> None:
    """A batch of the order queue; fields by their names in the inbox."""
    rows = [InboxValue(number, name, value) for number, told in orders for name, value in told.items()]
    ledger.set_in_flight(account, "orders", batch)
    ledger.store_batch(account, "orders", batch, rows, "journal")
    ledger.acknowledged(account, "orders", batch)


def told(status: str, delivery: str, **more: str) -> dict[str, str]:
    return {"statusid": status, "deliverystatus": delivery, **more}


def linked(ledger: Ledger, uid: int, number: str) -> None:
    scan(ledger, [uid])
    ledger.orders.link(SHOP, uid, number, who="anna", why="is there")


def every(ledger: Ledger, shop: str = SHOP) -> dict[str, StatusRecord]:
    pages = ledger.status.in_states(shop, list(StatusState), 2)
    return {one.order_no: one for page in pages for one in page}


def due(ledger: Ledger, look_again: timedelta = DAY, page: int = 200) -> list[str]:
    return [
        one.order_no for found in ledger.status.due(SHOP, look_again=look_again, page=page) for one in found
    ]


def result(record: StatusRecord, state: StatusState, **more: object) -> StatusResult:
    return StatusResult(record.order_no, record.told_row, state, **more)  # type: ignore[arg-type]


def test_what_was_told_is_taken_in_once(ledger: Ledger) -> None:
    tell(ledger, "1", ("7001", told("3", "D", tracking="PKT")), ("7002", told("1", "N")))
    tell(ledger, "other", ("9999", told("3", "D")), account="2000/1")
    assert ledger.status.take_in(SHOP, ACCOUNT) == 2
    found = every(ledger)
    assert found["7001"].told == OrderTold("3", "D", False, "PKT")
    assert {one.state for one in found.values()} == {StatusState.UNMATCHED}
    assert set(found) == {"7001", "7002"}
    assert ledger.status.take_in(SHOP, ACCOUNT) == 0
    assert every(ledger) == found


def test_of_each_field_the_newest_counts_and_a_change_of_deliveries_is_remembered(ledger: Ledger) -> None:
    tell(ledger, "1", ("7001", told("2", "P", updated="1", tracking="A")))
    tell(ledger, "2", ("7001", told("3", "P")))
    ledger.status.take_in(SHOP, ACCOUNT)
    assert every(ledger)["7001"].told == OrderTold("3", "P", True, "A")
    tell(ledger, "3", ("7001", {**told("3", "D"), "updated": "0", "tracking": "B"}))
    ledger.status.take_in(SHOP, ACCOUNT)
    assert every(ledger)["7001"].told == OrderTold("3", "D", True, "B")


def test_a_very_long_queue_is_taken_in_piece_by_piece(ledger: Ledger) -> None:
    orders = ROWS_A_TRANSACTION // 2 + 10
    tell(ledger, "1", *((str(number), told("3", "D")) for number in range(orders)))
    assert ledger.status.take_in(SHOP, ACCOUNT) == orders
    assert ledger.status.state_counts(SHOP)[StatusState.UNMATCHED] == orders
    assert all(one.told == OrderTold("3", "D") for one in every(ledger).values())


def test_told_again_alike_it_is_not_looked_at_again(ledger: Ledger) -> None:
    linked(ledger, 1, "7001")
    tell(ledger, "1", ("7001", told("3", "D")))
    ledger.status.take_in(SHOP, ACCOUNT)
    assert ledger.status.match(SHOP) == 1
    (record,) = next(ledger.status.due(SHOP, look_again=DAY))
    assert (record.uid, record.generation, record.number) == (1, 1, "1001")
    ledger.status.record_results(SHOP, [result(record, StatusState.DONE)])
    tell(ledger, "2", ("7001", told("3", "D")))
    assert ledger.status.take_in(SHOP, ACCOUNT) == 1
    assert due(ledger) == []
    tell(ledger, "3", ("7001", told("5", "D")))
    ledger.status.take_in(SHOP, ACCOUNT)
    assert due(ledger) == ["7001"]


def test_a_result_for_an_older_telling_is_dropped(ledger: Ledger) -> None:
    linked(ledger, 1, "7001")
    tell(ledger, "1", ("7001", told("2", "P")))
    ledger.status.take_in(SHOP, ACCOUNT)
    ledger.status.match(SHOP)
    (record,) = next(ledger.status.due(SHOP, look_again=DAY))
    tell(ledger, "2", ("7001", told("3", "D")))
    ledger.status.take_in(SHOP, ACCOUNT)
    ledger.status.record_results(SHOP, [result(record, StatusState.DONE)])
    assert every(ledger)["7001"].state is StatusState.NEW
    assert due(ledger) == ["7001"]


def test_a_write_that_was_begun_is_looked_at_again(ledger: Ledger) -> None:
    linked(ledger, 1, "7001")
    tell(ledger, "1", ("7001", told("3", "D")))
    ledger.status.take_in(SHOP, ACCOUNT)
    ledger.status.match(SHOP)
    (record,) = next(ledger.status.due(SHOP, look_again=DAY))
    ledger.status.begin_writes(SHOP, [record])
    assert every(ledger)["7001"].state is StatusState.WRITING
    assert due(ledger) == ["7001"]


def test_what_is_listed_is_looked_at_now_and_then(timed: Ledger, clock: Clock) -> None:
    linked(timed, 1, "7001")
    tell(timed, "1", ("7001", told("5", "N")))
    timed.status.take_in(SHOP, ACCOUNT)
    timed.status.match(SHOP)
    (record,) = next(timed.status.due(SHOP, look_again=DAY))
    timed.status.record_results(SHOP, [result(record, StatusState.LISTED, rule="r", looked=True)])
    assert due(timed) == []
    assert due(timed, timedelta(0)) == ["7001"]
    clock.pass_(DAY.total_seconds())
    assert due(timed) == ["7001"]


def test_other_settings_bring_what_waits_for_people_back(ledger: Ledger) -> None:
    states = [
        StatusState.LISTED,
        StatusState.UNKNOWN,
        StatusState.REFUSED,
        StatusState.NOTHING,
        StatusState.DONE,
        StatusState.WAITING,
    ]
    for uid, _ in enumerate(states, 1):
        linked(ledger, uid, str(7000 + uid))
    tell(ledger, "1", *((str(7000 + uid), told("1", "N")) for uid, _ in enumerate(states, 1)))
    ledger.status.take_in(SHOP, ACCOUNT)
    assert ledger.status.reconsider(SHOP, ACCOUNT, "first") == 0
    assert ledger.status.match(SHOP) == len(states)
    records = list(every(ledger).values())
    ledger.status.record_results(
        SHOP, [result(one, state, looked=True) for one, state in zip(records, states, strict=True)]
    )
    assert ledger.status.reconsider(SHOP, ACCOUNT, "first") == 0
    assert due(ledger) == ["7006"]
    assert ledger.status.reconsider(SHOP, ACCOUNT, "second") == 4
    assert due(ledger) == ["7001", "7002", "7003", "7004", "7006"]


def test_pages_neither_miss_nor_repeat_while_states_move(ledger: Ledger) -> None:
    for uid in range(1, 8):
        linked(ledger, uid, str(7000 + uid))
    tell(ledger, "1", *((str(7000 + uid), told("3", "D")) for uid in range(1, 8)))
    ledger.status.take_in(SHOP, ACCOUNT)
    ledger.status.match(SHOP)
    seen = []
    for page in ledger.status.due(SHOP, look_again=DAY, page=2):
        seen += [one.order_no for one in page]
        ledger.status.record_results(SHOP, [result(one, StatusState.WAITING) for one in page[:1]])
        ledger.status.record_results(SHOP, [result(one, StatusState.DONE) for one in page[1:]])
    assert seen == [str(7000 + uid) for uid in range(1, 8)]


def test_codes_nobody_knows_are_counted_with_an_example(ledger: Ledger) -> None:
    for uid in (1, 2, 3):
        linked(ledger, uid, str(7000 + uid))
    tell(ledger, "1", ("7001", told("8", "X")), ("7002", told("8", "X")), ("7003", told("9", "Y")))
    ledger.status.take_in(SHOP, ACCOUNT)
    ledger.status.match(SHOP)
    ledger.status.record_results(SHOP, [result(one, StatusState.UNKNOWN) for one in every(ledger).values()])
    found = ledger.status.unknown_codes(SHOP)
    assert [(one.status_id, one.delivery_status, one.orders, one.example) for one in found] == [
        ("8", "X", 2, "7002"),
        ("9", "Y", 1, "7003"),
    ]


def test_each_shop_has_its_own_view_of_an_account(ledger: Ledger) -> None:
    linked(ledger, 1, "7001")
    tell(ledger, "1", ("7001", told("3", "D")))
    assert [ledger.status.take_in(shop, ACCOUNT) for shop in (SHOP, "other")] == [1, 1]
    assert [ledger.status.match(shop) for shop in (SHOP, "other")] == [1, 0]
    assert every(ledger, "other")["7001"].state is StatusState.UNMATCHED
    ledger.status.match("other", [SHOP])
    assert every(ledger, "other")["7001"].state is StatusState.ELSEWHERE
    assert every(ledger)["7001"].state is StatusState.NEW


def test_matching_again_changes_nothing(timed: Ledger, clock: Clock) -> None:
    linked(timed, 1, "7001")
    scan(timed, [2])
    timed.orders.link(SHOP, 2, "7001", who="", why="", by="mark")
    tell(timed, "1", ("7001", told("3", "D")), ("7002", told("3", "D")))
    timed.status.take_in(SHOP, ACCOUNT)
    timed.status.match(SHOP)
    before = every(timed)
    assert before["7001"].state is StatusState.UNCLEAR
    assert "1001, 1002" in before["7001"].words
    clock.pass_(60)
    assert timed.status.match(SHOP) == 0
    assert every(timed) == before


def test_by_uid_finds_every_order_of_specter_that_is_about_one(ledger: Ledger) -> None:
    linked(ledger, 1, "7001")
    ledger.orders.new_generation(SHOP, 1, who="anna", why="was deleted")
    ledger.orders.link(SHOP, 1, "7002", who="anna", why="is there")
    tell(ledger, "1", ("7001", told("5", "N")), ("7002", told("3", "D")))
    ledger.status.take_in(SHOP, ACCOUNT)
    ledger.status.match(SHOP)
    found = ledger.status.by_uid(SHOP, [1, 2])
    assert {uid: [one.state for one in records] for uid, records in found.items()} == {
        1: [StatusState.UNCLEAR, StatusState.NEW]
    }


def test_tracking_numbers_are_forgotten_like_other_personal_detail(timed: Ledger, clock: Clock) -> None:
    linked(timed, 1, "7001")
    tell(timed, "1", ("7001", told("3", "D", tracking="PKT")))
    timed.status.take_in(SHOP, ACCOUNT)
    timed.status.match(SHOP)
    (record,) = next(timed.status.due(SHOP, look_again=DAY))
    timed.status.record_results(SHOP, [result(record, StatusState.DONE, tracking_written="PKT")])
    assert every(timed)["7001"].tracking_written == "PKT"
    timed.prune(SHOP, order_detail_days=1)
    clock.pass_(10 * DAY.total_seconds())
    timed.prune(SHOP, order_detail_days=11)
    assert every(timed)["7001"].tracking_written == "PKT"
    assert timed.latest_values(ACCOUNT, "orders", ["7001"])["7001"]["tracking"].value == "PKT"
    timed.prune(SHOP, order_detail_days=9)
    kept = every(timed)["7001"]
    assert (kept.told, kept.tracking_written) == (OrderTold("3", "D", False, ""), "")
    assert kept.state is StatusState.DONE
    assert timed.latest_values(ACCOUNT, "orders", ["7001"])["7001"]["tracking"].value is None
