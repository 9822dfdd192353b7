"""A clean-up removes exactly what its dry run counts, and nothing that is needed, whatever the settings say."""

from __future__ import annotations

from datetime import timedelta

import pytest
from import_samples import change as import_change
from import_samples import records, writes
from ledger_samples import article_key, flag
from old_things import ACCOUNT, SHOP, UIDS, fill
from order_samples import START, Clock, found, order_intent

from abicart_specter.domain.imports.records import ImportPart
from abicart_specter.flows.maintenance.words import KINDS
from abicart_specter.ledger import (
    ChangeState,
    InboxValue,
    Keep,
    Ledger,
    OrderState,
    RunKey,
)
from abicart_specter.ledger.stock_records import StockPlan

DAYS = 24 * 3600
STRICTEST = Keep(1, 7, 1, 7, 7, 1, 1000)
"""As little as the settings allow."""
NOTHING = Keep(1, 0, 0, 0, 0, 0, 1000)
"""Less than any setting allows."""
FILES = {"journal_orders", "journal_articles", "reports"}


def gone(ledger: Ledger, keep: Keep, *, dry_run: bool = False) -> dict[str, int]:
    return {one.name: one.gone for one in ledger.keeping.clean_up(SHOP, keep, dry_run=dry_run)}


def rows(ledger: Ledger) -> dict[str, int]:
    return {table.name: table.rows for table in ledger.keeping.size().tables}


def test_a_dry_run_counts_what_the_run_removes_of_every_kind(old: Ledger) -> None:
    before = rows(old)
    counted = old.keeping.clean_up(SHOP, STRICTEST, dry_run=True)
    assert rows(old) == before
    assert gone(old, STRICTEST, dry_run=True) == {one.name: one.gone for one in counted}
    removed = old.keeping.clean_up(SHOP, STRICTEST)
    # Alike in every figure: what went, what stays, and how old the oldest of it is.
    assert removed == counted
    # A kind of which nothing goes here would not be tested by this; the staged catalogue is dropped by the next run.
    assert {one.name for one in removed if not one.gone} == {
        "staged_articles",
        "staged_items",
        "resolved_flags",
    }
    assert {one.name for one in removed} == KINDS.keys() - FILES
    assert all(one.kept for one in removed if one.name not in ("order_changes", "resolved_flags"))
    assert set(gone(old, STRICTEST).values()) == {0}


def test_what_went_is_what_is_missing(old: Ledger) -> None:
    before = rows(old)
    removed = gone(old, STRICTEST)
    after = rows(old)
    emptied = {"run_params", "order_details", "tracking", "tracking_told"}
    assert sum(before.values()) - sum(after.values()) == sum(
        count for name, count in removed.items() if name not in emptied
    )


def test_the_oldest_that_stays_is_told(old: Ledger, clock: Clock) -> None:
    accounts = {one.name: one for one in old.keeping.clean_up(SHOP, STRICTEST)}
    assert accounts["outcomes"].oldest == clock.now
    assert accounts["inbox_rows"].oldest == START  # the newest that Specter told of its order
    assert accounts["leases"].kept == 1


def test_another_shop_and_another_account_are_left_alone(old: Ledger) -> None:
    before = rows(old)
    assert sum(one.gone for one in old.keeping.clean_up("other", Keep(1, 7, 1, 7, 7, 1, 1001))) == 0
    assert rows(old) == before


def test_an_order_keeps_who_it_is(old: Ledger) -> None:
    uid = UIDS["old"]
    before = (
        old.orders.states(SHOP, [uid]),
        old.orders.decisions(SHOP, uid),
        old.orders.customers(SHOP, [f"key {uid}"]),
    )
    gone(old, NOTHING)
    assert (
        old.orders.states(SHOP, [uid]),
        old.orders.decisions(SHOP, uid),
        old.orders.customers(SHOP, [f"key {uid}"]),
    ) == before
    assert old.orders.sent_orders(SHOP, [uid])[uid].content_hash == "c"


