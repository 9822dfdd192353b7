"""The order set between two sandbox servers set as a test wants them, and pictures of what runs left behind."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from fault_lab import Ledgers
from harness import TERMS, Export, demo_settings
from order_lab import OrderLab
from order_set import SEED, SETTINGS, START, OrderSet, place

from abicart_specter.clients.abicart import AbicartClient
from abicart_specter.clients.options import AbicartConnection
from abicart_specter.clients.specter import SpecterClient
from abicart_specter.domain.mapping import ArticleMapping, article_mapping
from abicart_specter.domain.orders.order_mapping import order_mapping
from abicart_specter.errors import AbicartSpecterError, IncompleteRunError, RetriableError
from abicart_specter.flows.check_shop import check_shop
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.orders.next_steps import CHANGES, PLAN, SPECIAL, WRITE_BACK
from abicart_specter.flows.orders.pending_marks import write_pending_marks
from abicart_specter.flows.orders.plan import plan_orders
from abicart_specter.flows.orders.report_orders import OrderReport, report_orders
from abicart_specter.flows.orders.send_orders import send_orders
from abicart_specter.flows.orders.switched_off import why_off
from abicart_specter.flows.orders.window import RunKind
from abicart_specter.flows.special_numbers import ensure_special_numbers
from abicart_specter.ledger import Ledger
from abicart_specter.settings import ShopSettings
from shop_sandbox.core.control_client import Control
from shop_sandbox.core.errors import UsageError

END = START.replace(hour=16)
NUMBERED = ("externalorderno", "customerorderreference", "orderdate")
"""Fields of an order that depend on when and after how many others it was placed."""


@cache
def _by_default() -> ShopSettings:
    return demo_settings(**SETTINGS)


def set_settings(**changes: object) -> ShopSettings:
    """The settings that the order set is made for, some changed."""
    return demo_settings(**(SETTINGS | changes)) if changes else _by_default()


class LentExport(Export):
    """On a ledger that somebody else opened, and keeps open; with the shop file's own rate for Specter.

    Waits of the clients let the servers' time pass instead of ours.
    """

    mapping: ArticleMapping

    def __post_init__(self) -> None:
        self.ledger_url = f"sqlite:///{self.folder / 'ledger.db'}"

    def close(self) -> None:
        """Whoever lent the ledger closes it."""

    def abicart(self) -> AbicartClient:
        connection = AbicartConnection("demo", self.abicart_url, 22222, self.token)
        return AbicartClient(connection, self.options, sleep=_passing(self.abicart_url))

    def specter(self) -> SpecterClient:
        options = replace(self.options, rate_per_second=self.settings.limits.specter.rate_per_second)
        connection = self.connection or self.specter_connection()
        return SpecterClient(connection, options, sleep=_passing(self.specter_url))


def _passing(url: str) -> Callable[[float], None]:
    """Waits by letting the server's time pass."""

    def sleep(seconds: float) -> None:
        with suppress(OSError, UsageError):  # nobody there, or somebody who passes requests on
            Control(url).advance_clock(seconds)

    return sleep


@dataclass
class Ran:
    """One run of the DAG: outcomes by the orders' numbers, what failed, the report."""

    ctx: FlowContext
    outcomes: dict[str, tuple[str, str]]
    reasons: dict[str, str]
    report: OrderReport | None
    errors: list[Exception]

    @property
    def green(self) -> bool:
        return self.report is not None and not self.errors


