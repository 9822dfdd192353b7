"""Orders with marked buyers, everything logged that can be logged, every fault: nothing personal and no secret shows.

Neither in a log record, nor in an exception with all that hangs on it, nor in what tasks hand on, nor in any file or
table that the runs leave.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from marked_orders import (
    ACCOUNT,
    INTEGRATION_KEY,
    MARKS,
    TOKEN,
    USER_KEY,
    edit_afterwards,
    place_marked,
)
from order_set import SEED
from privacy_cases import CASES, Arm, MarkedLab
from switch_lab import lab_of_orders
from test_secrets import LOUD, everything_of, logged
from tests.privacy.marked_data import Finder, Found, Mark

from abicart_specter.clients.options import HttpOptions
from abicart_specter.errors import AbicartSpecterError

FINDER = Finder(MARKS)
OPTIONS = HttpOptions(
    connect_timeout=0.5, read_timeout=0.6, max_tries=2, base_wait=0.0, max_wait=0.0, page_size=4
)


@pytest.fixture(autouse=True)
def everything_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Also where something before in this process turned loggers down or off."""
    caplog.set_level(logging.DEBUG)
    names = [*LOUD, *(name for name in logging.root.manager.loggerDict if name.startswith("abicart_specter"))]
    off = {name: logging.getLogger(name).disabled for name in names}
    for name in names:
        logging.getLogger(name).disabled = False
        caplog.set_level(logging.DEBUG, logger=name)
    yield
    for name, disabled in off.items():
        logging.getLogger(name).disabled = disabled


def test_nothing_personal_and_no_secret_shows(
    abicart_session: Any,
    specter_session: Any,
    ledgers: Any,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    marked_case: str,
) -> None:
    with ExitStack() as stack:
        lab, _ = stack.enter_context(
            lab_of_orders(
                abicart_session,
                specter_session,
                ledgers,
                seed=SEED | {"token": TOKEN},
                specter_seed={"accounts": [ACCOUNT]},
                with_set=False,
                fresh=True,
                kind=MarkedLab,
            )
        )
        assert isinstance(lab, MarkedLab)
        lab.export.token, lab.export.options = TOKEN, OPTIONS
        lab.export.connection = lab.export.specter_connection(
            user_key=USER_KEY, integration_secret=INTEGRATION_KEY
        )
        placed = place_marked(abicart_session.control)
        said = live(lab, stack, placed, CASES[marked_case])
        shown = logged(caplog) + "".join(capfd.readouterr())
        marks = Finder([*MARKS, *computed_keys(specter_session.control)])
        assert [str(one) for one in found_anywhere(marks, lab, shown, said)] == []
        assert {"urllib3.connectionpool", "sqlalchemy.engine.Engine"} <= {one.name for one in caplog.records}
        assert any(one.name.startswith("abicart_specter.flows.orders") for one in caplog.records)


def live(lab: MarkedLab, stack: ExitStack, placed: dict[str, dict[str, Any]], arm: Arm) -> list[str]:
    """A run in the case's circumstances, the form, changes by people, another run, one in peace. What was said."""
    said: list[str] = []

    def note(work: Callable[[], Any]) -> None:
        try:
            said.append(repr(work()))
        except AbicartSpecterError as error:
            said.extend(everything_of(error))

    def run() -> None:
        ran = lab.run(tries=2)
        handed_on = [getattr(one, "summary", one) for one in lab.returned]
        said.extend([repr(handed_on), repr(ran.outcomes), *ran.reasons.values()])
        said.extend(text for error in ran.errors for text in everything_of(error))
        if ran.report is not None:
            said.append(repr(ran.report.as_dict()))

    where = (lab.export.abicart_url, lab.export.specter_url, lab.export.connection, lab.export.token)
    arm(lab, stack)
    run()
    numbers = [one["orderNumber"] for one in placed.values()]
    note(lambda: lab.single(*numbers, dry_run=True))
    note(lambda: lab.single(numbers[0], although_not_ripe=True))
    lab.now += timedelta(minutes=10)
    edit_afterwards(lab.abicart_server.control, placed)
    run()
    lab.export.abicart_url, lab.export.specter_url, lab.export.connection, lab.export.token = where
    lab.abicart_server.control.clear_faults()
    lab.specter_server.control.clear_faults()
    for number in numbers[:2]:
        note(lambda number=number: lab.single(number, looked_not_there=True))
        note(lambda number=number: lab.single(number, link_to=70001))
    lab.now += timedelta(minutes=10)
    run()
    return said


def found_anywhere(marks: Finder, lab: MarkedLab, shown: str, said: list[str]) -> list[Found]:
    files = [path for path in lab.folder.rglob("*") if path.is_file()]
    assert {".db", ".csv"} <= {path.suffix for path in files}
    return (
        marks.in_text(shown, "the log")
        + marks.in_text("\n".join(said), "what tasks said")
        + marks.in_paths([Path(lab.folder)])
    )


def computed_keys(control: Any) -> set[Mark]:
    """Every ``key`` that Specter received."""
    requests = control.requests(limit=100_000)
    keys = {key for one in requests for key in parse_qs(one["query"]).get("key", [])}
    return {Mark("computed key", key) for key in keys}
