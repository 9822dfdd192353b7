"""Tables in task logs and CSV files of a run. No personal data passes through here."""

from __future__ import annotations

import csv
import io
import logging
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from abicart_specter.domain.records import Flag, Severity
from abicart_specter.flows.context import FlowContext

LOG_WIDTH = 118  # what a window of usual width shows beside the time and the level
LONGEST_NUMBER = 32
NARROW = frozenset({"product", "product number", "suggestion", "rule"})


def log_table(
    log: logging.Logger, title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Write a table into the task log, one log line per table line, so that every log view shows it whole."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        if column in NARROW:
            table.add_column(column, overflow="ellipsis", no_wrap=True, max_width=LONGEST_NUMBER)
        else:
            table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(printable(str(cell)) for cell in row))
    out = io.StringIO()
    Console(
        file=out, width=LOG_WIDTH, markup=False, highlight=False, emoji=False, legacy_windows=False
    ).print(table)
    log.info("%s", title)  # not the table's own: that is wrapped to the width of a narrow table
    for line in out.getvalue().rstrip("\n").split("\n"):
        log.info("%s", line.rstrip())


def log_by_rule(log: logging.Logger, title: str, flags: Sequence[Flag], rows_per_rule: int = 50) -> None:
    """Flags in the task log, a table per rule, those that hold products first."""
    by_rule: dict[tuple[int, str], list[Flag]] = {}
    for flag in flags:
        by_rule.setdefault((flag.severity is not Severity.ERROR, flag.rule), []).append(flag)
    if by_rule:
        log.info("%s", title)
    for (_, rule), found in sorted(by_rule.items()):
        shown = found[:rows_per_rule]
        what = "error: an export holds it" if found[0].severity is Severity.ERROR else "warning: look at it"
        log_table(
            log,
            f"{rule}: {len(found)} ({what})",
            ("product", "product number", "suggestion", "what is wrong"),
            [(flag.key, flag.product_number or "", flag.suggestion or "", flag.message) for flag in shown],
        )
        if len(found) > len(shown):
            log.info("… and %s more in flags.csv", len(found) - len(shown))
        log.info("To do: %s", found[0].remedy)


def printable(text: str) -> str:
    """Text with its control characters and odd blanks made visible, so that no value breaks a line of the log."""
    return "".join(char if char == " " or char.isprintable() else f"\\u{ord(char):04x}" for char in text)


def run_folder(ctx: FlowContext) -> Path:
    """Where this run's files lie: ``<reports>/<shop>/<flow>/<run>``."""
    folder = ctx.reports_dir / ctx.shop / ctx.run.flow / re.sub(r"[^A-Za-z0-9_.+-]", "_", ctx.run.run_id)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def write_flags_csv(ctx: FlowContext, flags: Iterable[Flag]) -> str:
    """All flags of a run as ``flags.csv`` (UTF-8 with signature and semicolons, as Excel in Sweden reads it)."""
    return write_csv(
        ctx,
        "flags.csv",
        ("kind", "uid", "product_number", "rule", "severity", "message", "remedy", "suggestion", "owners"),
        (
            (
                flag.key.kind.value,
                flag.key.uid,
                flag.product_number or "",
                flag.rule,
                flag.severity.value,
                flag.message,
                flag.remedy,
                flag.suggestion or "",
                ", ".join(str(owner) for owner in flag.owners),
            )
            for flag in flags
        ),
    )


def write_outcomes_csv(ctx: FlowContext, rows: Iterable[Sequence[object]]) -> str:
    """Every product found with its outcome as ``outcomes.csv``."""
    return write_csv(
        ctx, "outcomes.csv", ("kind", "uid", "product_number", "name", "outcome", "rule", "reason"), rows
    )


def write_csv(ctx: FlowContext, name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A file of this run (UTF-8 with signature and semicolons, as Excel in Sweden reads it); returns its path."""
    if ctx.dry_run:
        return "(a dry run writes no files)"
    path = run_folder(ctx) / name
    # A shop's text may hold half a surrogate pair, which no encoding takes: shown, not fatal.
    with path.open("w", encoding="utf-8-sig", errors="backslashreplace", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(header)
        writer.writerows([_cell(cell) for cell in row] for row in rows)
    return str(path)


def _cell(value: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = str(value)
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
