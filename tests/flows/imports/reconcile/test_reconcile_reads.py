"""What the shop lists is not believed where it contradicts its own count, or what it says of one order."""

from __future__ import annotations

import json

import pytest
from reconcile_lab import ReconcileLab
from relay import Passing, relay_to

from abicart_specter.errors import OrdersMissedError


def without_the_first(passing: Passing) -> None:
    """The shop's list, one order short."""
    answer = json.loads(passing.answer)
    answer["result"] = answer["result"][1:]
    passing.answer = json.dumps(answer).encode("utf-8")


def one_less(passing: Passing) -> None:
    answer = json.loads(passing.answer)
    answer["result"] -= 1
    passing.answer = json.dumps(answer).encode("utf-8")


def test_a_list_that_leaves_an_order_out_is_tried_again(lab: ReconcileLab) -> None:
    lab.place()
    lab.place()
    night = lab.imports.night()

    def shorten(passing: Passing) -> None:
        if passing.action == "Order.list" and passing.nth == 1:
            without_the_first(passing)

    with relay_to(lab.imports.abicart_url, after=shorten) as relay:
        lab.imports.abicart_url = relay.url
        with pytest.raises(OrdersMissedError, match=r"counts 2 orders .* but lists 1"):
            lab.reconcile(night.ctx)
        found = lab.reconcile(night.ctx)
    assert found.result is not None
    assert found.result.orders["waiting"] == 2


def test_an_order_that_is_only_missing_in_the_list_is_not_said_to_be_deleted(lab: ReconcileLab) -> None:
    lab.place()
    lab.place()
    lab.export_orders()
    night = lab.imports.night()

    def shorten(passing: Passing) -> None:
        if passing.action == "Order.list" and passing.nth == 1:
            without_the_first(passing)
        elif passing.action == "Order.count":
            one_less(passing)

    with relay_to(lab.imports.abicart_url, after=shorten) as relay:
        lab.imports.abicart_url = relay.url
        found = lab.reconcile(night.ctx)
        asked = sum(count for action, count in relay.seen.items() if action.startswith("Order."))
    assert found.result is not None
    assert (found.result.orders["sent"], found.result.orders_gone) == (1, 0)
    assert found.of("order") == []
    assert asked > 2  # it asked for that one order


def test_it_writes_nothing_anywhere(lab: ReconcileLab) -> None:
    lab.place()
    lab.export_orders()
    night = lab.imports.night()
    before = lab.orders.dump_ledger()
    actions: set[str] = set()

    def note(passing: Passing) -> None:
        actions.add(passing.action)

    with relay_to(lab.imports.abicart_url, before=note) as relay:
        lab.imports.abicart_url = relay.url
        lab.reconcile(night.ctx)
    assert {action.split(".")[-1] for action in actions} <= {"get", "list", "count"}
    after = lab.orders.dump_ledger()
    assert {table for table in after if after[table] != before[table]} == {"run_requests"}