@pytest.mark.parametrize("ending", ["intent", "unconfirmed"])
def test_what_an_open_write_needs_stays(timed: Ledger, clock: Clock, ending: str) -> None:
    run = RunKey(SHOP, "order_export", "run")
    timed.start_run(run, {})
    timed.orders.record_found(run, [found(7, "key 7")])
    intent = order_intent(7, snapshot={"rows": []}, proof={"difference": "0"})
    lease = timed.orders.begin(SHOP, "key 7", "owner", 60, intent)
    if ending == "unconfirmed":
        timed.orders.order_unconfirmed(lease, run, 7, 1, "no answer", release=True)
    else:
        timed.release_lease(lease)
    clock.pass_(400 * DAYS)
    removed = gone(timed, NOTHING)
    assert (removed["order_details"], removed["leases"]) == (0, 0)
    assert timed.orders.proof(SHOP, 7) == {"difference": "0"}
    assert timed.orders.states(SHOP, [7])[7].state is OrderState(ending)


def test_open_flags_and_open_changes_stay(timed: Ledger, clock: Clock) -> None:
    fill(timed, clock, SHOP, "old")
    uid = UIDS["old"]
    timed.orders.record_change(SHOP, uid, "h2", "cancelled", ["row 1"])
    timed.orders.raise_alarm(SHOP, "down", "It is down.", clock.now)
    flags = list(timed.iter_open_flags(SHOP))
    assert flags
    clock.pass_(4000 * DAYS)
    removed = gone(timed, NOTHING)
    assert list(timed.iter_open_flags(SHOP)) == flags
    assert [one.kind for one in timed.orders.open_changes(SHOP)] == ["cancelled"]
    assert [one.cause for one in timed.orders.open_alarms(SHOP)] == ["down"]
    assert removed["order_changes"] == removed["alarms"] == 1


def test_resolved_flags_go(timed: Ledger, clock: Clock) -> None:
    for number in range(2):
        run = RunKey(SHOP, "validation", str(number))
        timed.start_run(run, {})
        timed.record_flags(run, [flag(article_key(1))] if number == 0 else [], complete=True)
    clock.pass_(8 * DAYS)
    assert (
        gone(timed, STRICTEST, dry_run=True)["resolved_flags"]
        == gone(timed, STRICTEST)["resolved_flags"]
        == 1
    )


def question(ledger: Ledger, clock: Clock, state: ChangeState | None) -> RunKey:
    """A run with an open question, and a newer one, so that the last of its flow is another."""
    run = RunKey(SHOP, "nightly_import", "asks")
    ledger.start_run(run, {})
    if state is None:
        ledger.stock.clear_plan(run)
        ledger.stock.close_plan(run, StockPlan("ab" * 32, 1, 0, 10, ["Too many."]))
    else:
        ledger.imports.clear_plan(run)
        ledger.imports.plan_changes(run, [import_change(1)])
        changes = records(ledger, run)
        if state is ChangeState.WRITING:
            ledger.imports.begin_changes(SHOP, writes(changes))
        else:
            ledger.imports.set_change_states([one.id for one in changes], state)
    ledger.start_run(RunKey(SHOP, "nightly_import", "next"), {})
    return run


@pytest.mark.parametrize("state", [ChangeState.WAITING, ChangeState.WRITING, None])
def test_an_open_question_keeps_its_run(timed: Ledger, clock: Clock, state: ChangeState | None) -> None:
    run = question(timed, clock, state)
    clock.pass_(13 * DAYS)
    assert sum(gone(timed, NOTHING).values()) == 0
    if state is None:
        assert timed.stock.plan(run) is not None
    else:
        assert timed.imports.change_counts(run)[ImportPart.PRICE][state] == 1
    clock.pass_(2 * DAYS)  # longer than any question can wait
    assert gone(timed, NOTHING)["stock_plans" if state is None else "import_changes"] == 1


def test_an_undo_is_possible_for_as_long_as_the_setting_says(old: Ledger, clock: Clock) -> None:
    run = RunKey(SHOP, "nightly_import", "old")
    old.imports.begin_changes(SHOP, writes(records(old, run)))
    old.imports.confirm_changes(SHOP, writes(records(old, run)))
    gone(old, Keep(run_days=101))
    assert sum(len(page) for page in old.imports.undoable(SHOP, "old")) == 2
    gone(old, Keep(runs=1, run_days=99))
    assert sum(len(page) for page in old.imports.undoable(SHOP, "old")) == 0


