"""Everything that comes back, with marked buyers and keys and everything logged: nothing personal and no secret shows.

Neither in a log record, nor in an exception with all that hangs on it, nor in what tasks hand on, nor in any file or
table that the runs leave.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from import_picture import reconciled
from import_story import ACCOUNT, story_between
from marked_orders import GERD, HASH_SECRET, INTEGRATION_KEY, MARKS, TOKEN, USER_KEY
from privacy_cases import Arm, another_key, another_token, answering, both, on, quoting, shop_refuses
from test_order_privacy import computed_keys
from test_secrets import LOUD, everything_of, logged
from tests.privacy.marked_data import Finder

from abicart_specter.clients.options import HttpOptions

INFO, STOCK, ORDERS = (f"get{name}ExternalNeedUpdate" for name in ("ArticleInfo", "Article", "Orders"))
OPTIONS = HttpOptions(
    connect_timeout=0.5, read_timeout=2.0, max_tries=2, base_wait=0.0, max_wait=0.0, page_size=4
)

WITH_KEYS = f"Nyckeln {USER_KEY} och {INTEGRATION_KEY} key={'0a' * 16}"
"""No request for a queue holds anything personal that Specter could quote, but keys."""

GREEN = {"in peace", "the shop refuses orders"}
"""Cases whose runs may end well: what is refused for one order is listed."""

CASES: dict[str, Arm] = {
    "in peace": lambda lab, stack: None,
    "cut and dropped": both(
        on("abicart", "cut", how="length", probability=0.2, seed=1),
        on("specter", "drop_after", probability=0.2, seed=2),
    ),
    "error pages": both(
        on("abicart", "html_500", action="Article.set"), on("specter", "html_500", action=ORDERS)
    ),
    "words with keys": both(
        on("specter", "refusal", words=WITH_KEYS, action=ORDERS),
        on("specter", "refusal", words=WITH_KEYS, action=INFO),
    ),
    "stock in words": answering("specter", STOCK, quoting("<html><body>Fel hos …</body></html>")),
    "the shop refuses orders": answering("abicart", "Order.set", shop_refuses),
    "the shop refuses to list orders": answering("abicart", "Order.list", shop_refuses),
    "the shop answers nonsense": answering("abicart", "Order.list", quoting("<b>…</b>")),
    "another key": another_key,
    "another token": another_token,
}


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


@pytest.mark.parametrize("case", CASES)
def test_nothing_personal_and_no_secret_shows(
    abicart_session: Any,
    specter_session: Any,
    ledgers: Any,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    case: str,
) -> None:
    account = ACCOUNT | {"integration_key": INTEGRATION_KEY, "users": {12: {"key": USER_KEY}}}
    with ExitStack() as stack:
        story = stack.enter_context(
            story_between(
                abicart_session, specter_session, ledgers, shop={"token": TOKEN}, account=account, fresh=True
            )
        )
        lab, errors = story.lab, []
        lab.token, lab.options, lab.secret = TOKEN, OPTIONS, HASH_SECRET.encode()
        lab.connection = lab.specter_connection(user_key=USER_KEY, integration_secret=INTEGRATION_KEY)
        story.customer = GERD
        where = (lab.abicart_url, lab.specter_url, lab.connection, lab.token)

        def peace() -> None:
            lab.abicart_url, lab.specter_url, lab.connection, lab.token = where
            story.shop.clear_faults()
            story.specter.clear_faults()
            errors.extend(error for _, error in lab.errors)
            lab.errors.clear()

        story.trouble, story.peace = (lambda: CASES[case](lab.till, stack)), peace
        story.tell()
        assert lab.errors == []
        assert errors or case in GREEN
        marks = Finder([*MARKS, *computed_keys(specter_session.control)])
        shown = logged(caplog) + "".join(capfd.readouterr())
        said = [repr(getattr(one, "summary", one)) for one in lab.said] + list(reconciled(story).values())
        retried = [error for _, error in lab.retried]
        said += [text for error in errors + retried for text in everything_of(error)]
        files = [path for path in lab.folder.rglob("*") if path.is_file()]
        assert {".db", ".csv"} <= {path.suffix for path in files}
        found = (
            marks.in_text(shown, "the log")
            + marks.in_text("\n".join(said), "what tasks said")
            + marks.in_paths([lab.folder])
        )
        assert [str(one) for one in found] == []
        assert {"urllib3.connectionpool", "sqlalchemy.engine.Engine"} <= {one.name for one in caplog.records}
        assert any(one.name.startswith("abicart_specter.flows.imports") for one in caplog.records)
