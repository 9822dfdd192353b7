"""The nightly import without Airflow: drain, read, plan, apply, answer, report, as the DAG joins them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from harness import Export, demo_settings

from abicart_specter.domain.imports.import_mapping import import_mapping
from abicart_specter.domain.imports.records import ImportPart
from abicart_specter.errors import IncompleteRunError, RetriableError, UnconfirmedError
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.imports.apply_changes import apply_changes
from abicart_specter.flows.imports.article_fields import article_fields
from abicart_specter.flows.imports.chunks import ImportChunk
from abicart_specter.flows.imports.decide import record_answer, release
from abicart_specter.flows.imports.plan_import import ImportPlan, plan_import
from abicart_specter.flows.imports.report_import import ImportReport, report_import
from abicart_specter.flows.read_catalogue import read_catalogue
from abicart_specter.flows.validate_numbers import validate_numbers

EVERYTHING = {
    "imports__name": True,
    "imports__description": True,
    "imports__price": True,
    "imports__extra_price": True,
    "imports__vat": True,
}
"""Settings with every import of the night on."""

FLOW = "nightly_import"


@dataclass(frozen=True, slots=True)
class Night:
    """One run: its context, its plan, and its report if it was not red."""

    ctx: FlowContext
    plan: ImportPlan
    report: ImportReport | None


@dataclass
class ImportLab(Export):
    """A shop whose products were exported; ``night`` is one run of the nightly import."""

    abicart_server: Any = None
    specter_server: Any = None

    def night(self, *, tries: int = 1, ctx: FlowContext | None = None) -> Night:
        """A whole run, up to the questions."""
        ctx = ctx or self.context(flow=FLOW)
        plan = self.plan_night(ctx)
        for part in plan.parts.values():
            self.apply(ctx, part.chunks, tries)
        return Night(ctx, plan, self.report_night(ctx, plan))

    def plan_night(self, ctx: FlowContext) -> ImportPlan:
        self.drain(ctx)
        read_catalogue(ctx, article_fields(ctx.settings))
        validate_numbers(ctx, hold=False)
        return plan_import(ctx, import_mapping(ctx.settings))

    def apply(self, ctx: FlowContext, chunks: list[ImportChunk], tries: int = 1) -> Counter[str]:
        """Chunk by chunk; one that fails is tried again as Airflow would."""
        counts: Counter[str] = Counter()
        for chunk in chunks:
            for attempt in range(tries):
                try:
                    counts += apply_changes(ctx, chunk, import_mapping(ctx.settings), self.terms)
                    break
                except (RetriableError, UnconfirmedError):
                    if attempt == tries - 1:
                        raise
        return counts

    def answer(
        self, night: Night, part: ImportPart, *, approved: bool, by: str = "the owner"
    ) -> Counter[str]:
        """A person's answer and what follows from it."""
        record_answer(night.ctx, part, approved=approved, by=by, at=datetime.now(UTC))
        return self.apply(night.ctx, release(night.ctx, part)) if approved else Counter()

    def report_night(self, ctx: FlowContext, plan: ImportPlan) -> ImportReport | None:
        try:
            return report_import(ctx, plan.as_dict())
        except IncompleteRunError:
            return None

    # what people do in Specter, and what the shop shows

    def in_specter(self, number: str, **values: Any) -> None:
        self.specter_server.control.edit("article.change", number=number, **values)

    def shop_price(self, uid: int) -> Decimal:
        return Decimal(str(self.shop_prices()[str(uid)]["regular"]["SEK"]))

    def shop_prices(self) -> Mapping[str, Any]:
        """By article uid: number, regular, offer, vat_rate."""
        return dict(self.abicart_server.control.inspect("prices"))

    def specter_price(self, number: str) -> Decimal:
        return Decimal(str(self.specter_server.control.inspect("prices")[number]["price"]))

    def shop_writes(self) -> int:
        return int(self.abicart_server.control.counters()["calls"].get("Article.set", 0))

    def plain_items(self) -> list[Mapping[str, Any]]:
        """Articles without variants that nothing is wrong with, by uid."""
        return [one for one in self.abicart_server.control.inspect("items") if one["kind"] == "article"]


@contextmanager
def import_lab(
    abicart: Any, specter: Any, folder: Path, *, items: int = 12, **settings: object
) -> Iterator[ImportLab]:
    """Both servers fresh, the products exported once, every import on unless said otherwise."""
    abicart.control.reset(seed={"items": items, "faults": 0, "orders": 0, "customers": 0})
    specter.control.reset()
    lab = ImportLab(
        abicart.url,
        specter.url,
        folder,
        settings=demo_settings(**(EVERYTHING | settings)),
        abicart_server=abicart,
        specter_server=specter,
    )
    try:
        lab.run()
        yield lab
    finally:
        lab.close()
