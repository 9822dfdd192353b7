"""Around a write: lease and intent before it, what is known of it after (rules 4, 5, 9, 10)."""

from __future__ import annotations

import pytest
from order_samples import RUN, SHOP, START, Clock, customer_intent, order_intent, order_key, scan, warning

from abicart_specter.domain.records import Outcome
from abicart_specter.errors import LeaseHeldError, RecordError
from abicart_specter.ledger import (
    LeaseLostError,
    Ledger,
    OrderEnded,
    OrderNotOpenError,
    OrderRecord,
    OrderState,
    RunKey,
    WriteBack,
)

LATER = RunKey(SHOP, "order_export", "run-2")


def state(ledger: Ledger, uid: int = 1) -> OrderRecord:
    return ledger.orders.states(SHOP, [uid])[uid]


def outcome(ledger: Ledger, uid: int = 1, run: RunKey = RUN) -> Outcome:
    return {row.uid: row.outcome for row in ledger.orders.iter_order_outcomes(run)}[uid]


def sending(ledger: Ledger, uid: int = 1, **intent: object) -> object:
    return ledger.orders.begin(SHOP, "key", f"owner of {uid}", 60, order_intent(uid, **intent))


def lose_answer(ledger: Ledger, uid: int = 1, run: RunKey = RUN, **intent: object) -> OrderEnded:
    lease = ledger.orders.begin(SHOP, "key", "owner", 60, order_intent(uid, **intent))  # type: ignore[arg-type]
    return ledger.orders.order_unconfirmed(lease, run, uid, 1, "no answer", "look", release=True)


def test_an_order_of_a_new_customer(timed: Ledger, clock: Clock) -> None:
    orders = timed.orders
    scan(timed, [1])
    lease = orders.begin(SHOP, "key", "owner", 60, customer_intent())
    assert lease.name == orders.lease_name(SHOP, "key")
    assert orders.customers(SHOP, ["key"])["key"].open_intents == 1
    clock.pass_(50)
    intent = order_intent(1, content_hash="c", snapshot={"rows": []}, proof={"difference": "0"})
    confirmed = orders.confirm_customer(lease, SHOP, "key", "77", "fields", 1, intent, seconds=60)
    assert (confirmed.other_keys, confirmed.previous_no) == ((), None)
    assert timed.lease_seconds_left(confirmed.lease) == 60
    kept = state(timed)
    assert (kept.state, kept.external_no, kept.intent_hash) == (OrderState.INTENT, "1001", "content")
    assert (kept.specter_customer_no, kept.intent_at, kept.reason) == ("77", START, "")
    clock.pass_(5)
    ended = orders.confirm_order(confirmed.lease, RUN, 1, 1, "5001", flags=[warning(1)], release=True)
    assert ended == OrderEnded(OrderState.SENT, Outcome.SENT, "5001", None, False, None)
    kept = state(timed)
    assert (kept.state, kept.specter_order_no, kept.write_back) == (
        OrderState.SENT,
        "5001",
        WriteBack.PENDING,
    )
    assert kept.sent_at == kept.state_since == clock.now
    (row,) = orders.iter_order_outcomes(RUN)
    assert (row.number, row.outcome, row.specter_order_no, row.proof) == (
        "1001",
        Outcome.SENT,
        "5001",
        {"difference": "0"},
    )
    assert [flag.flag for flag in timed.iter_flags(RUN)] == [warning(1)]
    sent = orders.sent_orders(SHOP, [1])[1]
    assert (sent.content_hash, sent.snapshot, sent.proof) == ("c", {"rows": []}, {"difference": "0"})
    assert orders.proof(SHOP, 1) == {"difference": "0"}
    with pytest.raises(LeaseLostError):
        timed.release_lease(lease)
    customer = orders.customers(SHOP, ["key", "none"])
    assert (customer["key"].specter_customer_no, customer["key"].open_intents) == ("77", 0)
    assert customer["none"].specter_customer_no is None


