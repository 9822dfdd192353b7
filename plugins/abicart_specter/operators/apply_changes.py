"""One chunk of planned changes to the shop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from abicart_specter.operators.base import ShopOperator

if TYPE_CHECKING:
    from airflow.sdk import Context


class ApplyChangesOperator(ShopOperator):
    """Mapped over chunks. May be retried or cleared at any time: what was applied is not applied again.

    :param chunk: what the plan, or the release of an approved part, dealt out.
    """

    def __init__(self, *, chunk: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.chunk = chunk

    def execute(self, context: Context) -> dict[str, int]:
        from abicart_specter.domain.imports.import_mapping import import_mapping
        from abicart_specter.flows.imports.apply_changes import apply_changes
        from abicart_specter.flows.imports.chunks import ImportChunk
        from abicart_specter.operators.options import shop_lease_terms

        with self.flow_context(context) as ctx:
            chunk, terms = ImportChunk.from_xcom(self.chunk), shop_lease_terms(ctx.settings)
            return dict(apply_changes(ctx, chunk, import_mapping(ctx.settings), terms))
