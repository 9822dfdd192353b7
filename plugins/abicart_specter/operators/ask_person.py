"""A question to a person in the Airflow UI: the task waits under "Required Actions" until somebody answers."""

from __future__ import annotations

from abc import abstractmethod
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.providers.standard.operators.hitl import ApprovalOperator

from abicart_specter.operators.base import ShopOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

    from abicart_specter.flows.context import FlowContext

ASKED = "asked"  # key of the XCom with the hash of the plan whose table the person sees


class AskPersonOperator(ShopOperator, ApprovalOperator):
    """Asks whether changes beyond the guard's limits may be applied (rules 30 and 31); a no skips the tasks after it.

    :param question: the task and key of the XCom that holds ``{"subject": …, "body": …, "plan_hash": …}``, the body in
        Markdown. The answer counts for the plan with that hash only, also when another was made meanwhile.
    """

    ui_color = "#fff4ce"

    def __init__(self, *, question: tuple[str, str], **kwargs: Any) -> None:
        pulled = "ti.xcom_pull(task_ids='{}', key='{}')".format(*question)
        subject, body = (f"{{{{ {pulled}['{part}'] }}}}" for part in ("subject", "body"))
        super().__init__(
            subject=subject, body=body, response_timeout=timedelta(hours=72), defaults=self.REJECT, **kwargs
        )
        self.question = question

    def execute(self, context: Context) -> Any:
        guard, (task, key) = self.shop_settings().import_guard, self.question
        self.response_timeout = timedelta(hours=guard.answer_within_hours)
        self.defaults = [self.APPROVE if guard.without_answer == "apply" else self.REJECT]
        asked = context["ti"].xcom_pull(task_ids=task, key=key) or {}
        context["ti"].xcom_push(key=ASKED, value=asked.get("plan_hash"))
        return super().execute(context)

    def execute_complete(self, context: Context, event: dict[str, Any]) -> Any:
        if "error" not in event:
            yes, user = event["chosen_options"] == [self.APPROVE], event.get("responded_by_user") or {}
            # Without the hash nobody knows what was seen: then the answer is for no plan at all.
            asked = context["ti"].xcom_pull(task_ids=self.task_id, key=ASKED) or "unknown"
            with self.flow_context(context) as ctx:
                self.record(ctx, yes, str(user.get("name") or ""), event["responded_at"], asked)
        return super().execute_complete(context, event)

    @abstractmethod
    def record(self, ctx: FlowContext, approved: bool, by: str, at: Any, plan_hash: str) -> None:
        """Write down who decided what about the plan with that hash. ``by`` is empty when nobody answered in time."""
