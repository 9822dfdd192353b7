"""What Specter's change queues hold comes into the ledger's inbox before anything is planned from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from abicart_specter.operators.base import ShopOperator, journal
from abicart_specter.operators.metrics import tell

if TYPE_CHECKING:
    from airflow.sdk import Context

    from abicart_specter.settings import ShopSettings

_NOT_WANTED = {
    "article_info": "The shop is master of every field; no import is on.",
    "stock": "imports.stock is off.",
    "orders": "status.read_orders is off.",
}


class DrainQueueOperator(ShopOperator):
    """Empties one queue, unless the shop wants nothing from it.

    :param specter_queue: ``stock``, ``article_info`` or ``orders``. The name ``queue`` is Celery's.
    """

    def __init__(self, *, specter_queue: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if specter_queue not in _NOT_WANTED:
            raise ValueError(f"there is no queue {specter_queue!r}")
        self.specter_queue = specter_queue

    def execute(self, context: Context) -> dict[str, int]:
        from abicart_specter.clients.specter_batches import Queue
        from abicart_specter.flows.drain_queue import drain_queue
        from abicart_specter.flows.metrics import drained_metric
        from abicart_specter.operators.options import lease_terms

        self.skip_when(self.is_dry_run(context), "A dry run leaves Specter's queue alone.")
        with self.flow_context(context) as ctx:
            self.skip_when(not _wanted(ctx.settings, self.specter_queue), _NOT_WANTED[self.specter_queue])
            drained = drain_queue(ctx, journal(), lease_terms(ctx.settings), Queue(self.specter_queue))
            tell(self.shop, [drained_metric(self.flow, self.specter_queue, drained.reported)])
            return {"reported": drained.reported, "batches": drained.batches}


def _wanted(settings: ShopSettings, queue: str) -> bool:
    if queue == "stock":
        return settings.imports.stock
    if queue == "orders":
        return settings.status.read_orders
    return bool(settings.masters())
