"""Whatever owners, clocks and persons do to an order, in any order: what must never happen never does."""

from __future__ import annotations

from contextlib import suppress
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from order_samples import RUN, SHOP, Clock, found, order_intent

from abicart_specter.domain.records import Outcome
from abicart_specter.errors import RecordError, RetriableError
from abicart_specter.ledger import Decision, Lease, Ledger, OrderRecord, OrderState
from abicart_specter.ledger.order_rules import SETTLED, UNSENT, may_move

UIDS = count(1)
OWNER = st.integers(0, 2)
STEPS = st.one_of(
    st.tuples(st.just("begin"), OWNER, st.sampled_from("ab"), st.booleans()),
    st.tuples(st.just("confirm"), OWNER, st.sampled_from(["S1", "S2", None]), st.booleans()),
    st.tuples(st.sampled_from(["lost", "not sent", "refused"]), OWNER, st.none(), st.booleans()),
    st.tuples(st.sampled_from(["expire", "hold", "allow", "link", "again"]), st.none(), st.none(), st.none()),
    st.tuples(st.just("wait"), st.none(), st.integers(1, 90), st.none()),
)
FINAL = (Outcome.SENT, Outcome.LINKED, Outcome.UNCHANGED, Outcome.HELD, Outcome.EXCLUDED)


class History:
    """One order and what was done to it."""

    def __init__(self, ledger: Ledger, clock: Clock, uid: int) -> None:
        self.ledger, self.clock, self.uid = ledger, clock, uid
        self.leases: dict[int, tuple[Lease, int]] = {}
        self.may_have_arrived: set[int] = set()

    def step(self, act: str, owner: Any, what: Any, more: Any) -> None:
        orders, uid, key = self.ledger.orders, self.uid, f"key {self.uid}"
        newest = orders.states(SHOP, [uid])[uid]
        if act == "wait":
            self.clock.pass_(what)
        elif act == "expire":
            orders.expire_intents(SHOP, 30)
        elif act == "hold":
            orders.decide(RUN, [Decision(uid, OrderState.HELD, "rule", "reason")])
        elif act == "allow":
            orders.allow_resend(SHOP, uid, who="anna", why="looked")
        elif act == "link":
            orders.link(SHOP, uid, "S1", who="anna", why="looked")
        elif act == "again":
            orders.new_generation(SHOP, uid, who="anna", why="deleted")
        elif act == "begin":
            number = f"{uid}-{newest.generation}"
            intent = order_intent(uid, what, newest.generation, external_no=number, trusted=more)
            lease = orders.begin(SHOP, key, f"owner {owner}", 60, intent, settle_seconds=30)
            self.leases[owner] = (lease, newest.generation)
            # What stood before may be an intent that only just became unconfirmed.
            if newest.state in (OrderState.UNCONFIRMED, OrderState.INTENT):
                assert newest.resend_allowed or (more and newest.repeats == 0)
        elif owner in self.leases:
            lease, generation = self.leases[owner]
            self._end(act, lease, generation, what, more)

    def _end(self, act: str, lease: Lease, generation: int, number: str | None, release: bool) -> None:
        orders, uid = self.ledger.orders, self.uid
        if act == "confirm":
            ended = orders.confirm_order(lease, RUN, uid, generation, number, release=release)
            assert ended.state in SETTLED
        elif act == "lost":
            ended = orders.order_unconfirmed(lease, RUN, uid, generation, "lost", release=release)
            if ended.state is OrderState.UNCONFIRMED:
                self.may_have_arrived.add(generation)
        elif act == "not sent":
            ended = orders.order_not_sent(lease, RUN, uid, generation, "no route", release=release)
        else:
            ended = orders.order_refused(lease, RUN, uid, generation, "rule", "no", "", release=release)

    def look(self) -> list[OrderRecord]:
        return self.ledger.orders.generations(SHOP, self.uid)

    def outcome(self) -> Outcome | None:
        return {row.uid: row.outcome for row in self.ledger.orders.run_orders(RUN, undecided=False)}[self.uid]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(STEPS, max_size=30))
def test_any_history_of_an_order(timed: Ledger, clock: Clock, steps: list[tuple[Any, ...]]) -> None:
    uid = next(UIDS)
    timed.start_run(RUN, {})
    timed.orders.record_found(RUN, [found(uid, f"key {uid}", number=f"N{uid}")])
    history = History(timed, clock, uid)
    before, told = history.look(), history.outcome()
    for step in steps:
        with suppress(RecordError, RetriableError):
            history.step(*step)
        after, now_told = history.look(), history.outcome()
        assert len(after) - len(before) in (0, 1)
        for old, new in zip(before, after, strict=False):
            check(old, new, step)
            if new.state is OrderState.UNCONFIRMED:
                history.may_have_arrived.add(new.generation)
            assert not (new.generation in history.may_have_arrived and new.state in UNSENT)
        assert all(one.state in {*SETTLED, OrderState.UNCONFIRMED} for one in after[:-1])
        if told in FINAL:
            assert now_told is told
        before, told = after, now_told


def check(old: OrderRecord, new: OrderRecord, step: tuple[Any, ...]) -> None:
    """What one step may do to one generation. A step of a begin may first give up a dead owner's intent."""
    through = OrderState.UNCONFIRMED
    assert (
        new.state is old.state
        or may_move(old.state, new.state, repeat=old.repeat)
        or (step[0] == "begin" and may_move(old.state, through) and may_move(through, new.state))
    )
    if old.state in SETTLED:
        assert new.state is old.state
        assert new.version_unknown == old.version_unknown
    for name in ("external_no", "specter_order_no", "sent_at"):
        assert getattr(old, name) in (None, getattr(new, name))
    assert new.other_numbers[: len(old.other_numbers)] == old.other_numbers
    if step[0] == "confirm" and step[2] is not None and new != old:
        assert step[2] in (new.specter_order_no, *new.other_numbers)