def test_the_orders_of_a_customer_one_after_the_other(ledger: Ledger) -> None:
    orders = ledger.orders
    scan(ledger, [1, 2, 3])
    lease = orders.begin(SHOP, "key", "owner", 60, order_intent(1))
    first = orders.confirm_order(lease, RUN, 1, 1, "5001", then=order_intent(2), seconds=60)
    assert first.lease is not None
    assert state(ledger, 2).state is OrderState.INTENT
    second = orders.order_refused(
        first.lease, RUN, 2, 1, "refused", "unknown article", "send it", then=order_intent(3), seconds=60
    )
    assert (second.state, second.outcome) == (OrderState.HELD, Outcome.HELD)
    assert second.lease is not None
    third = orders.order_not_sent(second.lease, RUN, 3, 1, "no route", release=True)
    assert (third.state, third.outcome) == (OrderState.FAILED, Outcome.FAILED)
    assert state(ledger, 2).rule == "refused"
    assert (state(ledger, 2).attempt_hashes, state(ledger, 3).attempt_hashes) == ((), ())
    with pytest.raises(ValueError, match="kept and prolonged"):
        orders.confirm_order(lease, RUN, 1, 1, "5001", then=order_intent(2), release=True)


def test_an_ending_told_twice_changes_nothing_more(ledger: Ledger) -> None:
    orders = ledger.orders
    scan(ledger, [1])
    lease = orders.begin(SHOP, "key", "owner", 60, order_intent(1))
    orders.confirm_order(lease, RUN, 1, 1, "5001", release=True)
    once = state(ledger)
    for _ in range(2):
        assert orders.confirm_order(lease, RUN, 1, 1, "5001", release=True).second_number is None
    assert orders.order_unconfirmed(lease, RUN, 1, 1, "no answer").state is OrderState.SENT
    assert orders.order_not_sent(lease, RUN, 1, 1, "no route").state is OrderState.SENT
    assert orders.order_refused(lease, RUN, 1, 1, "r", "no", "").state is OrderState.SENT
    assert state(ledger) == once
    assert outcome(ledger) is Outcome.SENT


def test_an_intent_told_twice_is_one_and_another_content_needs_an_ending_first(ledger: Ledger) -> None:
    orders = ledger.orders
    scan(ledger, [1])
    lease = orders.begin(SHOP, "key", "owner", 60)
    orders.intend(lease, 60, order_intent(1))
    orders.intend(lease, 60, order_intent(1))
    assert state(ledger).attempt_hashes == ("content",)
    with pytest.raises(OrderNotOpenError, match="being sent now"):
        orders.intend(lease, 60, order_intent(1, "other"))
    assert state(ledger).intent_hash == "content"


@pytest.mark.parametrize("settled", [OrderState.SENT, OrderState.LINKED])
def test_what_is_in_specter_is_not_begun_again(ledger: Ledger, settled: OrderState) -> None:
    orders = ledger.orders
    scan(ledger, [1])
    lease = orders.begin(SHOP, "key", "owner", 60, order_intent(1))
    assert settled in (OrderState.SENT, OrderState.LINKED)
    orders.confirm_order(lease, RUN, 1, 1, "5001", state=settled, release=True)  # type: ignore[arg-type]
    before = state(ledger)
    with pytest.raises(OrderNotOpenError, match="order 1001 is") as raised:
        orders.begin(SHOP, "key", "second", 60, order_intent(1, trusted=True))
    assert raised.value.state is settled
    assert raised.value.rule == "order_not_open"
    assert state(ledger) == before
    ledger.release_lease(orders.begin(SHOP, "key", "third", 60))  # the lease was given back
    run = scan(ledger, [1], LATER)
    assert orders.already_there(run, [1]) == {1: settled}
    assert outcome(ledger, run=run) is Outcome.UNCHANGED


def test_an_unconfirmed_order_is_not_sent_without_somebodys_word(ledger: Ledger) -> None:
    orders = ledger.orders
    scan(ledger, [1])
    assert lose_answer(ledger) == OrderEnded(
        OrderState.UNCONFIRMED, Outcome.UNCONFIRMED, None, None, False, None
    )
    with pytest.raises(OrderNotOpenError, match="without somebody's word") as raised:
        sending(ledger)
    assert raised.value.state is OrderState.UNCONFIRMED
    orders.allow_resend(SHOP, 1, who="anna", why="looked: not there")
    orders.allow_resend(SHOP, 1, who="anna", why="looked: not there")
    assert [one.who for one in orders.decisions(SHOP, 1)] == ["anna"]
    lease = orders.begin(SHOP, "key", "owner", 60, order_intent(1))
    assert state(ledger).repeat
    orders.order_not_sent(lease, RUN, 1, 1, "no route", release=True)
    assert (state(ledger).state, state(ledger).resend_allowed) == (OrderState.UNCONFIRMED, True)
    assert lose_answer(ledger).state is OrderState.UNCONFIRMED
    assert not state(ledger).resend_allowed  # one leave, one write that may have arrived
    with pytest.raises(OrderNotOpenError):
        sending(ledger)
    assert outcome(ledger) is Outcome.UNCONFIRMED


