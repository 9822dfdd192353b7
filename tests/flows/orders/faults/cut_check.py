"""What must be true of shop, account and ledger when a run without faults came to its end, whatever happened before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from cut_lab import CutLab
from cut_shop import NO_EMAIL, SENT, UNPAID, CutShop

from abicart_specter.domain.records import Outcome
from abicart_specter.ledger import RunKey
from abicart_specter.ledger.order_records import OrderRecord
from abicart_specter.ledger.order_rules import SETTLED, OrderState, WriteBack

HELD = frozenset({NO_EMAIL, UNPAID})


def check_orders(lab: CutLab, shop: CutShop, *, trusted: bool) -> list[OrderRecord]:
    """Each order is in Specter once and linked, or unconfirmed (0 or 1 times), or held or left out for its true reason.

    :returns: the unconfirmed ones.
    """
    records = lab.ledger.orders.states("demo", [one.uid for one in shop.bought])
    found = shop.in_specter()
    unconfirmed = []
    for one in shop.bought:
        record = records[one.uid]
        there = found.pop(one.number, [])
        said = f"order {one.number} ({one.fate}) is {record.words()}, {len(there)} times in Specter"
        if one.fate == SENT and record.state in SETTLED:
            assert len(there) == 1, said
            assert record.specter_order_no == str(there[0]["number"]), said
            assert not record.other_numbers, said
        elif one.fate == SENT:
            assert record.state is OrderState.UNCONFIRMED, said
            lost_again = record.repeats >= 1 and record.rule == "order_unconfirmed"
            assert not trusted or lost_again, f"{said}; it was not repeated, or its repeat had an answer"
            assert len(there) <= 1, said
            unconfirmed.append(record)
        else:
            assert record.rule == one.fate, said
            assert record.state is (OrderState.HELD if one.fate in HELD else OrderState.EXCLUDED), said
            assert not there, said
    assert not found, f"orders in Specter that nobody placed: {sorted(found)}"
    assert lab.ledger.orders.double_orders("demo") == []
    return unconfirmed


def check_customers(lab: CutLab, shop: CutShop) -> None:
    """A buyer has one customer in Specter, the ledger's; each of a buyer's orders is with it."""
    by_address: dict[str, list[int]] = {}
    for customer in shop.specter.control.inspect("customers"):
        by_address.setdefault(customer["fields"]["emailaddress"].lower(), []).append(customer["number"])
    assert {address: numbers for address, numbers in by_address.items() if len(numbers) > 1} == {}
    records = lab.ledger.orders.states("demo", [one.uid for one in shop.bought])
    known = lab.ledger.orders.customers("demo", {record.customer_key for record in records.values()})
    found = shop.in_specter()
    for one in shop.bought:
        numbers = {str(order["customer_number"]) for order in found.get(one.number, [])}
        if numbers:
            assert numbers == {str(by_address[one.buyer][0])}, f"order {one.number} is with {numbers}"
            assert known[records[one.uid].customer_key].specter_customer_no in numbers
    buyers = {one.buyer for one in shop.bought if one.fate == SENT}
    assert set(by_address) == buyers, "customers of nobody, or buyers without one"


def check_outcomes(lab: CutLab, run_id: str) -> Counter[Outcome]:
    """Every order found has exactly one outcome, and the report says so."""
    run = RunKey("demo", "order_export", run_id)
    found = lab.ledger.orders.found(run)
    outcomes = Counter(one.outcome for one in lab.ledger.orders.iter_order_outcomes(run))
    gaps = lab.ledger.orders.outcome_gaps(run)
    assert (gaps.missing, gaps.unexpected) == (0, 0)
    assert outcomes.total() == len(found)
    record = lab.ledger.get_run(run)
    assert record is not None
    figures: dict[str, Any] = dict(record.summary or {})
    assert figures["found"] == sum(figures[outcome.value] for outcome in Outcome) == len(found)
    assert figures["failed"] == outcomes[Outcome.FAILED] == 0
    return outcomes


def check_told(lab: CutLab, shop: CutShop, runs: Iterable[RunKey]) -> None:
    """Of every order that went, some run says so: no retry and no takeover swallows it (rule 5)."""
    told = {
        one.uid
        for run in runs
        for one in lab.ledger.orders.iter_order_outcomes(run)
        if one.outcome in (Outcome.SENT, Outcome.LINKED)
    }
    assert told == {one.uid for one in shop.bought if one.fate == SENT}


def check_marks(lab: CutLab, shop: CutShop) -> None:
    """Specter's numbers are on the shop's orders, on those that went and no others."""
    marks, found = shop.marks(), shop.in_specter()
    for one in shop.bought:
        expected = str(found[one.number][0]["number"]) if one.number in found else ""
        assert marks[one.uid] == expected, f"order {one.number} carries {marks[one.uid]!r}, not {expected!r}"
    records = lab.ledger.orders.states("demo", [one.uid for one in shop.bought if one.fate == SENT])
    assert {record.write_back for record in records.values()} <= {WriteBack.DONE}
