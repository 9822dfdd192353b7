"""DAG ``product_export__<shop>``: every product of the shop to Specter, once and on demand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from airflow.sdk import DAG, Param, TriggerRule

from abicart_specter.dag_docs import dag_doc, shops
from abicart_specter.operators.check_shop import CheckShopOperator
from abicart_specter.operators.drain_article_info import DrainArticleInfoOperator
from abicart_specter.operators.plan_chunks import PlanChunksOperator
from abicart_specter.operators.policy import ABICART_POOL, DEFAULT_ARGS, SPECTER_POOL, WATCHED
from abicart_specter.operators.preview_products import PreviewProductsOperator
from abicart_specter.operators.read_catalogue import ReadCatalogueOperator
from abicart_specter.operators.report import ReportOperator
from abicart_specter.operators.send_products import SendProductsOperator
from abicart_specter.operators.special_numbers import EnsureSpecialNumbersOperator
from abicart_specter.operators.validate_numbers import ValidateNumbersOperator

FLOW = "product_export"

PARAMS = {
    "dry_run": Param(
        True,
        type="boolean",
        title="Dry run",
        description="Show exactly what would be sent, and write nothing. Switch it off to send.",
    ),
    "only": Param(
        None,
        type=["null", "string"],
        title="Only these product numbers",
        description="Numbers or patterns with * and ?, separated by commas, blanks or new lines. "
        "Empty: every product.",
        examples=["ABC-1", "ABC-*, MUG-?"],
        format="multiline",
    ),
    "limit": Param(
        None,
        type=["null", "integer"],
        minimum=1,
        title="At most so many products",
        description="Empty: all of them. The rest is excluded in this run.",
    ),
    "full_resend": Param(
        False,
        type="boolean",
        title="Send again what did not change",
        description="For when somebody changed products in Specter that the shop shall overwrite.",
    ),
    "accept_renumbered": Param(
        False,
        type="boolean",
        title="Numbers were changed in Specter too",
        description="Products held as renumbered are sent under their new number. "
        "Only after the number was changed in Specter; else Specter gets a second article.",
    ),
    "accept_shop_values": Param(
        False,
        type="boolean",
        title="The shop's values are right",
        description="Only after a rebuild of the ledger: products held as specter_value_unknown are sent, and where "
        "nobody knows Specter's own price, VAT or name, the shop's overwrites it.",
    ),
    "rows_in_log": Param(
        200,
        type="integer",
        minimum=0,
        maximum=100_000,
        title="Rows in the log",
        description="How many rows a dry run prints in full; the rest is counted.",
    ),
}


def product_export(shop: str, shop_file: Path) -> DAG:
    """The DAG of one shop."""
    with DAG(
        dag_id=f"{FLOW}__{shop}",
        dag_display_name=f"Product export · {shop}",
        description="Products of the shop to Specter: all of them once, later what changed",
        doc_md=dag_doc(__file__, shop_file, shop),
        schedule=None,
        start_date=datetime(2026, 1, 1, tzinfo=UTC),
        max_active_runs=1,
        dagrun_timeout=timedelta(hours=12),
        default_args=DEFAULT_ARGS,
        **WATCHED,
        params=PARAMS,
        tags=[shop, FLOW],
        render_template_as_native_obj=True,
    ) as dag:
        common = {"shop": shop, "flow": FLOW}
        check = CheckShopOperator(task_id="check_shop", pool=ABICART_POOL, **common)
        preview = PreviewProductsOperator(task_id="preview", pool=ABICART_POOL, **common)
        special = EnsureSpecialNumbersOperator(
            task_id="ensure_special_numbers",
            pool=SPECTER_POOL,
            trigger_rule=TriggerRule.NONE_FAILED,
            **common,
        )
        drain = DrainArticleInfoOperator(task_id="drain_article_info", pool=SPECTER_POOL, **common)
        read = ReadCatalogueOperator(task_id="read_catalogue", pool=ABICART_POOL, **common)
        validate = ValidateNumbersOperator(task_id="validate_numbers", **common)
        plan = PlanChunksOperator(task_id="plan_chunks", **common)
        send = SendProductsOperator.partial(
            task_id="send_products",
            pool=SPECTER_POOL,
            map_index_template="chunk {{ task.chunk['chunk'] }}",
            **common,
        ).expand(chunk=plan.output)
        report = ReportOperator(task_id="report", trigger_rule=TriggerRule.ALL_DONE, retries=0, **common)

        check >> [preview, drain, read]
        drain >> special >> send
        read >> validate >> plan >> send
        [check, drain, special, read, validate, plan, send] >> report
    return dag


for name, settings_file in shops():
    globals()[f"{FLOW}__{name}"] = product_export(name, settings_file)
