"""What the alerts flow looks at: red runs, counts of runs, flags that nobody was told of, orders that wait."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select, update

from abicart_specter.domain.records import Kind
from abicart_specter.ledger.alerts.models import RedRun, RunWatch
from abicart_specter.ledger.alerts.records import (
    NewFlags,
    RedRunNoted,
    RunCounts,
    WaitingOrders,
    WaitingQuestion,
)
from abicart_specter.ledger.alerts.room import AlertRoom
from abicart_specter.ledger.engine import upsert
from abicart_specter.ledger.import_models import ImportPartRow
from abicart_specter.ledger.models import FlagEntry, Run, RunFlag
from abicart_specter.ledger.order_models import OrderScan, OrderSync
from abicart_specter.ledger.order_rules import OrderState
from abicart_specter.ledger.records import FlagChange
from abicart_specter.ledger.stock_models import StockPlanRow

_NEWS = (FlagChange.NEW, FlagChange.REOPENED)
_SAME_FLAG = (FlagEntry.kind == RunFlag.kind, FlagEntry.uid == RunFlag.uid, FlagEntry.rule == RunFlag.rule)
_LOST_AFTER = timedelta(hours=24)
"""A run that has not come to its report in so long will not."""


class WatchingCalls(AlertRoom):
    """What the alerts flow looks at."""

    # runs of DAGs
    def note_red_run(self, shop: str, flow: str, run_id: str, reason: str) -> None:
        """Airflow says that a run ended red. The same run again (cleared, and red again) is noted anew."""
        insert = upsert(self._db.backend, RedRun)
        with self._db.write() as connection:
            connection.execute(
                insert.values(
                    shop=shop, flow=flow, run_id=run_id, reason=reason, ended_at=self._db.now(connection)
                ).on_conflict_do_update(
                    index_elements=["shop", "flow", "run_id"],
                    set_={"reason": insert.excluded.reason, "ended_at": insert.excluded.ended_at},
                )
            )

    def red_runs(self, shop: str) -> list[RedRunNoted]:
        """The red runs noted and not taken up yet, oldest first."""
        wanted = select(RedRun.flow, RedRun.run_id, RedRun.reason, RedRun.ended_at).where(RedRun.shop == shop)
        with self._db.read() as connection:
            return [RedRunNoted(*row) for row in connection.execute(wanted.order_by(RedRun.ended_at))]

    def forget_red_runs(self, shop: str, taken_up: Collection[RedRunNoted]) -> None:
        """Those are in an alarm now. One that was noted anew meanwhile stays."""
        if taken_up:
            with self._db.write() as connection:
                for one in taken_up:
                    connection.execute(
                        delete(RedRun).where(
                            RedRun.shop == shop,
                            RedRun.flow == one.flow,
                            RedRun.run_id == one.run_id,
                            RedRun.ended_at == one.ended_at,
                        )
                    )

    def run_counts(self, shop: str) -> dict[str, RunCounts]:
        """Flow → how many red and green runs Airflow had when it was last looked at."""
        wanted = select(RunWatch.flow, RunWatch.red, RunWatch.green, RunWatch.looked_at).where(
            RunWatch.shop == shop
        )
        with self._db.read() as connection:
            return {
                row.flow: RunCounts(row.red, row.green, row.looked_at) for row in connection.execute(wanted)
            }

    def set_run_counts(self, shop: str, counts: Mapping[str, RunCounts], now: datetime) -> None:
        """What Airflow has now, of the flows whose counts changed."""
        if counts:
            insert = upsert(self._db.backend, RunWatch)
            put = insert.on_conflict_do_update(
                index_elements=["shop", "flow"],
                set_={name: insert.excluded[name] for name in ("red", "green", "looked_at")},
            )
            rows = [
                {"shop": shop, "flow": flow, "red": one.red, "green": one.green, "looked_at": now}
                for flow, one in sorted(counts.items())
            ]
            with self._db.write() as connection:
                connection.execute(put, rows)

    # flags that are news
    def new_flags(self, shop: str, sample: int) -> NewFlags | None:
        """What runs that have come to their end found new or again and is still there; ``None``: no run ended.

        ``sample``: how many product numbers to name.
        """
        db = self._db
        with db.read() as connection:
            long_ago = db.now(connection) - _LOST_AFTER
            ended = select(Run.id).where(
                Run.shop == shop,
                Run.flags_told_at.is_(None),
                or_(Run.finished_at.is_not(None), Run.started_at < long_ago),
            )
            runs = list(connection.execute(ended).scalars())
            if not runs:
                return None
            news = (
                select(FlagEntry.kind, FlagEntry.uid, FlagEntry.product_number, FlagEntry.rule)
                .join(RunFlag, (FlagEntry.shop == shop) & _SAME_FLAG[0] & _SAME_FLAG[1] & _SAME_FLAG[2])
                .where(RunFlag.run.in_(runs), RunFlag.change.in_(_NEWS), FlagEntry.resolved_at.is_(None))
                .where(FlagEntry.kind != Kind.ORDER)
                .distinct()
                .subquery()
            )
            rules = connection.execute(
                select(news.c.rule, func.count().label("n"))
                .group_by(news.c.rule)
                .order_by(func.count().desc())
            ).all()
            one = select(news.c.kind, news.c.uid, func.max(news.c.product_number).label("number"))
            one = one.group_by(news.c.kind, news.c.uid)
            total = connection.execute(select(func.count()).select_from(one.subquery())).scalar_one()
            first = connection.execute(one.order_by(news.c.kind, news.c.uid).limit(sample)).all()
            flows = connection.execute(
                select(Run.flow, Run.run_id)
                .where(
                    Run.id.in_(select(RunFlag.run).where(RunFlag.run.in_(runs), RunFlag.change.in_(_NEWS)))
                )
                .order_by(Run.id.desc())
                .limit(1)
            ).first()
        return NewFlags(
            runs=tuple(runs),
            products=total,
            numbers=tuple((row.number or "").strip() or f"uid {row.uid}" for row in first),
            rules={row.rule: row.n for row in rules},
            flow=flows.flow if flows else "",
            run_id=flows.run_id if flows else "",
        )

    def flags_told(self, shop: str, runs: Collection[int], now: datetime) -> None:
        """People were told of what these runs found."""
        if runs:
            with self._db.write() as connection:
                connection.execute(
                    update(Run).where(Run.shop == shop, Run.id.in_(list(runs))).values(flags_told_at=now)
                )

    # orders
    def waiting_orders(
        self,
        shop: str,
        states: Collection[OrderState],
        sample: int,
        *,
        before: datetime | None = None,
        after: datetime | None = None,
        found_before: datetime | None = None,
        not_rules: Collection[str] = (),
        newest_first: bool = False,
    ) -> WaitingOrders:
        """How many orders (newest generations) are in these states, with some numbers: the oldest or newest.

        :param before: only those that have been in it since before then; ``after``: or came into it after that.
        :param found_before: only those that the shop told of before then; tries since may have moved them.
        :param not_rules: held ones whose rule is one of these are not meant.
        """
        since = OrderSync.state_since
        what = [
            OrderSync.shop == shop,
            OrderSync.state.in_(sorted(states)),
            OrderSync.superseded.is_(False),
            OrderSync.rule.not_in(list(not_rules)),
        ]
        if before is not None:
            what.append(OrderSync.state_since < before)
        if found_before is not None:
            what.append(OrderSync.found_at < found_before)
        if after is not None:
            what.append(OrderSync.state_since > after)
        with self._db.read() as connection:
            total, oldest = connection.execute(
                select(func.count(), func.min(OrderSync.state_since)).where(*what)
            ).one()
            if not total:
                return WaitingOrders()
            rules = connection.execute(
                select(OrderSync.rule, func.count().label("n"))
                .where(*what)
                .group_by(OrderSync.rule)
                .order_by(func.count().desc())
            ).all()
            numbers = connection.execute(
                select(OrderSync.number)
                .where(*what)
                .order_by(since.desc() if newest_first else since, OrderSync.uid)
                .limit(sample)
            ).scalars()
            return WaitingOrders(total, tuple(numbers), {row.rule: row.n for row in rules}, oldest)

    def scanned_to(self, shop: str) -> datetime | None:
        """How far the shop's orders were read; ``None``: never."""
        with self._db.read() as connection:
            return connection.execute(select(OrderScan.scanned_to).where(OrderScan.shop == shop)).scalar()

    def waiting_questions(self, shop: str, flow: str) -> list[WaitingQuestion]:
        """What the newest run of an import that has not come to its report asks a person."""
        with self._db.read() as connection:
            newest = connection.execute(
                select(Run.id, Run.run_id, Run.params, Run.finished_at)
                .where(Run.shop == shop, Run.flow == flow)
                .order_by(Run.id.desc())
                .limit(1)
            ).first()
            if newest is None or newest.finished_at is not None or newest.params.get("dry_run"):
                return []
            parts = connection.execute(
                select(*ImportPartRow.__table__.columns).where(ImportPartRow.run == newest.id)
            ).all()
            stock = connection.execute(
                select(StockPlanRow.reasons, StockPlanRow.changes, StockPlanRow.planned_at).where(
                    StockPlanRow.run == newest.id, StockPlanRow.approved.is_(None)
                )
            ).all()
        asked = [
            WaitingQuestion(row.part.value, row.items, row.planned_at, newest.run_id)
            for row in parts
            if row.reasons and not any(answer[1] == row.plan_hash for answer in row.answers)
        ]
        asked += [
            WaitingQuestion("stock", row.changes, row.planned_at, newest.run_id)
            for row in stock
            if row.reasons
        ]
        return asked
