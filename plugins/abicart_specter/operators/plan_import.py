"""What Specter told, compared with the shop: what may be written, what waits for a person, what is held."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from abicart_specter.operators.base import ShopOperator

if TYPE_CHECKING:
    from airflow.sdk import Context


class PlanImportOperator(ShopOperator):
    """Leaves, per part, either chunks to apply or a question; the tasks for the other are skipped."""

    def execute(self, context: Context) -> dict[str, Any]:
        from abicart_specter.domain.imports.import_mapping import import_mapping
        from abicart_specter.domain.imports.records import ImportPart
        from abicart_specter.flows.imports.plan_import import plan_import

        needless: list[str] = []
        ti = context["ti"]
        with self.flow_context(context) as ctx:
            plan = plan_import(ctx, import_mapping(ctx.settings))
        for part in ImportPart:
            found = plan.parts.get(part)
            chunks = [] if found is None else [chunk.as_xcom() for chunk in found.chunks]
            ti.xcom_push(key=f"chunks_{part.value}", value=chunks)
            if not chunks:
                needless.append(f"apply_{part.value}")
            if found is not None and found.question is not None:
                ti.xcom_push(key=f"question_{part.value}", value=found.question)
            else:
                needless += [f"{task}_{part.value}" for task in ("approve", "release", "apply_approved")]
        return self.end_skipping(context, plan.as_dict(), needless)
