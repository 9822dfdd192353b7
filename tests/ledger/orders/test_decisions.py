"""What rules and persons decide about orders (rules 7, 8, 10, 11)."""

from __future__ import annotations

import pytest
from order_samples import RUN, SHOP, Clock, found, order_intent, scan, warning

from abicart_specter.domain.records import Outcome
from abicart_specter.errors import LedgerError, RecordError
from abicart_specter.ledger import (
    Decision,
    GapRecord,
    Ledger,
    OrderNotOpenError,
    OrderState,
    OutcomeGaps,
    OutcomeRecord,
    RunKey,
    ShopBinding,
    WriteBack,
    numbered,
)

from order_samples import order_key  # isort: skip

HELD = Decision(1, OrderState.HELD, "awaiting_payment", "not paid yet", "Nothing: it is looked at again.")


def outcomes(ledger: Ledger, run: RunKey = RUN) -> dict[int, Outcome]:
    return {row.uid: row.outcome for row in ledger.orders.iter_order_outcomes(run)}


def put(ledger: Ledger, uid: int, state: OrderState) -> None:
    """Brings an order that was just found into a state."""
    orders = ledger.orders
    if state in (OrderState.HELD, OrderState.EXCLUDED, OrderState.FAILED):
        orders.decide(RUN, [Decision(uid, state, "rule", "reason", "remedy")])
    elif state is OrderState.LINKED:
        orders.link(SHOP, uid, f"L{uid}", who="anna", why="is there")
    elif state is not OrderState.NEW:
        lease = orders.begin(SHOP, f"key {uid}", "owner", 60, order_intent(uid))
        if state is OrderState.SENT:
            orders.confirm_order(lease, RUN, uid, 1, f"S{uid}", release=True)
        elif state is OrderState.UNCONFIRMED:
            orders.order_unconfirmed(lease, RUN, uid, 1, "no answer", "look", release=True)


def test_every_order_of_a_run_has_one_outcome(ledger: Ledger) -> None:
    orders = ledger.orders
    scan(ledger, range(1, 6), key=None)
    assert orders.outcome_gaps(RUN) == OutcomeGaps(missing=5, unexpected=0)
    decided = orders.decide(
        RUN, [HELD, Decision(2, OrderState.EXCLUDED, "discarded", "cancelled in the shop", "")]
    )
    assert decided == {1: OrderState.HELD, 2: OrderState.EXCLUDED}
    assert orders.fail(RUN, 3, "no answer", "Nothing.", "transport") is OrderState.FAILED
    assert orders.exclude(RUN, 4, "before_orders_from", "too old") is OrderState.EXCLUDED
    assert outcomes(ledger) == {
        1: Outcome.HELD,
        2: Outcome.EXCLUDED,
        3: Outcome.FAILED,
        4: Outcome.EXCLUDED,
    }
    rows = {row.uid: row for row in orders.iter_order_outcomes(RUN)}
    assert (rows[1].number, rows[1].rule, rows[1].remedy) == ("1001", HELD.rule, HELD.remedy)
    assert (rows[1].state, rows[1].generation, rows[1].proof) == (OrderState.HELD, 1, None)
    assert [row.uid for row in orders.iter_order_outcomes(RUN, Outcome.EXCLUDED)] == [2, 4]
    assert orders.missing_outcomes(RUN) == [GapRecord(order_key(5), "1005")]
    assert {order.uid for order in orders.run_orders(RUN)} == {3, 5}
    assert {order.uid for order in orders.run_orders(RUN, undecided=False)} == {1, 2, 3, 4, 5}
    assert [order.uid for order in orders.run_orders(RUN, [3])] == [3]
    assert orders.open_partition_counts(RUN) == {3: 1, 5: 1}
    ledger.record_outcomes(RUN, [OutcomeRecord(order_key(9), "1009", Outcome.SENT)])
    assert orders.unexpected_outcomes(RUN) == [GapRecord(order_key(9), "1009")]
    assert orders.outcome_gaps(RUN) == OutcomeGaps(missing=1, unexpected=1)
    assert sum(orders.outcome_counts(RUN).values()) == 5
    assert orders.state_counts(SHOP)[OrderState.EXCLUDED] == 2
    assert [order.uid for order in orders.in_state(SHOP, OrderState.EXCLUDED)] == [2, 4]
    (first, *_) = [row.record for row in ledger.iter_outcomes(RUN)]
    assert (first.key, first.product_number, first.remedy) == (order_key(1), "1001", HELD.remedy)


