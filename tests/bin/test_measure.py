"""Measuring processes: only what the processes say of themselves is compared."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from local_stack.measure import TaskSampler, descendants, tree_cpu_seconds
from local_stack.waiting import wait_until

TI_ID = "01a20ef4-39e4-7b1d-95d6-452806e597aa"

# Has a child that has used a second of processor and has ended, and one that holds 60 MiB under a task's title.
FAMILY = f"""
import os, signal, sys, time
from setproctitle import setproctitle
if os.fork() == 0:
    while time.process_time() < 1.0:
        pass
    os._exit(0)
os.wait()
pid = os.fork()
if pid == 0:
    setproctitle("airflow worker -- {TI_ID}")
    held = b"x" * (60 * 1024 * 1024)
    print(os.getpid(), flush=True)
    signal.pause()
signal.pause()
"""


@pytest.fixture
def family() -> Iterator[tuple[int, int]]:
    """Process ids of the parent and of the child that lives."""
    process = subprocess.Popen(
        [sys.executable, "-c", FAMILY], stdout=subprocess.PIPE, env=os.environ | {"SPT_NOENV": "1"}
    )
    assert process.stdout is not None
    child = int(process.stdout.readline())
    try:
        yield process.pid, child
    finally:
        os.kill(child, 9)
        process.kill()
        process.wait()
        process.stdout.close()


def test_the_seconds_of_children_that_have_ended_count(family: tuple[int, int]) -> None:
    parent, child = family
    assert list(descendants(parent)) == [parent, child]
    assert 1.0 <= tree_cpu_seconds(parent) < 10.0
    assert tree_cpu_seconds(child) < 1.0


def test_a_task_is_known_by_its_title_and_its_peak_memory_is_seen(family: tuple[int, int]) -> None:
    parent, _ = family
    with TaskSampler(parent, every=0.05) as sampler:
        wait_until(lambda: sampler.costs, 10)
    assert list(sampler.costs) == [TI_ID]
    assert sampler.costs[TI_ID].peak_rss > 60 * 1024 * 1024


def test_a_process_that_is_gone_costs_nothing() -> None:
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    assert tree_cpu_seconds(done.pid) == 0.0