def test_under_trust_it_is_repeated_once_by_itself(ledger: Ledger) -> None:
    orders = ledger.orders
    scan(ledger, [1])
    lose_answer(ledger, trusted=True)
    lease = orders.begin(SHOP, "key", "owner", 60, order_intent(1, trusted=True))
    assert (state(ledger).repeat, state(ledger).repeats) == (True, 1)
    orders.order_not_sent(lease, RUN, 1, 1, "no route", release=True)
    assert state(ledger).repeats == 0  # nothing was repeated
    lease = orders.begin(SHOP, "key", "owner", 60, order_intent(1, trusted=True))
    ended = orders.order_refused(lease, RUN, 1, 1, "refused", "some words", "ask", release=True)
    assert (ended.state, ended.outcome) == (OrderState.UNCONFIRMED, Outcome.UNCONFIRMED)
    assert state(ledger).reason == "some words"
    with pytest.raises(OrderNotOpenError):
        sending(ledger, trusted=True)


def test_a_refusal_that_proves_the_first_write_links(ledger: Ledger) -> None:
    orders = ledger.orders
    scan(ledger, [1])
    lose_answer(ledger, trusted=True)
    lease = orders.begin(SHOP, "key", "owner", 60, order_intent(1, trusted=True))
    ended = orders.confirm_order(
        lease, RUN, 1, 1, None, state=OrderState.LINKED, words="Specter has it already", release=True
    )
    assert (ended.state, ended.outcome, ended.version_unknown) == (OrderState.LINKED, Outcome.LINKED, False)
    assert (state(ledger).linked_by, state(ledger).write_back) == ("refusal", WriteBack.NONE)
    assert outcome(ledger) is Outcome.LINKED
    assert orders.late_answer(SHOP, 1, 1, "5001", "journal").specter_order_no == "5001"
    assert (state(ledger).state, state(ledger).write_back) == (OrderState.LINKED, WriteBack.PENDING)


@pytest.mark.parametrize(("contents", "unknown"), [(("a", "a"), False), (("a", "b"), True)])
def test_writes_of_different_content_leave_the_version_unknown(
    ledger: Ledger, contents: tuple[str, str], unknown: bool
) -> None:
    orders = ledger.orders
    scan(ledger, [1])
    lose_answer(ledger, hash_=contents[0])
    orders.allow_resend(SHOP, 1, who="anna", why="looked")
    lease = orders.begin(SHOP, "key", "owner", 60, order_intent(1, contents[1]))
    ended = orders.confirm_order(lease, RUN, 1, 1, "5001", state=OrderState.LINKED, release=True)
    assert ended.version_unknown is unknown
    assert state(ledger).version_unknown is unknown


def test_a_write_that_surely_failed_is_no_other_version(ledger: Ledger) -> None:
    orders = ledger.orders
    scan(ledger, [1])
    for hash_ in ("a", "b"):
        lease = orders.begin(SHOP, "key", "owner", 60, order_intent(1, hash_))
        orders.order_not_sent(lease, RUN, 1, 1, "no route", release=True)
    lease = orders.begin(SHOP, "key", "owner", 60, order_intent(1, "c"))
    assert not orders.confirm_order(lease, RUN, 1, 1, "5001", release=True).version_unknown


def test_the_number_is_frozen_at_the_first_intent(ledger: Ledger) -> None:
    orders = ledger.orders
    scan(ledger, [1, 2])
    lease = orders.begin(SHOP, "key", "owner", 60, order_intent(1))
    orders.order_not_sent(lease, RUN, 1, 1, "no route", release=True)
    with pytest.raises(RecordError, match="keeps it") as raised:
        orders.begin(SHOP, "key", "owner", 60, order_intent(1, external_no="W1001"))
    assert raised.value.rule == "external_no_frozen"
    with pytest.raises(RecordError, match="used for another order") as raised:
        orders.begin(SHOP, "key", "owner", 60, order_intent(2, external_no="1001"))
    assert raised.value.rule == "external_no_taken"
    assert state(ledger, 1).external_no == "1001"
    assert state(ledger, 2).external_no is None
    ledger.release_lease(orders.begin(SHOP, "key", "owner", 60, order_intent(1)))


