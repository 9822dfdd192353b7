"""The flows that the demo and the benchmarks run, and what their figures must agree with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local_stack import demo_imports
from local_stack.demo_orders import orders_agree, place_orders
from local_stack.flow_run import FlowRun
from local_stack.follow import FinishedRun
from local_stack.running import SHOP, RunningAirflow


def products_agree(stack: RunningAirflow, run: FinishedRun, figures: Mapping[str, Any]) -> list[str]:
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
NIGHTLY_IMPORT = FlowRun(
    "nightly_import",
    demo_imports.NIGHT,
    scheduled=True,
    prepare=demo_imports.a_day_in_specter,
    checks=(demo_imports.prices_have_come,),
)
STOCK_IMPORT = FlowRun(
    "stock_import", f"stock_import__{SHOP}", scheduled=True, checks=(demo_imports.stock_has_come,)
)
PRODUCT_CHANGE_EXPORT = FlowRun(
    "product_change_export",
    f"product_change_export__{SHOP}",
    scheduled=True,
    prepare=demo_imports.edit_the_shop,
    found="changed in the shop since the last run",
    checks=(demo_imports.edit_has_gone,),
)
IMPORT_UNDO = FlowRun(
    "import_undo",
    f"import_undo__{SHOP}",
    conf_of=demo_imports.first_night,
    report_task="undo_import",
    checks=(demo_imports.prices_are_back,),
)
BAD_NIGHT = FlowRun(
    "nightly_import",
    demo_imports.NIGHT,
    prepare=demo_imports.a_bad_price_list,
    answer=demo_imports.reject,
    checks=(demo_imports.nothing_has_come,),
)
ALL = (
    PRODUCT_EXPORT,
    ORDER_EXPORT,
    NIGHTLY_IMPORT,
    STOCK_IMPORT,
    PRODUCT_CHANGE_EXPORT,
    IMPORT_UNDO,
    BAD_NIGHT,
)
