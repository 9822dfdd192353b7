"""The flow as the DAG runs it: both systems, files, log; and what is red."""

from __future__ import annotations

import json
import os
import re
import stat
from datetime import timedelta

import pytest
from harness import Export, demo_settings
from tests.clients.raw_server import RawServer, http

from abicart_specter.clients.abicart import AbicartClient
from abicart_specter.clients.options import AbicartConnection
from abicart_specter.clients.specter import SpecterClient
from abicart_specter.errors import ConfigurationError, CredentialsError, LeaseHeldError, TransportError
from abicart_specter.flows.context import FlowContext
from abicart_specter.flows.journal import Journal
from abicart_specter.flows.leases import hold_leases
from abicart_specter.flows.maintenance.files import clean_reports
from abicart_specter.flows.probe.probe import QueueTerms, probe_shop
from abicart_specter.flows.reports import run_folder

BOTH = ("abicart", "specter")


@pytest.fixture
def shop(export: Export) -> Export:
    """Without limits of its own."""
    export.settings = demo_settings(
        limits__abicart__rate_per_second=None, limits__specter__rate_per_second=None
    )
    return export


def context(export: Export) -> FlowContext:
    return export.context(flow="connection_probe")


def run(ctx: FlowContext, systems, on_secret, queues: QueueTerms | None = None):
    return probe_shop(ctx, systems, on_secret, queues, rate=10_000.0)


def nothing(_secret: str) -> None:
    """Takes keys and keeps none."""