def tell_tracking(ledger: Ledger, number: str) -> None:
    ledger.set_in_flight(ACCOUNT, "orders", number)
    ledger.store_batch(ACCOUNT, "orders", number, [InboxValue(number, "tracking", "PKT")], "journal")
    ledger.acknowledged(ACCOUNT, "orders", number)


def tracking(ledger: Ledger, number: str) -> str | None:
    return ledger.latest_values(ACCOUNT, "orders", [number])[number]["tracking"].value


def test_a_tracking_number_that_was_not_taken_in_stays(old: Ledger, clock: Clock) -> None:
    tell_tracking(old, "70001")
    clock.pass_(400 * DAYS)
    gone(old, NOTHING)
    assert tracking(old, "70001") == "PKT"


def test_an_order_that_nobody_found_is_looked_for_a_month(old: Ledger, clock: Clock) -> None:
    tell_tracking(old, "70001")
    old.status.take_in(SHOP, ACCOUNT)
    clock.pass_(29 * DAYS)
    gone(old, NOTHING)
    assert tracking(old, "70001") == "PKT"
    clock.pass_(2 * DAYS)
    gone(old, Keep(detail_days=32, queue_detail_days=0))
    assert tracking(old, "70001") == "PKT"
    gone(old, NOTHING)
    assert tracking(old, "70001") is None


def test_batches_that_are_not_acknowledged_stay(timed: Ledger, clock: Clock) -> None:
    timed.set_in_flight(ACCOUNT, "orders", "open")
    timed.set_in_flight(ACCOUNT, "orders", "read")
    timed.store_batch(ACCOUNT, "orders", "read", [], "journal")
    timed.set_in_flight(ACCOUNT, "orders", "read again")
    timed.store_batch(ACCOUNT, "orders", "read again", [], "journal")
    timed.acknowledged(ACCOUNT, "orders", "read again")
    timed.store_batch(ACCOUNT, "orders", "read again", [], "journal")  # Specter quoted it once more
    clock.pass_(1)
    tell_tracking(timed, "70001")
    clock.pass_(4000 * DAYS)
    assert gone(timed, NOTHING)["batches"] == 0
    assert {one.batch_no for one in timed.in_flight(ACCOUNT, "orders")} == {"open", "read", "read again"}


def test_many_rows_go_in_slices(timed: Ledger, clock: Clock) -> None:
    run = RunKey(SHOP, "order_export", "run")
    timed.start_run(run, {})
    timed.orders.record_found(run, [found(uid, f"key {uid}") for uid in range(1, 4501)])
    timed.start_run(RunKey(SHOP, "order_export", "next"), {})
    clock.pass_(timedelta(days=1).total_seconds())
    assert gone(timed, NOTHING, dry_run=True)["run_orders"] == 4500
    assert gone(timed, NOTHING)["run_orders"] == 4500


def test_what_cannot_be_meant_is_refused() -> None:
    for wrong in ({"runs": 0}, {"run_days": -1}, {"inbox_days": -1}):
        with pytest.raises(ValueError, match=r"kept|before it is there"):
            Keep(**wrong)


def test_a_tracking_number_that_is_still_to_be_written_stays(timed: Ledger, clock: Clock) -> None:
    run = RunKey(SHOP, "order_export", "run")
    timed.start_run(run, {})
    timed.orders.record_found(run, [found(7, "key 7")])
    timed.orders.link(SHOP, 7, "7007", who="anna", why="is there")
    tell_tracking(timed, "7007")
    timed.status.take_in(SHOP, ACCOUNT)
    assert timed.status.match(SHOP) == 1
    clock.pass_(400 * DAYS)
    removed = gone(timed, NOTHING)
    assert (removed["tracking"], removed["tracking_told"]) == (0, 0)
    assert [one.told.tracking_number for one in timed.status.by_uid(SHOP, [7])[7]] == ["PKT"]
    assert tracking(timed, "7007") == "PKT"
