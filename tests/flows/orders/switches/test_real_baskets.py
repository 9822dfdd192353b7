"""What people really bought, exported as a backfill by day: every order accounted for, every reason true.

Two days unless ``--basket-days`` says more; there are twelve. The folder is the one that ``--online-retail`` or the
environment variable ``ONLINE_RETAIL`` names, else the one that lies beside the project.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from basket_shop import VOUCHERS, Basket, basket_folder, baskets_of, days_of
from switch_lab import Ran, SwitchLab, lab_of_orders, set_settings

from abicart_specter.domain.orders.order_mapping import order_mapping
from abicart_specter.flows.orders.window import RunKind
from abicart_specter.settings import ShopSettings

STOCKHOLM = ZoneInfo("Europe/Stockholm")
log = logging.getLogger(__name__)


@pytest.fixture
def folder(request: pytest.FixtureRequest) -> Path:
    found = basket_folder(request.config.getoption("--online-retail"))
    if found is None:
        pytest.skip("no folder of real baskets: set ONLINE_RETAIL or --online-retail")
    return found


@pytest.fixture
def days(request: pytest.FixtureRequest, folder: Path) -> list[str]:
    return days_of(folder)[: request.config.getoption("--basket-days")]


def settings(**changes: object) -> ShopSettings:
    return set_settings(
        orders__orders_from=datetime(2010, 1, 1, tzinfo=UTC),
        orders__gift_cards_sold=[VOUCHERS],
        orders__include_customer_fields=False,
        **changes,
    )


@pytest.fixture
def lab(
    abicart_session: Any, specter_session: Any, ledgers: Any, folder: Path, days: list[str]
) -> Iterator[SwitchLab]:
    with lab_of_orders(
        abicart_session,
        specter_session,
        ledgers,
        seed={"baskets": str(folder), "basket_days": days},
        settings=settings(),
        with_set=False,
    ) as (lab, _):
        lab.now = datetime(2010, 12, 15, 8, 0, tzinfo=UTC)
        yield lab


def midnight(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=STOCKHOLM)


def test_every_order_is_accounted_for(lab: SwitchLab, days: list[str], say: Callable[[str], None]) -> None:
    baskets = baskets_of(lab.abicart_server.control)
    started = time.monotonic()
    runs: dict[str, Ran] = {}
    for day in days:
        start = midnight(day)
        runs[day] = lab.run(kind=RunKind.BACKFILL, start=start, end=midnight(day) + timedelta(days=1))
        assert runs[day].errors == []
    seconds = time.monotonic() - started
    outcomes = {number: one for ran in runs.values() for number, one in ran.outcomes.items()}
    reasons = {number: one for ran in runs.values() for number, one in ran.reasons.items()}
    # Each order in the run of its day, and in no other.
    assert outcomes.keys() == baskets.keys()
    assert sum(len(ran.outcomes) for ran in runs.values()) == len(baskets)
    for number, basket in baskets.items():
        check_outcome(basket, outcomes[number], reasons[number])
    sent = {number for number, (outcome, _) in outcomes.items() if outcome == "sent"}
    in_specter = lab.in_specter()
    assert in_specter.keys() == sent
    assert {number: Decimal(one["totals"]["total"]) for number, one in in_specter.items()} == {
        number: baskets[number].total for number in sent
    }
    check_manifest(lab, outcomes)
    figures(say, days, baskets, outcomes, in_specter, seconds)
    rest_goes_with_placeholders(lab, days, baskets, sent, say)


def rest_goes_with_placeholders(
    lab: SwitchLab, days: list[str], baskets: dict[str, Basket], sent: set[str], say: Callable[[str], None]
) -> None:
    """Once more over all days, now with a placeholder for each guest without an e-mail address: what went stays as it
    is, and the rest goes, the largest baskets among it.
    """
    lab.export.settings = settings(customers__missing_email="placeholder")
    lab.mapping = order_mapping(lab.export.settings)
    before = lab.specter_server.control.counters()["calls"]
    started = time.monotonic()
    again = lab.run(kind=RunKind.BACKFILL, start=midnight(days[0]), end=lab.now)
    seconds = time.monotonic() - started
    after = lab.specter_server.control.counters()["calls"]
    assert again.errors == []
    assert again.outcomes.keys() == baskets.keys()
    assert {again.outcomes[number] for number in sent} == {("unchanged", "")}
    guests = set()
    for number in baskets.keys() - sent:
        baskets[number].reasons.pop("email_missing", None)
        check_outcome(baskets[number], again.outcomes[number], again.reasons[number])
        if again.outcomes[number] == ("sent", ""):
            guests.add(number)
    assert after["newOrderSubmit"] == before["newOrderSubmit"] + len(guests) == len(sent | guests)
    in_specter = lab.in_specter()
    assert in_specter.keys() == sent | guests
    for number in guests:
        assert Decimal(in_specter[number]["totals"]["total"]) == baskets[number].total
    assert len({in_specter[number]["customer_number"] for number in guests}) == len(guests)
    say(
        f"Guests with placeholders: {len(guests)} more orders, the largest of "
        f"{max((baskets[number].rows for number in guests), default=0)} rows; "
        f"{rounding_of({number: in_specter[number] for number in guests})}; {seconds:.1f} s"
    )


def check_outcome(basket: Basket, outcome: tuple[str, str], words: str) -> None:
    """Sent unless something in the shop speaks against it; held with one of these reasons, which is named."""
    if basket.discarded:
        assert outcome == ("excluded", "discarded")
        return
    if not basket.reasons:
        assert outcome == ("sent", ""), (basket, words)
        return
    assert outcome[0] == "held", basket
    assert outcome[1] in basket.reasons, (basket, outcome, words)
    named = basket.reasons[outcome[1]]
    assert not named or any(one in words for one in named), (basket, words)


def check_manifest(lab: SwitchLab, outcomes: dict[str, tuple[str, str]]) -> None:
    """Every invoice of the files became an order that has an outcome, or was left out by the shop's loader."""
    invoices = lab.abicart_server.control.inspect("manifest")["invoices"]
    became = Counter(one["became"] for one in invoices.values())
    assert became["order"] + became["cancelled_order"] == len(outcomes)
    for one in invoices.values():
        if one["became"] == "cancelled_order":
            assert outcomes[one["orderNumber"]] == ("excluded", "discarded")


def figures(
    say: Callable[[str], None],
    days: list[str],
    baskets: dict[str, Basket],
    outcomes: dict[str, tuple[str, str]],
    in_specter: dict[str, dict[str, Any]],
    seconds: float,
) -> None:
    counts = Counter(f"{outcome} {rule}".strip() for outcome, rule in outcomes.values())
    say(
        f"Real baskets, {len(days)} days: {len(baskets)} orders with {sum(one.rows for one in baskets.values())} rows; "
        + ", ".join(f"{count} {words}" for words, count in sorted(counts.items()))
        + f"; {rounding_of(in_specter)}; {seconds:.1f} s"
    )


def rounding_of(in_specter: dict[str, dict[str, Any]]) -> str:
    """The rows sent, and what of them is rounding."""
    rows = [row for order in in_specter.values() for row in order["rows"]]
    rounding = [Decimal(row["price"]) for row in rows if row["article_number"] == "AVRUNDNING"]
    return (
        f"{len(rows)} rows sent, {len(rounding)} rounding rows that come to {sum(rounding, Decimal(0))} "
        f"(largest {max(map(abs, rounding), default=Decimal(0))})"
    )