@dataclass
class SwitchLab(OrderLab):
    """``run`` is the scheduled DAG with every task it has, each tried again as Airflow would."""

    ledger: Ledger | None = None
    settings: ShopSettings = field(default_factory=lambda: set_settings())
    returned: list[Any] = field(default_factory=list)
    """What tasks handed on, as XCom would keep it."""

    def __post_init__(self) -> None:
        self.now = END
        self.export = LentExport(self.abicart_server.url, self.specter_server.url, self.folder, self.settings)
        assert self.ledger is not None
        self.export.ledger, self.export.mapping = self.ledger, article_mapping(self.settings)
        self.mapping = order_mapping(self.settings)

    def run(
        self,
        *,
        tries: int = 1,
        kind: RunKind = RunKind.SCHEDULED,
        start: datetime = START,
        end: datetime = END,
    ) -> Ran:
        """From the check of the shop to the report; a red task stops what needs it, as in Airflow.

        :param tries: of each task.
        """
        ctx = self.context()
        errors: list[Exception] = []

        def task(work: Any) -> Any:
            for attempt in range(tries):
                try:
                    self.returned.append(work())
                    return self.returned[-1]
                except RetriableError as error:
                    if attempt == tries - 1:
                        errors.append(error)
                except AbicartSpecterError as error:
                    errors.append(error)
                    break
            return None

        if why_off(self.export.settings):
            return Ran(ctx, {}, {}, None, [])
        task(lambda: check_shop(ctx))
        scanned = None if errors else task(lambda: self.scan(kind, start, end, ctx=ctx))
        if scanned is not None:
            needed = {SPECIAL, PLAN, WRITE_BACK, CHANGES} - set(scanned.needless)
            if SPECIAL in needed:
                task(lambda: ensure_special_numbers(ctx))
            if PLAN in needed and not errors:
                for chunk in task(lambda: plan_orders(ctx)) or []:
                    task(
                        lambda chunk=chunk: send_orders(ctx, chunk, self.mapping, TERMS, sleep=lambda _: None)
                    )
            if WRITE_BACK in needed:
                task(lambda: write_pending_marks(ctx, self.mapping))
            if CHANGES in needed:
                task(lambda: self.changes(ctx))
        return self._ran(ctx, errors)

    def _ran(self, ctx: FlowContext, errors: list[Exception]) -> Ran:
        try:
            report = report_orders(ctx, red_tasks=len(errors))
        except IncompleteRunError as error:
            report = None
            errors.append(error)
        found = list(self.orders.iter_order_outcomes(ctx.run))
        return Ran(
            ctx,
            {one.number: (one.outcome.value, one.rule) for one in found},
            {one.number: one.reason for one in found},
            report,
            errors,
        )

    # what was left behind

    def in_specter(self) -> dict[str, dict[str, Any]]:
        """External number → the order there, without numbers that depend on the sequence; each once."""
        orders = self.specter_orders()
        assert len({one["external_number"] for one in orders}) == len(orders)
        return {one["external_number"]: one for one in orders}

    def totals(self) -> dict[str, Decimal]:
        return {number: Decimal(one["totals"]["total"]) for number, one in self.in_specter().items()}

    def customers(self) -> list[dict[str, Any]]:
        return list(self.specter_server.control.inspect("customers", limit=10_000))


def comparable(order: Mapping[str, Any]) -> dict[str, Any]:
    """What of an order in Specter must not depend on any answer."""
    return {
        "rows": [
            {name: value for name, value in row.items() if name != "article_id"} for row in order["rows"]
        ],
        "fields": {name: value for name, value in order["fields"].items() if name not in NUMBERED},
        "total": order["totals"]["total"],
    }


@contextmanager
def lab_of_orders(
    abicart: Any,
    specter: Any,
    ledgers: Ledgers,
    *,
    abicart_switches: Mapping[str, Any] | None = None,
    specter_switches: Mapping[str, Any] | None = None,
    modes: tuple[str, str] = ("strict", "strict"),
    settings: ShopSettings | None = None,
    with_set: bool = True,
    seed: Mapping[str, Any] | None = None,
    names: Collection[str] | None = None,
    specter_seed: Mapping[str, Any] | None = None,
    fresh: bool = False,
    kind: type[SwitchLab] = SwitchLab,
) -> Iterator[tuple[SwitchLab, OrderSet]]:
    """Both servers from the start, the set placed (unless ``with_set`` is false), a fresh ledger.

    :param fresh: on a ledger that no other test has used.

    Placed in peace: the switches that shape an order count when it is placed, faults of a mode only afterwards.
    """
    abicart.control.reset(seed=dict(seed or SEED), switches=dict(abicart_switches or {}))
    placed = place(abicart.control, names) if with_set else OrderSet()
    if modes[0] != "strict":
        abicart.control.mode(modes[0])
    abicart.control.reset_counters()
    specter.control.reset(seed=dict(specter_seed or {}), mode=modes[1], switches=dict(specter_switches or {}))
    with ExitStack() as stack:
        if fresh:
            folder = ledgers.new_folder()
            ledger = Ledger.open(f"sqlite:///{folder / 'ledger.db'}")
            stack.callback(ledger.close)
        else:
            folder, ledger = stack.enter_context(ledgers.lent())
        lab = kind(
            abicart,
            specter,
            Path(folder),
            ledger=ledger,
            settings=settings or set_settings(),
        )
        yield lab, placed
