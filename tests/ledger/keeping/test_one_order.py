"""One person's data on request: everything about an order is shown, and erased but for what says that it went."""

from __future__ import annotations

from pathlib import Path

import pytest
from old_things import ACCOUNT, SHOP, UIDS, fill
from order_samples import Clock, found, order_intent

from abicart_specter.errors import LedgerError
from abicart_specter.ledger import Ledger, RunKey
from abicart_specter.ledger.__main__ import main

UID = UIDS["old"]
NUMBER = str(1000 + UID)


@pytest.fixture
def told(timed: Ledger, clock: Clock) -> Ledger:
    """An order of which everything is kept that can be, and another like it."""
    fill(timed, clock, SHOP, "old")
    fill(timed, clock, SHOP, "new")
    for uid in UIDS.values():
        timed.orders.new_generation(SHOP, uid, who="anna", why=f"kunden {uid} ringde")
        timed.orders.link(SHOP, uid, f"600{uid}", who="anna", why="there it is")
        form = {"numbers": str(1000 + uid), "send_again_reason": f"kunden {uid} ringde"}
        timed.start_run(RunKey(SHOP, "order_export_single", f"by hand {uid}"), form)
    return timed


def test_everything_is_shown(told: Ledger) -> None:
    traces = told.keeping.order_traces(SHOP, NUMBER)
    assert [(one.place, one.erasable) for one in traces] == [
        ("order", False),
        ("order", True),
        ("order", False),
        ("changes", True),
        ("decisions", True),
        ("status", True),
        ("inbox", True),
        ("runs", True),
    ]
    assert told.keeping.order_traces(SHOP, "4711") == []
    assert told.keeping.order_traces("other", NUMBER) == []


def test_what_may_go_is_erased_and_the_order_still_went(told: Ledger) -> None:
    before, other = told.orders.states(SHOP, [UID]), told.keeping.order_traces(SHOP, str(1000 + UIDS["new"]))
    # Detail of one version, one change, two typed reasons, two tracking numbers of the inbox, one of the order, a form.
    assert told.keeping.forget_order(SHOP, NUMBER) == 8
    assert told.orders.states(SHOP, [UID]) == before
    assert not any(one.erasable for one in told.keeping.order_traces(SHOP, NUMBER))
    assert {one.why for one in told.orders.decisions(SHOP, UID)} == {"(erased on request)"}
    assert told.latest_values(ACCOUNT, "orders", [f"500{UID}"])[f"500{UID}"]["tracking"].value is None
    assert told.keeping.forget_order(SHOP, NUMBER) == 0
    assert told.keeping.order_traces(SHOP, str(1000 + UIDS["new"])) == other


@pytest.mark.parametrize("state", ["unconfirmed", "changed"])
def test_what_is_needed_to_settle_it_stays(told: Ledger, clock: Clock, state: str) -> None:
    number = NUMBER
    if state == "changed":
        told.orders.record_change(SHOP, UID, "h2", "cancelled", ["row 1"])
    else:
        number = "1077"
        run = RunKey(SHOP, "order_export", "old")
        told.orders.record_found(run, [found(77, "key 77")])
        lease = told.orders.begin(SHOP, "key 77", "owner", 60, order_intent(77, proof={"difference": "0"}))
        told.orders.order_unconfirmed(lease, run, 77, 1, "no answer")
    before = told.keeping.order_traces(SHOP, number)
    with pytest.raises(LedgerError, match=r"is open.*order_export_single"):
        told.keeping.forget_order(SHOP, number)
    assert told.keeping.order_traces(SHOP, number) == before


def test_an_order_that_is_not_known_is_said(told: Ledger) -> None:
    with pytest.raises(LedgerError, match="knows no order 4711"):
        told.keeping.forget_order(SHOP, "4711")


def test_the_command_line(told: Ledger, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show-order", url, SHOP, NUMBER]) == 0
    shown = capsys.readouterr().out
    assert f"{NUMBER} (uid {UID}, version 1) placed" in shown
    assert "ringde" not in shown
    assert shown.count("erasable") == 6
    assert main(["forget-order", url, SHOP, NUMBER]) == 0
    assert capsys.readouterr().out.startswith("8 places erased.")
    assert main(["show-order", url, SHOP, NUMBER]) == 0
    assert "erasable" not in capsys.readouterr().out
    assert main(["show-order", url, SHOP, "4711"]) == 0
    assert "keeps nothing of order 4711" in capsys.readouterr().out
    assert main(["forget-order", url, SHOP, "4711"]) == 1
    assert "knows no order 4711" in capsys.readouterr().err


def bytes_of(url: str) -> bytes:
    folder = Path(url.removeprefix("sqlite:///")).parent
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


@pytest.mark.parametrize("by", ["request", "clean-up"])
def test_what_is_erased_is_not_in_the_file_any_more(sqlite_url: str, clock: Clock, by: str) -> None:
    with Ledger.open(sqlite_url, clock=clock) as ledger:
        fill(ledger, clock, SHOP, "old")
        assert b"PKTold1" in bytes_of(sqlite_url)
        if by == "request":
            ledger.keeping.forget_order(SHOP, NUMBER)
        else:
            from abicart_specter.ledger import Keep

            clock.pass_(400 * 24 * 3600)
            ledger.keeping.clean_up(SHOP, Keep(1, 7, 1, 7, 7, 1, 1000))
            ledger.keeping.checkpoint()
        left = bytes_of(sqlite_url)
    assert b"PKTold1" not in left
    assert b"PKTold2" not in left
    assert NUMBER.encode() in left


def test_free_space_is_given_back(sqlite_url: str, clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    with Ledger.open(sqlite_url, clock=clock) as ledger:
        run = RunKey(SHOP, "order_export", "run")
        ledger.start_run(run, {})
        ledger.orders.record_found(run, [found(uid, f"key {uid}") for uid in range(1, 3000)])
        ledger.start_run(RunKey(SHOP, "order_export", "next"), {})
        ledger.prune(SHOP, keep_runs=1)
        size = ledger.keeping.size()
        assert size.free is not None
        assert size.free > 50_000
    assert main(["vacuum", sqlite_url]) == 0
    assert capsys.readouterr().out.startswith(f"{size.total} bytes before, ")
    with Ledger.open(sqlite_url) as ledger:
        assert ledger.keeping.size().free == 0