@pytest.mark.parametrize("state", list(OrderState))
def test_a_rule_moves_only_what_is_not_in_specter(ledger: Ledger, state: OrderState) -> None:
    orders = ledger.orders
    scan(ledger, [1], key=None)
    put(ledger, 1, state)
    before = orders.states(SHOP, [1])[1]
    later = scan(ledger, [1], RunKey(SHOP, "order_export", "run-2"), key=None)
    after = orders.decide(later, [HELD])[1]
    if state in (OrderState.NEW, OrderState.HELD, OrderState.EXCLUDED, OrderState.FAILED):
        assert (after, outcomes(ledger, later)[1]) == (OrderState.HELD, Outcome.HELD)
        assert orders.states(SHOP, [1])[1].reason == HELD.reason
        return
    assert after is state
    assert orders.states(SHOP, [1])[1] == before
    expected = {
        OrderState.SENT: Outcome.UNCHANGED,
        OrderState.LINKED: Outcome.UNCHANGED,
        OrderState.UNCONFIRMED: Outcome.UNCONFIRMED,
        OrderState.INTENT: Outcome.FAILED,
    }
    assert outcomes(ledger, later)[1] is expected[state]
    (row,) = orders.iter_order_outcomes(later)
    assert row.reason
    assert row.rule != HELD.rule
    assert orders.already_there(later, [1, 1]) == {1: state}
    assert orders.already_there(later, []) == {}


def test_how_long_an_order_is_held_is_known(timed: Ledger, clock: Clock) -> None:
    scan(timed, [1])
    timed.orders.decide(RUN, [HELD])
    since = clock.now
    clock.pass_(600)
    timed.orders.decide(RUN, [HELD])
    assert timed.orders.states(SHOP, [1])[1].state_since == since
    assert timed.orders.due(SHOP, clock.now)[0].state_since == since


def test_rules_decide_nothing_else_and_about_nothing_unknown(ledger: Ledger) -> None:
    scan(ledger, [1])
    with pytest.raises(ValueError, match="cannot decide that an order is sent"):
        ledger.orders.decide(RUN, [Decision(1, OrderState.SENT, "r", "", "")])
    with pytest.raises(LedgerError, match="knows no order 7"):
        ledger.orders.decide(RUN, [HELD, Decision(7, OrderState.HELD, "r", "", "")])
    assert ledger.orders.states(SHOP, [1])[1].state is OrderState.NEW  # one transaction
    assert ledger.orders.decide(RUN, []) == {}


@pytest.mark.parametrize("state", list(OrderState))
def test_who_may_link_what(ledger: Ledger, state: OrderState) -> None:
    orders = ledger.orders
    scan(ledger, [1], key=None)
    put(ledger, 1, state)
    run = scan(ledger, [1], RunKey(SHOP, "order_export_single", "by hand"), key=None)
    if state is OrderState.INTENT:
        with pytest.raises(OrderNotOpenError, match="being sent now"):
            orders.link(SHOP, 1, "5001", who="anna", why="saw it", run=run)
        return
    if state in (OrderState.SENT, OrderState.LINKED):
        known = orders.states(SHOP, [1])[1]
        with pytest.raises(OrderNotOpenError, match="besides"):
            orders.link(SHOP, 1, "5001", who="anna", why="saw it", run=run)
        assert known.specter_order_no is not None
        same = orders.link(SHOP, 1, known.specter_order_no, who="anna", why="saw it", run=run)
        assert (same.state, same.outcome) == (state, Outcome.UNCHANGED)
        assert orders.states(SHOP, [1])[1] == known
        return
    linked = orders.link(SHOP, 1, "5001", who="anna", why="saw it", run=run)
    assert (linked.state, linked.outcome) == (OrderState.LINKED, Outcome.LINKED)
    assert linked.specter_order_no == "5001"
    kept = orders.states(SHOP, [1])[1]
    assert (kept.linked_by, kept.write_back) == ("person", WriteBack.PENDING)
    (decision,) = orders.decisions(SHOP, 1)
    assert (decision.what, decision.who, decision.why) == ("linked to 5001 by person", "anna", "saw it")
    assert outcomes(ledger, run) == {1: Outcome.LINKED}


def test_a_person_cannot_give_one_number_to_two_orders(ledger: Ledger) -> None:
    """Nor to two of shops on one Specter account; another account has numbers of its own."""
    orders = ledger.orders
    for shop, webshop, account in ((SHOP, 1, 1000), ("same", 2, 1000), ("elsewhere", 3, 1001)):
        ledger.bind(ShopBinding(shop, webshop, account, None))
    scan(ledger, [1, 2])
    for shop in ("same", "elsewhere"):
        scan(ledger, [3], RunKey(shop, "order_export", "run"))
    orders.link(SHOP, 1, "5001", who="anna", why="saw it")
    for shop, uid in ((SHOP, 2), ("same", 3)):
        with pytest.raises(OrderNotOpenError, match=f"5001, which is order 1001 of shop {SHOP}"):
            orders.link(shop, uid, "5001", who="anna", why="a slip of the hand")
        assert orders.states(shop, [uid])[uid].state is OrderState.NEW
    orders.link("elsewhere", 3, "5001", who="anna", why="saw it")
    orders.link(SHOP, 2, "5002", who="anna", why="saw it")


