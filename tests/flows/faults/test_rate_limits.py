"""Servers that ask us to slow down: waited for as long as they say, by the client, not by the task (F7)."""

from __future__ import annotations

import pytest
from fault_scene import Scene, settings

from abicart_specter.clients.options import HttpOptions
from abicart_specter.errors import RateLimitedError

WRITES, READS = "newArticleSubmit", "getArticleInfoExternalNeedUpdate"


def options(**changes) -> HttpOptions:
    usual = {"connect_timeout": 2.0, "read_timeout": 5.0, "max_tries": 4, "base_wait": 0.01, "max_wait": 0.05}
    return HttpOptions(**(usual | changes))


@pytest.mark.parametrize("limit", [1, 3])
def test_a_shop_that_limits_is_read_to_its_end(scene: Scene, new_lab, limit: int) -> None:
    """The sandbox's second passes while the client waits; so nothing but its waiting lets it go on."""
    scene.set(items=60, faults=0, abicart_switches={"rate_limit": limit})
    lab = new_lab(settings=settings(), options=options(page_size=5))
    ran = lab.airflow("run")
    assert (ran.errors, ran.retried) == ({}, [])
    counters = scene.abicart.control.counters()
    refused = counters["answers"]["429"]
    assert refused >= counters["handled"] // limit // 2 > 2
    # Each refusal cost one wait, each as long as was asked for, and none was asked twice for the same.
    assert len(lab.waits["abicart"]) == refused
    assert min(lab.waits["abicart"]) >= 1


@pytest.mark.parametrize("how", ["seconds", "date"])
@pytest.mark.parametrize(
    ("kind", "action"),
    [
        ("too_many", WRITES),
        ("unavailable", WRITES),
        ("too_many", READS),
        ("too_many", "checkAccountSettings"),
    ],
)
def test_specter_is_waited_for_as_long_as_it_says(
    scene: Scene, new_lab, kind: str, action: str, how: str
) -> None:
    scene.set(items=20, faults=0)
    scene.specter.control.fault(kind, action=action, seconds=40, how=how, count=2)
    lab = new_lab(settings=settings())
    ran = lab.airflow("run")
    assert (ran.errors, ran.retried) == ({}, [])
    # A date has whole seconds, and one may have passed before it was read.
    assert [38 <= wait <= 41 for wait in lab.waits["specter"]] == [True, True]


def test_more_patience_than_we_have_ends_the_try_at_once(scene: Scene, new_lab) -> None:
    """Nothing was done, so nothing is unconfirmed; a later try goes on with what is left."""
    scene.set(items=40, faults=0, poison=False)
    scene.specter.control.fault("too_many", action=WRITES, seconds=500, after=3, count=None)
    lab = new_lab(settings=settings(limits__group_rows=10))
    ran = lab.airflow("run", tries=2)
    error = ran.errors["send_products 1"]
    assert isinstance(error, RateLimitedError)
    assert error.retry_after == 500
    assert lab.waits["specter"] == []
    assert {outcome for outcome, _ in lab.outcomes("run").values()} == {"sent"}
    sent = len(lab.outcomes("run"))
    assert 0 < sent < 40
    scene.clear_faults()
    after = lab.airflow("run")
    assert (after.green, after.report.sent) == (True, 40)


def test_a_limit_that_never_ends_is_given_up_after_all_tries(scene: Scene, new_lab) -> None:
    scene.set(items=20, faults=0, poison=False)
    scene.specter.control.fault("too_many", action=WRITES, seconds=2, after=1, count=None)
    lab = new_lab(settings=settings())
    ran = lab.airflow("run", tries=1)
    assert isinstance(ran.errors["send_products 1"], RateLimitedError)
    assert lab.waits["specter"] == [2, 2, 2]
    assert lab.outcomes("run") == {}
