"""The flows that the demo does not run, with what must be true after each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.privacy.marked_buyers import marked_buyer

from local_stack.flow_run import FlowRun
from local_stack.follow import FinishedRun
from local_stack.running import SHOP, RunningAirflow

SINGLE_NOTE = "single"


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


def _place_one(stack: RunningAirflow) -> None:
    place_marked_orders(stack, 1, note=SINGLE_NOTE)


def _its_number(stack: RunningAirflow) -> Mapping[str, Any]:
    orders = stack.sandboxes["abicart"].inspect("Order", limit=100_000)
    (number,) = (one["orderNumber"] for one in orders if one["note"] == SINGLE_NOTE)
    return {"numbers": str(number), "dry_run": False}


def _it_went_once(stack: RunningAirflow, run: FinishedRun, figures: Mapping[str, Any]) -> list[str]:
    number = _its_number(stack)["numbers"]
    there = in_specter(stack).get(number, [])
    return [] if len(there) == 1 else [f"Order {number} is in Specter {len(there)} times."]


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
    prepare=_place_one,
    conf_of=_its_number,
    checks=(_it_went_once,),
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
MORE = (SINGLE_ORDER, VALIDATION, MAINTENANCE, ALERTS)