def test_both_are_asked_and_the_files_are_for_their_owner_only(shop, caplog) -> None:
    secrets: list[str] = []
    ctx = context(shop)
    with caplog.at_level("INFO"):
        result = run(ctx, BOTH, secrets.append)
    assert result["abicart"]["told"] > 25
    assert result["specter"]["told"] > 5
    assert (result["abicart"]["unexpected"], result["specter"]["unexpected"]) == (0, 0)
    folder = run_folder(ctx)
    assert sorted(path.name for path in folder.iterdir()) == ["probe.json", "report.md"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    written = json.loads((folder / "probe.json").read_text("utf-8"))
    assert (written["format"], written["shop"], set(written["systems"])) == (1, "demo", set(BOTH))
    for part in written["systems"].values():
        names = {one["name"] for one in part["answers"]}
        assert {name for one in part["findings"] for name in one["answers"]} & names
    report = (folder / "report.md").read_text("utf-8")
    assert report.index("## Abicart") < report.index("## Specter")
    for text in (report, (folder / "probe.json").read_text("utf-8"), caplog.text):
        for secret in ("demo-token-1", "demo-user-key", "demo-integration-key", *secrets):
            assert secret not in text
    assert {"demo-token-1", "demo-user-key", "demo-integration-key"} <= set(secrets)
    assert "Whether min and max include their" in caplog.text
    assert str(folder / "report.md") in caplog.text


def test_nothing_is_written_and_no_queue_is_read(shop, abicart_server, specter_server) -> None:
    for server in (abicart_server, specter_server):
        server.control.reset_counters()
    run(context(shop), BOTH, nothing)
    assert abicart_server.control.counters()["writes"] == 0
    assert specter_server.control.counters()["writes"] == 0
    assert set(specter_server.control.counters()["calls"]) == {"checkAccountSettings", "checkNothingAtAll"}


def test_one_system_alone(shop, specter_server) -> None:
    specter_server.control.reset_counters()
    assert set(run(context(shop), ("abicart",), nothing)) == {"abicart"}
    assert specter_server.control.counters()["requests"] == 0


def test_a_wrong_token_is_red_and_said_in_the_report(shop) -> None:
    shop.token = "wrong-token-9"
    ctx = context(shop)
    with pytest.raises(CredentialsError, match="does not accept the auth token"):
        run(ctx, BOTH, nothing)
    folder = run_folder(ctx)
    assert "does not accept the auth token" in (folder / "report.md").read_text("utf-8")
    written = json.loads((folder / "probe.json").read_text("utf-8"))
    assert "wrong-token-9" not in (folder / "probe.json").read_text("utf-8")
    told = [one["switch"] for one in written["systems"]["abicart"]["findings"] if one["verdict"] == "told"]
    assert not {"uid_type", "time_format", "item_costs", "changed_filter", "unknown_key"} & set(told)
    assert [one for one in written["systems"]["specter"]["findings"] if one["verdict"] == "told"]


def test_a_missing_connection_does_not_keep_the_other_system_from_being_asked(shop) -> None:
    def missing() -> SpecterClient:
        raise ConfigurationError(
            "Shop demo: the Airflow connection specter_demo does not exist.", remedy="Create it."
        )

    ctx = context(shop)
    ctx.open_specter = missing
    with pytest.raises(ConfigurationError, match="specter_demo does not exist"):
        run(ctx, BOTH, nothing)
    report = (run_folder(ctx) / "report.md").read_text("utf-8")
    assert "specter_demo does not exist" in report
    assert "## Abicart" in report


def test_a_system_that_does_not_answer_is_worth_another_try(shop) -> None:
    ctx = context(shop)
    ctx.open_abicart = lambda: AbicartClient(
        AbicartConnection("demo", "http://127.0.0.1:9", 22222, "demo-token-1"), shop.options
    )
    with pytest.raises(TransportError, match="Abicart did not answer at all: no connection could be made"):
        run(ctx, BOTH, nothing)
    written = json.loads((run_folder(ctx) / "probe.json").read_text("utf-8"))
    assert {one["status"] for one in written["systems"]["abicart"]["answers"]} == {0}


def test_queues_are_read_only_when_no_other_task_does(shop, specter_server) -> None:
    queues = QueueTerms(Journal(shop.folder / "journal"), shop.terms)
    shop.settings = shop.settings.model_copy(
        update={"imports": shop.settings.imports.model_copy(update={"stock": True})}
    )
    with (
        hold_leases(shop.ledger, ["queue/1000/12/stock"], "another task", shop.terms),
        pytest.raises(LeaseHeldError),
    ):
        run(context(shop), ("specter",), nothing, queues)
    specter_server.control.reset_counters()
    result = run(context(shop), ("specter",), nothing, queues)
    counters = specter_server.control.counters()
    assert counters["calls"]["getArticleExternalNeedUpdate"] >= 1
    assert counters["writes"] == 0
    assert result["specter"]["told"] > 12


def test_old_files_of_probes_go_with_the_other_reports(shop) -> None:
    ctx = context(shop)
    run(ctx, ("specter",), nothing)
    assert clean_reports(ctx, dry_run=False).gone == 0
    old = (ctx.clock() - timedelta(days=shop.settings.retention.report_days + 1)).timestamp()
    for path in run_folder(ctx).iterdir():
        os.utime(path, (old, old))
    folder = run_folder(ctx)
    assert clean_reports(ctx, dry_run=False).gone == 2
    assert not folder.exists()


def test_a_wrong_key_of_specters_is_green_and_the_last_line_and_the_report_say_so(shop, caplog) -> None:
    connection = shop.specter_connection(user_key="another-user-key")
    ctx = context(shop)
    ctx.open_specter = lambda: SpecterClient(connection, shop.options)
    with caplog.at_level("INFO"):
        assert run(ctx, BOTH, nothing)["specter"]["unexpected"] == 0
    last = caplog.records[-1]
    assert last.levelname == "WARNING"
    assert "Specter accepted none of the keys it was shown" in last.getMessage()
    assert caplog.text.count("accepted none of the keys") == 1
    report = (run_folder(ctx) / "report.md").read_text("utf-8")
    assert report.index("accepted none of the keys") < report.index("questions:")
    assert "connection specter_demo" in report


def test_right_keys_leave_no_doubt(shop, caplog) -> None:
    ctx = context(shop)
    with caplog.at_level("INFO"):
        run(ctx, ("specter",), nothing)
    assert "accepted none of the keys" not in caplog.text + (run_folder(ctx) / "report.md").read_text("utf-8")


@pytest.mark.parametrize("odd", [False, True])
def test_the_log_shows_what_was_found_and_counts_what_was_not_asked(shop, odd: bool, caplog) -> None:
    """Also where every answer is one that nobody knows."""
    ctx = context(shop)
    with RawServer(lambda _request: [http("0;7;nej\n")]) as server, caplog.at_level("INFO"):
        if odd:
            connection = shop.specter_connection(base_url=server.url)
            ctx.open_specter = lambda: SpecterClient(connection, shop.options)
        result = run(ctx, ("specter",), nothing)["specter"]
    lines = [record.getMessage() for record in caplog.records]
    assert "open questions" not in caplog.text
    title = lines.index("Specter: what was found")
    assert "docs/probe.md" in lines[title - 1] and "bin/sandbox --like" in lines[title - 1]
    end = lines.index(
        f"Specter: {result['not_asked']} more were not asked, since only a write, or a read that was not allowed, "
        "would tell: see report.md"
    )
    words = "unexpected|open|settled|not asked"
    found = [re.search(rf"  ({words})  ", f"{line}  ") for line in lines[title:end]]
    order = (
        ["unexpected"] * result["unexpected"] + ["open"] * result["not_told"] + ["settled"] * result["told"]
    )
    assert [one[1] for one in found if one] == order
    assert bool(result["unexpected"]) is odd
    assert (result["not_told"] > 0) is odd
    assert min(result["told"], result["not_asked"]) > 0