def test_a_sent_order_whose_number_was_unreadable_gets_it_from_a_person(ledger: Ledger) -> None:
    orders = ledger.orders
    scan(ledger, [1])
    lease = orders.begin(SHOP, "key", "owner", 60, order_intent(1))
    orders.confirm_order(lease, RUN, 1, 1, None, release=True)
    assert orders.pending_write_back(SHOP) == []
    assert orders.link(SHOP, 1, "5001", who="anna", why="looked").state is OrderState.SENT
    assert [mark.specter_order_no for mark in orders.pending_write_back(SHOP)] == ["5001"]


def test_a_decision_needs_who_and_why(ledger: Ledger) -> None:
    scan(ledger, [1])
    for who, why in (("", "reason"), ("anna", " ")):
        for decide in (
            lambda who=who, why=why: ledger.orders.link(SHOP, 1, "5", who=who, why=why),
            lambda who=who, why=why: ledger.orders.allow_resend(SHOP, 1, who=who, why=why),
            lambda who=who, why=why: ledger.orders.new_generation(SHOP, 1, who=who, why=why),
        ):
            with pytest.raises(RecordError, match="needs who decides and why") as raised:
                decide()
            assert raised.value.rule == "reason_missing"
    assert ledger.orders.decisions(SHOP, 1) == []


@pytest.mark.parametrize("state", [state for state in OrderState if state is not OrderState.UNCONFIRMED])
def test_leave_is_given_only_for_what_is_unconfirmed(ledger: Ledger, state: OrderState) -> None:
    scan(ledger, [1], key=None)
    put(ledger, 1, state)
    with pytest.raises(OrderNotOpenError, match="nobody's leave"):
        ledger.orders.allow_resend(SHOP, 1, who="anna", why="looked")


@pytest.mark.parametrize("state", list(OrderState))
def test_what_can_be_sent_again_as_a_new_order(ledger: Ledger, state: OrderState) -> None:
    orders = ledger.orders
    scan(ledger, [1], key=None)
    put(ledger, 1, state)
    if state not in (OrderState.SENT, OrderState.LINKED, OrderState.UNCONFIRMED):
        with pytest.raises(OrderNotOpenError, match="was not sent yet"):
            orders.new_generation(SHOP, 1, who="anna", why="deleted in Specter")
        return
    first = orders.states(SHOP, [1])[1]
    assert orders.new_generation(SHOP, 1, who="anna", why="deleted in Specter") == 2
    with pytest.raises(OrderNotOpenError, match="was not sent yet"):  # one at a time
        orders.new_generation(SHOP, 1, who="anna", why="clicked twice")
    old, new = orders.generations(SHOP, 1)
    assert (old.state, old.specter_order_no, old.external_no) == (
        first.state,
        first.specter_order_no,
        first.external_no,
    )
    assert (new.state, new.generation, new.external_no, new.number) == (OrderState.NEW, 2, None, "1001")
    assert orders.states(SHOP, [1])[1] == new
    assert orders.pending_write_back(SHOP) == []  # the shop's mark is for the new one
    with pytest.raises(OrderNotOpenError, match="newer version"):
        orders.begin(SHOP, "key 1", "owner", 60, order_intent(1, trusted=True))
    assert numbered("", "1001", 2) == "1001-R2"
    lease = orders.begin(SHOP, "key 1", "owner", 60, order_intent(1, generation=2))
    orders.confirm_order(lease, RUN, 1, 2, "6001", flags=[warning(1)], release=True)
    assert [mark.specter_order_no for mark in orders.pending_write_back(SHOP)] == ["6001"]
    assert orders.sent_orders(SHOP, [1])[1].generation == 2
    # A late answer to the first one is stored with the first one.
    orders.late_answer(SHOP, 1, 1, "5999", "journal")
    old, new = orders.generations(SHOP, 1)
    assert "5999" in (old.specter_order_no, *old.other_numbers)
    assert (new.specter_order_no, new.other_numbers) == ("6001", ())
    assert [mark.specter_order_no for mark in orders.pending_write_back(SHOP)] == ["6001"]


def test_the_old_generations_number_stays_ours(ledger: Ledger) -> None:
    orders = ledger.orders
    scan(ledger, [1], key=None)
    put(ledger, 1, OrderState.SENT)
    orders.new_generation(SHOP, 1, who="anna", why="deleted")
    orders.record_found(RUN, [found(1, mark="S1")])
    assert orders.foreign_marks(SHOP, found(0).ordered_at) == []
