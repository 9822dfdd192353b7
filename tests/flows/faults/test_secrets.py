"""Whole exports with marked keys, everything logged that can be logged: no secret shows anywhere.

Neither in a log record, nor in an exception with all that hangs on it, nor in a file that the run leaves: ledger,
journal, CSV. The keys that are computed for every call are taken from the requests as Specter received them.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, quote, quote_plus

import pytest
from fault_lab import Lab
from fault_runner import Ran
from fault_scene import Scene, settings
from test_lost_answers import free_port

from abicart_specter.clients.options import HttpOptions

TOKEN = "MARKED+token/åäö="
USER_KEY = "MARKED-user-key"
INTEGRATION_KEY = "MARKED integration&key"
ACCOUNT = {
    "sbm_id": 1000,
    "api_version": 2,
    "integration_key": INTEGRATION_KEY,
    "users": {12: {"key": USER_KEY}},
}
WRITES = "newArticleSubmit"
FOREIGN = ("uvicorn", "asyncio", "shop_sandbox")
"""Loggers of the servers, which run in this process too."""


def slow(scene: Scene, lab: Lab) -> None:
    for server in (scene.abicart, scene.specter):
        server.control.fault("slow", seconds=0.6, after=2, count=1)


def on_both(kind: str, **how) -> Callable[[Scene, Lab], None]:
    """The shop is read in a second try, Specter stays as it is."""

    def arm(scene: Scene, lab: Lab) -> None:
        scene.abicart.control.fault(kind, count=lab.options.max_tries, after=3, **how)
        scene.specter.control.fault(kind, count=None, after=6, **how)

    return arm


def on_specter(kind: str, **how) -> Callable[[Scene, Lab], None]:
    return lambda scene, lab: scene.specter.control.fault(kind, count=None, after=1, **how) and None


def specter_down(scene: Scene, lab: Lab) -> None:
    lab.connection = marked_connection(lab, base_url=f"http://127.0.0.1:{free_port()}")


def no_such_host(scene: Scene, lab: Lab) -> None:
    lab.connection = marked_connection(lab, base_url="http://specter.invalid")


def shop_down(scene: Scene, lab: Lab) -> None:
    lab.abicart_url = f"http://127.0.0.1:{free_port()}"


def another_key(scene: Scene, lab: Lab) -> None:
    lab.connection = marked_connection(lab, user_key="MARKED-user-key-of-another")


def another_token(scene: Scene, lab: Lab) -> None:
    lab.token = "MARKED+token/åäö=of another"


CASES: dict[str, Callable[[Scene, Lab], None]] = {
    "in peace": lambda scene, lab: None,
    "slow": slow,
    "refused connections": on_both("refuse"),
    "dropped before": on_both("drop_before", how="reset"),
    "dropped after": on_both("drop_after"),
    "cut": on_both("cut", how="chunked"),
    "error pages": on_both("html_500"),
    "too many": on_both("too_many", seconds=30),
    "words with a key": on_specter(
        "refusal", words=f"Nyckeln {USER_KEY} och {INTEGRATION_KEY} key={'0a' * 16}", action=WRITES
    ),
    "specter down": specter_down,
    "no such host": no_such_host,
    "shop down": shop_down,
    "another key": another_key,
    "another token": another_token,
}


def marked_connection(lab: Lab, **changes: object):
    marked = {"user_key": USER_KEY, "integration_secret": INTEGRATION_KEY}
    return lab.specter_connection(**(marked | changes))


LOUD = (
    "abicart_specter",
    "requests",
    "sqlalchemy",
    "sqlalchemy.engine",
    "sqlalchemy.engine.Engine",
    "sqlalchemy.pool",
    "urllib3",
    "urllib3.connectionpool",
)


@pytest.fixture(autouse=True)
def everything_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Also where Airflow, imported by a test before in this process, turned some loggers down or off."""
    caplog.set_level(logging.DEBUG)
    for name in LOUD:
        caplog.set_level(logging.DEBUG, logger=name)
    off = {name: logging.getLogger(name).disabled for name in LOUD}
    for name in off:
        logging.getLogger(name).disabled = False
    yield
    for name, disabled in off.items():
        logging.getLogger(name).disabled = disabled


@pytest.mark.parametrize("case", CASES)
def test_no_secret_shows(scene: Scene, new_lab, caplog: pytest.LogCaptureFixture, case: str) -> None:
    scene.set(items=40, shop={"token": TOKEN}, accounts=[ACCOUNT])
    lab = new_lab(
        fresh=True,
        settings=settings(limits__group_rows=10),
        token=TOKEN,
        options=HttpOptions(
            connect_timeout=0.5, read_timeout=0.4, max_tries=2, base_wait=0.0, max_wait=0.0, page_size=10
        ),
    )
    lab.connection = marked_connection(lab)
    CASES[case](scene, lab)
    ran = lab.airflow("run", tries=2)
    assert ran.green == (case in ("in peace", "slow"))
    if CASES[case].__qualname__.startswith("on_both"):
        assert {"read_catalogue", "send_products 1"} <= {task for task, _ in ran.retried}
    secrets = spellings(TOKEN, USER_KEY, INTEGRATION_KEY) | computed_keys(scene)
    assert len(secrets) > 6 or case in ("shop down", "another token", "specter down", "no such host")
    said = logged(caplog) + told(ran)
    assert {"urllib3.connectionpool", "sqlalchemy.engine.Engine"} <= {one.name for one in caplog.records}
    assert [secret for secret in secrets if secret in said] == []
    assert "auth=" not in said.replace("auth=***", "")
    assert "MARKED" not in said
    written = [path for path in lab.folder.rglob("*") if path.is_file()]
    assert {".db", ".db-wal"} <= {path.suffix for path in written}
    assert [(path.name, secret) for path in written for secret in secrets if holds(path, secret)] == []


def spellings(*secrets: str) -> set[str]:
    return {one for secret in secrets for one in (secret, quote(secret, safe=""), quote_plus(secret))}


def computed_keys(scene: Scene) -> set[str]:
    """Every ``key`` that Specter received."""
    requests = scene.specter.control.requests(limit=100_000)
    return {key for one in requests for key in parse_qs(one["query"]).get("key", [])}


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """Every record, its arguments, and what hangs on it."""
    said = []
    for record in caplog.records:
        if not record.name.startswith(FOREIGN):
            said += [record.getMessage(), repr(record.args), repr(record.msg), str(record.exc_text)]
            if record.exc_info and record.exc_info[1] is not None:
                said += everything_of(record.exc_info[1])
    return "\n".join(said)


def told(ran: Ran) -> str:
    errors = [*ran.errors.values(), *(error for _, error in ran.retried)]
    return "\n".join(text for error in errors for text in everything_of(error))


def everything_of(error: BaseException) -> list[str]:
    """Its text and its chain's, formatted as a task's log would."""
    found: list[str] = []
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        if one is not None and id(one) not in seen:
            seen.add(id(one))
            found += [str(one), repr(one), repr(one.args), repr(vars(one)), *traceback.format_exception(one)]
            waiting += [one.__cause__, one.__context__]
    return found


def holds(path: Path, secret: str) -> bool:
    content = path.read_bytes()
    return secret.encode() in content or secret.encode("latin-1") in content
