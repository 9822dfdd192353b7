"""Whatever ends a stack, none of its processes is left: tried with processes that do not want to end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from tests.bin.programs import FAMILY, alive, owner_command, stubborn, written_pids

from local_stack.errors import StackError
from local_stack.files import Home, claim
from local_stack.leftovers import marked
from local_stack.supervisor import Component, Supervisor
from local_stack.waiting import wait_until

SOON = 15.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder whose name has a blank and a letter outside ASCII, as people's folders have."""
    made = tmp_path / "my å folder"
    (made / "pids").mkdir(parents=True)
    (made / "home").mkdir()
    return made


@pytest.fixture
def owner(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], list[int]]]:
    """A process that owns a stack, and the ids of the keeper and of all that runs under it."""
    process = subprocess.Popen(owner_command(folder, folder / "home", folder / "pids"))
    try:
        pids = wait_until(lambda: written_pids(folder / "pids", ("keeper", *FAMILY)), SOON)
        yield process, pids
    finally:
        process.kill()
        process.wait()
        for pid in alive(written_pids(folder / "pids", FAMILY)):
            os.kill(pid, signal.SIGKILL)


def component(folder: Path, code: str) -> Component:
    """A Python program as a component called ``shop``."""
    return Component("shop", "The shop", [sys.executable, "-c", code], {}, folder, folder / "shop.log")


def test_stop_ends_processes_that_ignore_polite_signals_and_left_their_session(folder: Path) -> None:
    with Supervisor(folder / "home", grace=0.2) as supervisor:
        supervisor.start(stubborn(folder, folder / "pids"))
        pids = wait_until(lambda: written_pids(folder / "pids", FAMILY), SOON)
        assert sorted(alive(pids)) == sorted(pids)
        assert {process.pid for process in marked(folder / "home")} == {supervisor.pid, *pids}
        keeper = supervisor.pid
    assert alive([keeper, *pids]) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_nothing_is_left_when_the_owner_ends(
    owner: tuple[subprocess.Popen[bytes], list[int]], number: signal.Signals
) -> None:
    process, pids = owner
    assert len(alive(pids)) == 4
    process.send_signal(number)
    assert process.wait(SOON) != 0
    wait_until(lambda: not alive(pids), SOON)


def test_a_killed_keeper_is_noticed_and_its_processes_are_ended(folder: Path) -> None:
    with Supervisor(folder / "home", grace=0.2) as supervisor:
        supervisor.start(stubborn(folder, folder / "pids"))
        pids = wait_until(lambda: written_pids(folder / "pids", FAMILY), SOON)
        os.kill(supervisor.pid, signal.SIGKILL)
        with pytest.raises(StackError, match="watches over the others has ended"):
            wait_until(supervisor.check, SOON)
    assert alive(pids) == []


def test_the_next_stack_ends_what_one_left_whose_owner_and_keeper_were_both_killed(
    folder: Path, owner: tuple[subprocess.Popen[bytes], list[int]]
) -> None:
    process, pids = owner
    process.send_signal(signal.SIGSTOP)  # so that neither can act while the other is killed
    os.kill(pids[0], signal.SIGKILL)
    process.kill()
    process.wait(SOON)
    wait_until(
        lambda: len(alive(pids)) == 2, SOON
    )  # the component goes with the keeper; its descendants do not
    with closing(claim(Home(folder / "home"), afresh=True)):
        assert alive(pids) == []


def test_a_component_that_ends_is_named_with_the_end_of_its_log(folder: Path) -> None:
    with Supervisor(folder / "home") as supervisor, pytest.raises(StackError) as caught:
        supervisor.start(component(folder, "import sys; sys.exit('the till is empty')"))
        wait_until(supervisor.check, SOON)
    assert str(caught.value) == f"The shop ended with exit code 1. Its log: {folder / 'shop.log'}"
    assert caught.value.details == "the till is empty"


def test_a_program_that_does_not_exist_is_one_sentence(folder: Path) -> None:
    missing = Component("shop", "The shop", [str(folder / "nowhere")], {}, folder, folder / "shop.log")
    with (
        Supervisor(folder / "home") as supervisor,
        pytest.raises(StackError, match=r"The shop ended .*No such file"),
    ):
        supervisor.start(missing)


def test_run_waits_for_the_work_and_reports_failure(folder: Path) -> None:
    with Supervisor(folder / "home") as supervisor:
        supervisor.run(
            component(folder, f"open({str(folder / 'one')!r}, 'w').close()"),
            replace(component(folder, f"open({str(folder / 'two')!r}, 'w').close()"), name="bank"),
            seconds=SOON,
        )
        assert (folder / "one").exists()
        assert (folder / "two").exists()
        supervisor.check()
        with pytest.raises(StackError, match="The shop ended with exit code 3"):
            supervisor.run(component(folder, "raise SystemExit(3)"), seconds=SOON)


def test_run_gives_up_in_time(folder: Path) -> None:
    with Supervisor(folder / "home", grace=0.2) as supervisor:
        with pytest.raises(StackError, match="The shop took longer than 1 s"):
            supervisor.run(component(folder, "import signal; signal.pause()"), seconds=1)
        pid = supervisor.pid_of("shop")
        assert psutil.pid_exists(pid)
    assert alive([pid]) == []


def test_only_one_stack_at_a_time_in_a_folder(folder: Path) -> None:
    home = Home(folder / "home")
    with (
        closing(claim(home, afresh=False)),
        pytest.raises(StackError, match=f"already running .*{os.getpid()}"),
    ):
        claim(home, afresh=False)
    claim(home, afresh=False).close()


def test_afresh_forgets_what_was_there(folder: Path) -> None:
    home = Home(folder / "home")
    (home.path / "ledger.db").write_text("old")
    claim(home, afresh=False).close()
    assert home.ledger.read_text() == "old"
    claim(home, afresh=True).close()
    assert not home.ledger.exists()
    assert home.logs.is_dir()