def test_a_second_number_is_kept_beside_the_first(ledger: Ledger) -> None:
    orders = ledger.orders
    scan(ledger, [1, 2])
    lease = orders.begin(SHOP, "key", "owner", 60, order_intent(1))
    orders.confirm_order(lease, RUN, 1, 1, "5001")
    for _ in range(2):
        ended = orders.confirm_order(lease, RUN, 1, 1, "5002")
        assert (ended.specter_order_no, ended.second_number) == ("5001", "5002")
    orders.late_answer(SHOP, 1, 1, "5003", "journal")
    assert [(one.uid, one.other_numbers) for one in orders.double_orders(SHOP)] == [(1, ("5002", "5003"))]
    said = [(one.what, one.who) for one in orders.decisions(SHOP, 1)]
    assert said == [
        ("second Specter number 5002", "Specter"),
        ("second Specter number 5003", "Specter"),
        ("late answer 5003", "journal"),
    ]


def test_a_dead_owners_intent_becomes_unconfirmed_never_new(timed: Ledger, clock: Clock) -> None:
    orders = timed.orders
    scan(timed, [1, 2])
    orders.begin(SHOP, "key", "dead", 60, order_intent(1))
    with pytest.raises(LeaseHeldError):
        orders.begin(SHOP, "key", "next", 60, order_intent(2))
    clock.pass_(60 + 89)
    with pytest.raises(LeaseHeldError, match="dead stopped in the middle of a write") as raised:
        orders.begin(SHOP, "key", "next", 60, order_intent(2), settle_seconds=90)
    assert raised.value.seconds_left == 1
    assert state(timed).state is OrderState.INTENT
    clock.pass_(1)
    lease = orders.begin(SHOP, "key", "next", 60, order_intent(2), settle_seconds=90)
    assert lease.took_over
    assert state(timed).state is OrderState.UNCONFIRMED
    assert (state(timed).rule, state(timed, 2).state) == ("order_unconfirmed", OrderState.INTENT)


def test_what_a_dead_owner_left_is_stored_even_if_the_next_intent_is_refused(
    timed: Ledger, clock: Clock
) -> None:
    orders = timed.orders
    scan(timed, [1])
    orders.begin(SHOP, "key", "dead", 60, order_intent(1))
    clock.pass_(60)
    with pytest.raises(OrderNotOpenError, match="without somebody's word"):
        orders.begin(SHOP, "key", "next", 60, order_intent(1))
    assert state(timed).state is OrderState.UNCONFIRMED
    assert not orders.begin(SHOP, "key", "next", 60).took_over


def test_a_customers_write_must_settle_too(timed: Ledger, clock: Clock) -> None:
    orders = timed.orders
    orders.begin(SHOP, "key", "dead", 60, customer_intent())
    clock.pass_(60)
    with pytest.raises(LeaseHeldError, match="in the middle of a write"):
        orders.begin(SHOP, "key", "next", 60, customer_intent(), settle_seconds=90)
    clock.pass_(90)
    orders.begin(SHOP, "key", "next", 60, customer_intent(), settle_seconds=90)
    assert orders.customers(SHOP, ["key"])["key"].open_intents == 2


def test_intents_of_owners_that_are_gone_are_found_without_their_key(timed: Ledger, clock: Clock) -> None:
    orders = timed.orders
    scan(timed, [1, 2, 3, 4], key=None)
    leases = [orders.begin(SHOP, f"key {uid}", "owner", 60, order_intent(uid)) for uid in (1, 2, 3)]
    assert orders.expire_intents(SHOP, 90) == []
    timed.release_lease(leases[1])  # given back in the middle: its owner failed
    assert orders.expire_intents(SHOP, 90) == [2]
    clock.pass_(149)
    timed_renewed = orders.begin(SHOP, "key 4", "owner", 60, order_intent(4))
    assert orders.expire_intents(SHOP, 90) == []
    clock.pass_(1)
    assert orders.expire_intents("other", 90) == []
    assert orders.expire_intents(SHOP, 90) == [1, 3]
    assert orders.expire_intents(SHOP, 90) == []
    assert state(timed, 4).state is OrderState.INTENT
    assert timed_renewed.attempt == 1


