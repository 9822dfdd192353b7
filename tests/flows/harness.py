"""Runs the product export's flows one after the other, as the DAG does, without Airflow: real servers, real ledger."""

from __future__ import annotations

import itertools
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from abicart_specter.clients.abicart import AbicartClient
from abicart_specter.clients.options import AbicartConnection, HttpOptions, SpecterConnection
from abicart_specter.clients.specter import SpecterClient
from abicart_specter.domain.mapping import ArticleMapping, article_mapping
from abicart_specter.flows.check_shop import check_shop
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.drain_queue import drain_article_info
from abicart_specter.flows.journal import Journal
from abicart_specter.flows.leases import LeaseTerms
from abicart_specter.flows.plan_chunks import Chunk, Selection, plan_chunks
from abicart_specter.flows.prepare_products import PrepareOptions
from abicart_specter.flows.preview_products import preview_products
from abicart_specter.flows.read_catalogue import read_catalogue
from abicart_specter.flows.report import RunReport, report
from abicart_specter.flows.send_products import ChunkSummary, send_products
from abicart_specter.flows.special_numbers import ensure_special_numbers
from abicart_specter.flows.validate_numbers import ValidationSummary, validate_numbers
from abicart_specter.ledger import Ledger, RunKey
from abicart_specter.ledger.migrate import upgrade
from abicart_specter.settings import ShopSettings, load_shop
from abicart_specter.settings.imports import ImportSettings

REPO = Path(__file__).parents[2]
DEMO_SHOP = REPO / "include/shops/demo.yaml"
TERMS = LeaseTerms(write_timeout=5.0, margin=0.0)


def demo_settings(**changes: object) -> ShopSettings:
    """The demo shop's settings, without its imports, with some changed: ``section__key=value``."""
    settings = load_shop(DEMO_SHOP).model_copy(update={"imports": ImportSettings()})
    for path, value in changes.items():
        settings = _changed(settings, path.split("__"), value)
    return settings


def _changed(model, path: list[str], value: object):
    """A copy with one value changed; nested models are copied on the way."""
    if len(path) > 1:
        value = _changed(getattr(model, path[0]), path[1:], value)
    return model.model_copy(update={path[0]: value})


@dataclass
class Export:
    """A shop, an account and a ledger; each ``run`` is one run of the DAG."""

    abicart_url: str
    specter_url: str
    folder: Path
    settings: ShopSettings = field(default_factory=demo_settings)
    options: HttpOptions = field(
        default_factory=lambda: HttpOptions(
            connect_timeout=2.0, read_timeout=5.0, max_tries=4, base_wait=0.01, max_wait=0.05
        )
    )
    terms: LeaseTerms = TERMS
    connection: SpecterConnection | None = None
    token: str = "demo-token-1"
    _numbers: itertools.count = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.ledger_url = f"sqlite:///{self.folder / 'ledger.db'}"
        upgrade(self.ledger_url)
        self.ledger = Ledger.open(self.ledger_url)
        self.mapping: ArticleMapping = article_mapping(self.settings)

    def close(self) -> None:
        self.ledger.close()

    def abicart(self) -> AbicartClient:
        return AbicartClient(AbicartConnection("demo", self.abicart_url, 22222, self.token), self.options)

    def specter(self) -> SpecterClient:
        return SpecterClient(self.connection or self.specter_connection(), self.options)

    def specter_connection(self, **changes: object) -> SpecterConnection:
        return replace(
            SpecterConnection(
                "demo", self.specter_url, 1000, 2, 12, "demo-user-key", "demo-integration-key", None
            ),
            **changes,
        )

    def context(self, run_id: str | None = None, *, flow: str = "product_export") -> FlowContext:
        run_id = run_id or f"run-{next(self._numbers)}"
        return FlowContext(
            settings=self.settings,
            run=RunKey("demo", flow, run_id),
            ledger=self.ledger,
            staging=self.ledger,
            owner=f"{run_id}/test",
            reports_dir=self.folder / "reports",
            open_abicart=self.abicart,
            open_specter=self.specter,
        )

    def drain(self, ctx: FlowContext) -> int:
        ctx.begin()
        return drain_article_info(ctx, Journal(self.folder / "journal"), self.terms)

    def read(self, ctx: FlowContext) -> None:
        read_catalogue(ctx, self.mapping.extra_fields)

    def validate(self, ctx: FlowContext) -> ValidationSummary:
        return validate_numbers(ctx)

    def plan(self, ctx: FlowContext, selection: Selection | None = None) -> list[Chunk]:
        return plan_chunks(ctx, selection or Selection())

    def send(self, ctx: FlowContext, chunk: Chunk, options: PrepareOptions | None = None) -> ChunkSummary:
        return send_products(ctx, chunk, self.mapping, self.terms, options or PrepareOptions())

    def prepare(self, ctx: FlowContext, selection: Selection | None = None) -> list[Chunk]:
        """Everything up to the chunks."""
        check_shop(ctx)
        if self.settings.masters():
            self.drain(ctx)
        self.read(ctx)
        self.validate(ctx)
        chunks = self.plan(ctx, selection)
        ensure_special_numbers(ctx)
        return chunks

    def run(
        self,
        selection: Selection | None = None,
        options: PrepareOptions | None = None,
        *,
        tries: int = 1,
        ctx: FlowContext | None = None,
    ) -> RunReport:
        """A whole run; a chunk that fails is tried again as Airflow would, and the report is made whatever happens."""
        ctx = ctx or self.context()
        for chunk in self.prepare(ctx, selection):
            self._send_with_retries(ctx, chunk, options, tries)
        return report(ctx)

    def _send_with_retries(
        self, ctx: FlowContext, chunk: Chunk, options: PrepareOptions | None, tries: int
    ) -> None:
        from abicart_specter.errors import RetriableError, UnconfirmedError

        for attempt in range(tries):
            try:
                self.send(ctx, chunk, options)
                return
            except (RetriableError, UnconfirmedError):
                if attempt == tries - 1:
                    raise

    def preview(
        self, selection: Selection | None = None, options: PrepareOptions | None = None
    ) -> dict[str, int]:
        ctx = self.context()
        ctx.dry_run = True
        return preview_products(
            ctx, self.mapping, selection or Selection(), options or PrepareOptions(), rows_in_log=1000
        )


@contextmanager
def export_between(abicart, specter, folder: Path, **changes: object):
    """An ``Export`` on two sandbox servers."""
    export = Export(abicart.url, specter.url, folder, **changes)
    try:
        yield export
    finally:
        export.close()
