"""The flows that the demo and the benchmarks run, and what their figures must agree with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local_stack.demo_orders import orders_agree, place_orders
from local_stack.flow_run import FlowRun
from local_stack.follow import FinishedRun
from local_stack.stack import SHOP, LocalStack


def products_agree(stack: LocalStack, run: FinishedRun, figures: Mapping[str, Any]) -> list[str]:
    """Found is what the shop sells; what was sent, now or before, is what Specter holds."""
    sold = stack.sandboxes["abicart"].inspect("counts")["items"]
    holds = stack.sandboxes["specter"].inspect("article_count")
    special = stack.api.xcom(run.dag_id, run.run_id, "ensure_special_numbers") or {}
    of_ours = sum(state == "created" for state in special.values())
    accepted = figures["sent"] + figures["unchanged"] + figures["linked"]
    found = []
    if figures["found"] != sold:
        found.append(f"The run found {figures['found']} products, but the abicart sandbox sells {sold}.")
    if holds != accepted + of_ours:
        found.append(
            f"The run says that Specter has {accepted} products and {of_ours} special numbers, "
            f"but the specter sandbox holds {holds} articles."
        )
    return found


PRODUCT_EXPORT = FlowRun(
    "product_export", f"product_export__{SHOP}", {"dry_run": False}, checks=(products_agree,)
)
ORDER_EXPORT = FlowRun(
    "order_export",
    f"order_export__{SHOP}",
    scheduled=True,
    prepare=place_orders,
    found="orders placed since orders_from",
    checks=(orders_agree,),
)
ALL = (PRODUCT_EXPORT, ORDER_EXPORT)
