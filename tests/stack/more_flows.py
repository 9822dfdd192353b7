"""The flows that the demo does not run, with what must be true after each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.privacy.marked_buyers import marked_buyer

from local_stack.flow_run import FlowRun
from local_stack.follow import FinishedRun
from local_stack.running import SHOP, RunningAirflow

SINGLE_NOTE, TWICE_NOTE = "single", "sent twice"


def place_marked_orders(stack: RunningAirflow, count: int, **more: Any) -> list[str]:
    """Orders of buyers that are known wherever they show; returns their numbers."""
    abicart = stack.sandboxes["abicart"]
    bad = {(kind, uid) for found in abicart.inspect("manifest")["rules"].values() for kind, uid in found}
    good = [one for one in abicart.inspect("items") if (one["kind"], one["uid"]) not in bad]
    orders = [
        {
            "rows": [{good[number % 10]["kind"]: good[number % 10]["uid"], "quantity": 1 + number % 3}],
            "customer": marked_buyer(number)[0],
            **more,
        }
        for number in range(count)
    ]
    return [str(one["orderNumber"]) for one in abicart.edit("place_orders", orders=orders)]


def _place_one(note: str) -> Callable[[RunningAirflow], None]:
    def prepare(stack: RunningAirflow) -> None:
        place_marked_orders(stack, 1, note=note)

    return prepare


def _its_number(stack: RunningAirflow, note: str) -> str:
    orders = stack.sandboxes["abicart"].inspect("Order", limit=100_000)
    (number,) = (one["orderNumber"] for one in orders if one["note"] == note)
    return str(number)


def _it_went_once(note: str) -> Callable[[RunningAirflow, FinishedRun, Mapping[str, Any]], list[str]]:
    def check(stack: RunningAirflow, run: FinishedRun, figures: Mapping[str, Any]) -> list[str]:
        number = _its_number(stack, note)
        there = in_specter(stack).get(number, [])
        return [] if len(there) == 1 else [f"Order {number} is in Specter {len(there)} times."]

    return check


def _wrote_nothing(stack: RunningAirflow, run: FinishedRun, figures: Mapping[str, Any]) -> list[str]:
    asked = stack.sandboxes["specter"].counters()["requests"]
    return [f"Specter was asked {asked} times."] if asked else []


def _all_were_looked_at(stack: RunningAirflow, run: FinishedRun, figures: Mapping[str, Any]) -> list[str]:
    sold = stack.sandboxes["abicart"].inspect("counts")["items"]
    return [] if figures["items"] == sold else [f"{sold} products are sold: {dict(figures)}"]


def in_specter(stack: RunningAirflow) -> dict[str, list[int]]:
    """Order number of the shop → numbers of the orders that Specter has for it."""
    found: dict[str, list[int]] = {}
    for one in stack.sandboxes["specter"].inspect("orders", limit=100_000):
        found.setdefault(str(one["external_number"]), []).append(one["number"])
    return found


SINGLE_ORDER = FlowRun(
    "order_export_single",
    f"order_export_single__{SHOP}",
    prepare=_place_one(SINGLE_NOTE),
    conf_of=lambda stack: {"numbers": _its_number(stack, SINGLE_NOTE), "dry_run": False},
    checks=(_it_went_once(SINGLE_NOTE),),
)
DUPLICATE_CHECK = FlowRun(
    "order_duplicate_check",
    f"order_duplicate_check__{SHOP}",
    prepare=_place_one(TWICE_NOTE),
    conf_of=lambda stack: {"number": _its_number(stack, TWICE_NOTE), "may_send_twice": True},
    report_task="duplicate_check",
    checks=(_it_went_once(TWICE_NOTE),),
)
VALIDATION = FlowRun(
    "product_number_validation",
    f"product_number_validation__{SHOP}",
    report_task="validate_numbers",
    checks=(_wrote_nothing, _all_were_looked_at),
)
MAINTENANCE = FlowRun(
    "ledger_maintenance", f"ledger_maintenance__{SHOP}", report_task="clean_up", checks=(_wrote_nothing,)
)
ALERTS = FlowRun("alerts", f"alerts__{SHOP}", report_task="alerts", checks=(_wrote_nothing,))
MORE = (SINGLE_ORDER, DUPLICATE_CHECK, VALIDATION, MAINTENANCE, ALERTS)
