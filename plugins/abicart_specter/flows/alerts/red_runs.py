"""Red runs: opened by a red one, over with the next green one of that flow. Dry runs do neither.

A red run is noticed in two ways, and either is enough: Airflow's callback notes it in the ledger with its id, and each
look compares how many red runs Airflow counts with the count before. So a run is told of as well whose callback
failed, or that was killed with its worker, its scheduler or its time limit.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from abicart_specter.flows.alerts.airflow_runs import DRY_RUN, FLOWS, AirflowRuns
from abicart_specter.flows.alerts.causes import RUN_RED
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.orders.alarms import close_alarm, raise_alarm
from abicart_specter.ledger import OpenAlarm
from abicart_specter.ledger.alerts.records import RedRunNoted, RunCounts

REPORT = "report"
"""The last task of a run: it is red for what came before it, and named only where nothing else is red."""
NOTE_TRIES, NOTE_SECONDS = 10, 3.0
"""How long a run that is counted waits for its note, which has its id."""


def look_at_runs(
    ctx: FlowContext,
    airflow: AirflowRuns,
    open_before: Mapping[str, OpenAlarm],
    sleep: Callable[[float], None] = time.sleep,
    told_since: datetime | None = None,
) -> None:
    """Opens, reminds of and closes the alarm of every flow. Counts are stored last: what is cut off is done again.

    :param told_since: red runs that ended from then on have a cause that people were told of already.
    """
    alerts = ctx.ledger.alerts
    known, noted = alerts.run_counts(ctx.shop), alerts.red_runs(ctx.shop)
    counts: dict[str, RunCounts] = {}
    for flow in FLOWS:
        seen = _Flow(ctx, airflow, flow, open_before.get(f"{RUN_RED}:{flow}"), known.get(flow), sleep)
        of_flow = [one for one in noted if one.flow == flow]
        news = [one for one in of_flow if not _needs_nobody(one, told_since)]
        now = seen.look(news, quiet=len(of_flow) - len(news))
        noted += seen.noted_late
        if now != known.get(flow):
            counts[flow] = now
    alerts.set_run_counts(ctx.shop, counts, ctx.clock())
    alerts.forget_red_runs(ctx.shop, noted)


def _needs_nobody(run: RedRunNoted, told_since: datetime | None) -> bool:
    return run.reason == DRY_RUN or (told_since is not None and run.ended_at >= told_since)


class _Flow:
    """One flow's runs."""

    def __init__(
        self,
        ctx: FlowContext,
        airflow: AirflowRuns,
        flow: str,
        alarm: OpenAlarm | None,
        known: RunCounts | None,
        sleep: Callable[[float], None],
    ) -> None:
        self.sleep, self.noted_late = sleep, list[RedRunNoted]()
        self.ctx, self.airflow, self.flow, self.alarm, self.known = ctx, airflow, flow, alarm, known
        self.cause = f"{RUN_RED}:{flow}"

    def look(self, noted: list[RedRunNoted], quiet: int) -> RunCounts:
        """:param quiet: so many red runs more that people need not be told of."""
        red = self.airflow.count(self.flow, "failed")
        news = bool(noted) or (self.known is not None and red > self.known.red + quiet)
        if self.alarm is None and not news:
            return RunCounts(red, self.known.green if self.known else 0)
        green = self.airflow.count(self.flow, "success")
        if news:
            over = self._raise(noted)
        else:
            over = self.known is None or (green > self.known.green and not self._last_green_was_dry())
            if not over and self.alarm is not None:
                facts = {name: value for name, value in self.alarm.facts.items() if name != "opened_at"}
                raise_alarm(self.ctx, self.cause, self.alarm.words, facts)
        if over:
            close_alarm(self.ctx, self.cause, f"a later run of {self.flow} was green")
        return RunCounts(red, green)

    def _raise(self, noted: list[RedRunNoted]) -> bool:
        """Opens the alarm, or renews it with the newest red run. Returns whether a green one came after that."""
        newest = self._newest(noted)
        if newest is None:
            return False
        run_id, at = newest
        red = self.airflow.red_tasks(self.flow, run_id) if run_id else []
        tasks = [task for task in red if task != REPORT] or red
        facts: dict[str, Any] = {
            "flow": self.flow,
            "run_id": run_id,
            "ended": at.isoformat(),
            "tasks": tasks,
            "more": self.alarm is not None,
            "link": self.airflow.link(self.flow, run_id) if run_id else "",
        }
        words = f"run {run_id or '(which one is not known)'} of {self.flow}__{self.ctx.shop} is red: {', '.join(tasks)}"
        raise_alarm(self.ctx, self.cause, words, facts)
        return self._green_after(at)

    def _newest(self, noted: list[RedRunNoted]) -> tuple[str, datetime] | None:
        """The newest red run and its end; ``None``: it was a dry run.

        Of one that Airflow counts and that is not noted yet: the call that notes it may be under way, and Airflow
        finds by itself only runs that have a logical date.
        """
        if not noted:
            last = self.airflow.last(self.flow, "failed")
            since = self.known.since if self.known else None
            if last is not None and last.at is not None and (since is None or last.at >= since):
                return None if last.dry else (last.run_id, last.at)
            for _ in range(NOTE_TRIES):
                self.sleep(NOTE_SECONDS)
                told = self.ctx.ledger.alerts.red_runs(self.ctx.shop)
                self.noted_late = [one for one in told if one.flow == self.flow]
                if self.noted_late:
                    noted = [one for one in self.noted_late if not _needs_nobody(one, None)]
                    if not noted:
                        return None
                    break
        return (noted[-1].run_id, noted[-1].ended_at) if noted else ("", self.ctx.clock())

    def _green_after(self, at: datetime) -> bool:
        green = self.airflow.last(self.flow, "success")
        return green is not None and green.at is not None and green.at > at and not green.dry

    def _last_green_was_dry(self) -> bool:
        green = self.airflow.last(self.flow, "success")
        return green is not None and green.dry
