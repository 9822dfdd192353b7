"""A person who answers what a run could not know."""

from __future__ import annotations

from tests.stack.more_flows import in_specter

from abicart_specter.ledger import Ledger, OrderState
from local_stack.flow_run import failures
from local_stack.follow import follow
from local_stack.running import SHOP, RunningAirflow

SINGLE = f"order_export_single__{SHOP}"
RUN_SECONDS = 600.0


def unconfirmed(stack: RunningAirflow) -> dict[str, str]:
    """Numbers of the orders that wait for a person's answer → the number that each was sent under."""
    with Ledger.open(stack.ledger_url) as ledger:
        found = ledger.orders.in_state(SHOP, OrderState.UNCONFIRMED)
    return {order.number: str(order.external_no) for order in found}


def answer_the_unconfirmed(stack: RunningAirflow) -> None:
    """Looks for each in Specter, and answers in the single-order form."""
    waiting, specters = unconfirmed(stack), in_specter(stack)
    if waiting:
        stack.wait_until_parsed(SINGLE)
    for number, external in waiting.items():
        there = specters.get(external, [])
        answer = {"link_to": there[0]} if there else {"looked_not_there": True}
        run_id = stack.trigger(SINGLE, numbers=number, dry_run=False, **answer)
        assert failures(stack, follow(stack, SINGLE, run_id, seconds=RUN_SECONDS)) == []
