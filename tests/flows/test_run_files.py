"""The files and the log of a run: whole, readable where they are opened, and never broken by what a shop holds."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

import pytest
from harness import Export
from relay import Passing, relay_to
from scenes import change, flags, items, key, outcomes, plain_articles, renumber

from abicart_specter.errors import IncompleteRunError
from abicart_specter.flows.report import report

FLAGS = ("kind", "uid", "product_number", "rule", "severity", "message", "remedy", "suggestion", "owners")
OUTCOMES = ("kind", "uid", "product_number", "name", "outcome", "rule", "reason")


def table(path: Path) -> tuple[tuple[str, ...], list[dict[str, str]]]:
    """Header and rows, read as a Swedish spreadsheet reads it: signature, UTF-8, semicolons."""
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert {len(row) for row in rows} == {len(rows[0])}
    return tuple(rows[0]), [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def file_of(export: Export, ctx, name: str) -> Path:
    return export.folder / "reports" / "demo" / "product_export" / ctx.run.run_id / name


def test_outcomes_csv_has_every_product_with_what_became_of_it(export) -> None:
    ctx = export.context()
    export.run(ctx=ctx)
    header, rows = table(file_of(export, ctx, "outcomes.csv"))
    assert header == OUTCOMES
    by_item = {
        (record.key.kind.value, str(record.key.uid)): record for record in outcomes(export, ctx).values()
    }
    assert len(rows) == len(by_item) == 200
    for row in rows:
        record = by_item[row["kind"], row["uid"]]
        assert row["outcome"] == record.outcome.value
        assert row["product_number"].lstrip("'") == (record.product_number or "")
        assert (row["rule"], row["reason"]) == (record.rule, record.reason)
        assert row["name"]


def test_flags_csv_ends_with_the_flags_of_the_mapping_too(export) -> None:
    ctx = export.context()
    export.run(ctx=ctx)
    _, rows = table(file_of(export, ctx, "flags.csv"))
    by_rule = Counter(row["rule"] for row in rows)
    assert by_rule == export.ledger.flag_counts(ctx.run)
    assert by_rule["text_changed"] == 3


def test_flags_csv_has_every_flag_of_the_validation(export) -> None:
    ctx = export.context()
    export.read(ctx)
    summary = export.validate(ctx)
    path = file_of(export, ctx, "flags.csv")
    assert summary.csv == str(path)
    header, rows = table(path)
    assert header == FLAGS
    found = {
        (item.kind.value, str(item.uid), rule): row.flag
        for rule, by_item in flags(export, ctx).items()
        for item, row in by_item.items()
    }
    assert {(row["kind"], row["uid"], row["rule"]) for row in rows} == set(found)
    for row in rows:
        flag = found[row["kind"], row["uid"], row["rule"]]
        assert (row["message"], row["remedy"]) == (flag.message, flag.remedy)
        assert row["suggestion"] == (flag.suggestion or "")
        assert row["owners"] == ", ".join(str(owner) for owner in flag.owners)
    assert any("å" in row["message"].lower() or "Å" in row["product_number"] for row in rows)


NASTY = (
    '=HYPERLINK("http://evil.example";"klicka")',
    "+46701234567",
    "-1+1|cmd",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    'a"b;c\nd',
    "\x1b[31mred\x1b[0m",
    "\u202edesrever",
    "[bold]x[/bold]",
)


def test_no_cell_is_a_formula_and_no_value_breaks_a_row(export, abicart_server) -> None:
    abicart_server.control.reset(seed={"items": 20, "faults": 0, "orders": 0})
    pairs = list(zip(items(abicart_server), NASTY, strict=False))
    assert len(pairs) == len(NASTY)
    for item, number in pairs:
        renumber(abicart_server, item, number)
    ctx = export.context()
    export.run(ctx=ctx)
    for name in ("outcomes.csv", "flags.csv"):
        _, rows = table(file_of(export, ctx, name))
        cells = [cell for row in rows for cell in row.values()]
        assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]
        by_item = {(row["kind"], int(row["uid"])): row["product_number"] for row in rows}
        for item, number in pairs:
            assert by_item[item["kind"], item["uid"]].removeprefix("'") == number


def test_the_log_shows_control_characters_instead_of_obeying_them(export, abicart_server, caplog) -> None:
    caplog.set_level("INFO")
    abicart_server.control.reset(seed={"items": 20, "faults": 0, "orders": 0})
    for item, number in zip(items(abicart_server), NASTY, strict=False):
        renumber(abicart_server, item, number)
        change(abicart_server, item, name={"sv": f"Namn {number}"})
    export.run()
    export.preview()
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("abicart_specter")]
    assert not [line for line in lines if not line.isprintable()]
    assert any("\\u001b[31mred" in line for line in lines)
    assert any("[bold]x[/bold]" in line for line in lines)


def test_half_a_surrogate_pair_holds_its_product_and_breaks_nothing(small, abicart_server) -> None:
    """JSON can hold one, no encoding can: the files show it, the run goes on (F8, F30)."""
    odd, named = plain_articles(abicart_server)[:2]

    def spoil(passing: Passing) -> None:
        if passing.action == "Article.list":
            number, name = odd["product_number"], named["name"]
            passing.answer = passing.answer.replace(f'"{number}"'.encode(), b'"AB\\ud800C"')
            for form in (name.encode(), name.encode("ascii", "backslashreplace")):
                passing.answer = passing.answer.replace(b'"%s"' % form, b'"Namn \\udfff"')

    with relay_to(abicart_server.url, after=spoil) as relay:
        small.abicart_url = relay.url
        ctx = small.context()
        result = small.run(ctx=ctx)
        assert small.preview()["held"] == result.held
    assert (result.found, result.held) == (12, 1)
    assert outcomes(small, ctx)[key(odd)].rule == "number_forbidden_character"
    assert set(flags(small, ctx)["text_changed"]) >= {key(named)}
    _, rows = table(file_of(small, ctx, "outcomes.csv"))
    assert {row["product_number"] for row in rows if row["uid"] == str(odd["uid"])} == {"AB\\ud800C"}


def test_run_ids_of_airflow_make_one_folder_inside_the_reports(small) -> None:
    for run_id in ("manual__2026-01-12T08:00:00+00:00", "../../etc/x", "å b"):
        ctx = small.context(run_id)
        small.run(ctx=ctx)
    folder = small.folder / "reports" / "demo" / "product_export"
    assert sorted(path.name for path in folder.iterdir()) == [
        ".._.._etc_x",
        "__b",
        "manual__2026-01-12T08_00_00+00_00",
    ]
    assert all((path / "outcomes.csv").exists() for path in folder.iterdir())


def test_the_report_is_written_though_the_run_is_red(small, abicart_server) -> None:
    small.settings = small.settings.model_copy(update={"held_makes_run_red": True})
    renumber(abicart_server, items(abicart_server)[0], "Å-1")
    ctx = small.context()
    chunks = small.prepare(ctx)
    for chunk in chunks:
        small.send(ctx, chunk)
    with pytest.raises(IncompleteRunError, match="1 products are held"):
        report(ctx)
    _, rows = table(file_of(small, ctx, "outcomes.csv"))
    assert [row["outcome"] for row in rows].count("held") == 1
    assert small.ledger.get_run(ctx.run).summary["held"] == 1
