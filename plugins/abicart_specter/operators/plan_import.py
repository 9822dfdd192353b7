"""What Specter told, compared with the shop: what may be written, what waits for a person, what is held."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from abicart_specter.operators.base import ShopOperator

if TYPE_CHECKING:
    from airflow.sdk import Context


PLAN = "plan"
"""Key of the XCom with the plan's counts."""


class PlanImportOperator(ShopOperator):
    """Returns the chunks of what is within the guard's limits, and leaves a question for each part beyond them."""

    def execute(self, context: Context) -> list[dict[str, Any]]:
        from abicart_specter.domain.imports.import_mapping import import_mapping
        from abicart_specter.flows.imports.plan_import import plan_import

        ti = context["ti"]
        with self.flow_context(context) as ctx:
            plan = plan_import(ctx, import_mapping(ctx.settings))
        ti.xcom_push(key=PLAN, value=plan.as_dict())
        for part, found in plan.parts.items():
            if found.question is not None:
                ti.xcom_push(key=f"question_{part.value}", value=found.question)
        return [chunk.as_xcom() for part in plan.parts.values() for chunk in part.chunks]


class AskOnlyWhatIsAskedOperator(ShopOperator):
    """Skips the questions that the plan does not ask, without starting a process for each.

    A task of its own: the plan's own result is mapped over, which it is only when the plan ends the usual way.
    """

    def execute(self, context: Context) -> list[str]:
        from abicart_specter.domain.imports.records import ImportPart

        asked: list[str] = context["ti"].xcom_pull(task_ids="plan_import", key=PLAN)["ask"]
        words = f"a person is asked about {', '.join(asked)}" if asked else "nobody needs to be asked"
        self.log.info("Shop %s: %s.", self.shop, words)
        needless = [
            f"{task}_{part.value}"
            for part in ImportPart
            if part.value not in asked
            for task in ("approve", "release", "apply")
        ]
        result: list[str] = self.end_skipping(context, asked, needless)
        return result