def test_a_late_answer_counts_whoever_has_the_lease_by_now(timed: Ledger, clock: Clock) -> None:
    orders = timed.orders
    scan(timed, [1])
    late = orders.begin(SHOP, "key", "late", 60, order_intent(1))
    clock.pass_(60)
    orders.expire_intents(SHOP)
    orders.allow_resend(SHOP, 1, who="anna", why="looked")
    scan(timed, [1], LATER)
    now = orders.begin(SHOP, "key", "now", 60, order_intent(1))
    # The late owner can say that its write arrived, but nothing about the other's.
    assert orders.order_not_sent(late, RUN, 1, 1, "no route").state is OrderState.INTENT
    assert orders.order_refused(late, RUN, 1, 1, "r", "no", "").state is OrderState.INTENT
    assert orders.order_unconfirmed(late, RUN, 1, 1, "lost").state is OrderState.INTENT
    ended = orders.confirm_order(late, RUN, 1, 1, "5001", release=True)
    assert (ended.state, ended.outcome) == (OrderState.SENT, Outcome.SENT)
    assert timed.lease_seconds_left(now) == 60
    second = orders.confirm_order(now, LATER, 1, 1, "5002", release=True)
    assert (second.state, second.specter_order_no, second.second_number) == (OrderState.SENT, "5001", "5002")
    assert outcome(timed, run=RUN) is Outcome.SENT


def test_who_lost_the_lease_stores_its_ending_but_begins_nothing(timed: Ledger, clock: Clock) -> None:
    orders = timed.orders
    scan(timed, [1, 2])
    lease = orders.begin(SHOP, "key", "slow", 60, order_intent(1))
    clock.pass_(60)
    with pytest.raises(LeaseLostError):
        orders.confirm_order(lease, RUN, 1, 1, "5001", then=order_intent(2), seconds=60)
    assert (state(timed).state, state(timed, 2).state) == (OrderState.SENT, OrderState.NEW)
    assert outcome(timed) is Outcome.SENT
    with pytest.raises(LeaseLostError):
        orders.intend(lease, 60, order_intent(2))
    with pytest.raises(LeaseLostError):
        orders.confirm_customer(lease, SHOP, "key", "77", None, 2, order_intent(2), seconds=60)
    assert orders.customers(SHOP, ["key"])["key"].specter_customer_no == "77"
    assert state(timed, 2).state is OrderState.NEW


def test_a_next_intent_that_is_refused_leaves_the_ending_stored(ledger: Ledger) -> None:
    orders = ledger.orders
    scan(ledger, [1, 2])
    orders.link(SHOP, 2, "5002", who="anna", why="is there")
    lease = orders.begin(SHOP, "key", "owner", 60, order_intent(1))
    with pytest.raises(OrderNotOpenError):
        orders.confirm_order(lease, RUN, 1, 1, "5001", then=order_intent(2), seconds=60)
    assert state(ledger).state is OrderState.SENT
    lease = orders.begin(SHOP, "other", "owner", 60, customer_intent("other"))
    with pytest.raises(OrderNotOpenError):
        orders.confirm_customer(lease, SHOP, "other", "78", "f", 2, order_intent(2), seconds=60)
    assert orders.customers(SHOP, ["other"])["other"].specter_customer_no == "78"


def test_an_order_begun_under_another_key_is_not_begun_twice(timed: Ledger, clock: Clock) -> None:
    orders = timed.orders
    scan(timed, [1])
    orders.begin(SHOP, "old key", "first", 60, order_intent(1))
    with pytest.raises(OrderNotOpenError, match="being sent now"):
        orders.begin(SHOP, "new key", "second", 60, order_intent(1, trusted=True))
    clock.pass_(60)
    orders.begin(SHOP, "new key", "second", 60, order_intent(1, trusted=True))
    assert (state(timed).repeat, state(timed).intent_lease) == (True, orders.lease_name(SHOP, "new key"))


def test_flags_follow_the_order_and_leave_other_finders_alone(ledger: Ledger) -> None:
    scan(ledger, [1])
    ledger.record_flags(RUN, [warning(1, "order_edited")], checked=[order_key(1)], source="changes")
    ledger.orders.hold(
        RUN, 1, "email_missing", "no e-mail", "enter one", [warning(1), warning(1, "vat_foreign")]
    )
    assert ledger.flag_counts(RUN) == {"order_edited": 1, "text_cut": 1, "vat_foreign": 1}
    assert ledger.flag_changes(RUN, "orders").new == 2
    lease = ledger.orders.begin(SHOP, "key", "owner", 60, order_intent(1))
    scan(ledger, [1], LATER)
    ledger.orders.confirm_order(lease, LATER, 1, 1, "5001", flags=[warning(1)], release=True)
    assert ledger.flag_changes(LATER, "orders").resolved == 1
    assert [row.flag.rule for row in ledger.iter_open_flags(SHOP)] == ["order_edited", "text_cut"]
    assert [row.flag.key for row in ledger.iter_flags(LATER)] == [order_key(1)]
    ledger.record_flags(LATER, [], complete=True)  # a whole validation of products finds none of these
    assert len(list(ledger.iter_open_flags(SHOP))) == 2
