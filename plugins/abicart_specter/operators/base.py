"""What every operator of this package shares: one shop, its tools, one flow."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowSkipException, DownstreamTasksSkipped

from abicart_specter.errors import AbicartSpecterError

if TYPE_CHECKING:
    from airflow.sdk import Context

    from abicart_specter.flows.context import FlowContext
    from abicart_specter.flows.journal import Journal
    from abicart_specter.settings import ShopSettings

log = logging.getLogger(__name__)

REPORTS_DIR_VARIABLE = "ABICART_SPECTER_REPORTS_DIR"
JOURNAL_DIR_VARIABLE = "ABICART_SPECTER_JOURNAL_DIR"


def reports_dir() -> Path:
    """Folder of the runs' files: ``$ABICART_SPECTER_REPORTS_DIR``, else ``reports`` in Airflow's home."""
    return _folder(REPORTS_DIR_VARIABLE, "reports")


def journal_dir() -> Path:
    """Folder of Specter's raw answers: ``$ABICART_SPECTER_JOURNAL_DIR``, else ``journal`` in Airflow's home."""
    return _folder(JOURNAL_DIR_VARIABLE, "journal")


def journal() -> Journal:
    """The journal of Specter's raw answers. Its folder may be an address that Airflow's object storage knows, such as
    ``s3://connection@bucket/journal``.
    """
    from airflow.sdk import ObjectStoragePath

    from abicart_specter.flows.journal import Journal

    place = os.environ.get(JOURNAL_DIR_VARIABLE, "")
    return Journal(ObjectStoragePath(place) if "://" in place else journal_dir())


def _folder(variable: str, name: str) -> Path:
    home = Path(os.environ.get("AIRFLOW_HOME", "~/airflow"))
    return Path(os.environ.get(variable) or home / name).expanduser()


class ShopOperator(BaseOperator):
    """A task of one shop. Reads nothing while DAGs are parsed; all tools are opened in ``execute``.

    :param shop: the shop's name, as its settings file is called.
    :param flow: the flow's name, as its DAG is called without the shop.
    """

    ui_color = "#e8f0fe"

    def __init__(self, *, shop: str, flow: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.shop = shop
        self.flow = flow

    @contextmanager
    def flow_context(self, context: Context) -> Iterator[FlowContext]:
        """The task's tools; closed at the end."""
        from abicart_specter.flows.context import FlowContext
        from abicart_specter.hooks.abicart import AbicartHook
        from abicart_specter.hooks.ledger import LedgerHook
        from abicart_specter.hooks.specter import SpecterHook
        from abicart_specter.ledger import RunKey
        from abicart_specter.operators.options import abicart_options, specter_options

        settings = self.shop_settings()
        with self.said_in_the_log(), ExitStack() as exits:
            ti, hook = context["ti"], LedgerHook()
            ledger = exits.enter_context(closing(hook.get_conn()))
            ctx = FlowContext(
                settings=settings,
                run=RunKey(self.shop, self.flow, context["run_id"]),
                ledger=ledger,
                staging=ledger,
                owner=f"{context['run_id']}/{ti.task_id}/{ti.map_index}/try {ti.try_number}",
                reports_dir=reports_dir(),
                open_abicart=lambda: AbicartHook(self.shop).get_conn(abicart_options(settings)),
                open_specter=lambda: SpecterHook(self.shop).get_conn(specter_options(settings)),
                dry_run=self.is_dry_run(context),
                params=dict(context["params"]),
                hash_secret=hook.hash_secret,
            )
            ctx.require_live()
            ctx.require_whole()
            yield ctx

    def shop_settings(self) -> ShopSettings:
        """The shop's settings as its file has them now.

        :raises ConfigurationError: the file cannot be used; said in the log.
        """
        from abicart_specter.settings import load_shop_by_name

        with self.said_in_the_log():
            return load_shop_by_name(self.shop)

    @contextmanager
    def said_in_the_log(self) -> Iterator[None]:
        """What is wrong and what to do, in two short lines of their own: a traceback hides them, and log views cut
        long lines."""
        try:
            yield
        except AbicartSpecterError as error:
            self.log.error("%s", error.message)
            if error.remedy:
                self.log.error("Remedy: %s", error.remedy)
            raise

    def count_red_before(self, context: Context) -> int:
        """How many of the tasks before this one failed; if none did, how many could not run."""
        for state in ("failed", "upstream_failed"):
            count: int = context["ti"].get_ti_count(
                dag_id=self.dag_id,
                run_ids=[context["run_id"]],
                task_ids=sorted(self.upstream_task_ids),
                states=[state],
            )
            if count:
                return count
        return 0

    @staticmethod
    def is_dry_run(context: Context) -> bool:
        """Whether the trigger form asked for a dry run."""
        return bool(context["params"].get("dry_run"))

    @staticmethod
    def end_skipping(context: Context, result: Any, tasks: Sequence[str]) -> Any:
        """End green with ``result``. ``tasks`` of this run are not needed: skipped, without a process for each."""
        if not tasks:
            return result
        context["ti"].xcom_push("return_value", result)
        raise DownstreamTasksSkipped(tasks=list(tasks))

    @staticmethod
    def skip_when(condition: bool, why: str) -> None:
        """Leave the task pink instead of green when the run's parameters do not ask for it."""
        if condition:
            log.info("Skipped: %s", why)  # Airflow's own line does not say why
            raise AirflowSkipException(why)
