"""Commands of the ledger's command line for bad days: a copy, a new ledger for a lost one, an old one put back."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from abicart_specter.errors import ConfigurationError
from abicart_specter.ledger.backup import backup
from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.identity import require_current
from abicart_specter.ledger.rebuild.state import replace_lost, restored


def add_commands(add: Any) -> None:
    """:param add: makes a command of a name, a function and its help, with the ledger's address as first argument."""
    add("backup", _backup, "SQLite: copy the ledger, also while it is in use").add_argument(
        "file", metavar="FILE", type=Path
    )
    add("replace", _replace, "an empty ledger stands for one that is lost").add_argument(
        "--lost",
        required=True,
        metavar="ID",
        help="the lost ledger's id: the Airflow Variable sync_ledger_id",
    )
    add("restored", _restored, "this ledger is an old backup that was put back").add_argument(
        "--at", type=_moment, metavar="TIME", help="when the backup was made, such as 2026-11-02T04:00+01:00"
    )


def _backup(options: argparse.Namespace) -> int:
    _say(f"Ledger {backup(options.url, options.file)} is copied to {options.file}, and the copy is whole.")
    return 0


def _replace(options: argparse.Namespace) -> int:
    database = Database(options.url)
    try:
        ledger_id = require_current(database)
        replace_lost(database, options.lost)
    finally:
        database.close()
    _say(
        f"Ledger {ledger_id} stands for {options.lost}, which is lost. No shop works with it before its rebuild:"
    )
    _say("trigger ledger_rebuild__<shop> for each shop, first with “Dry run”.")
    return 0


def _restored(options: argparse.Namespace) -> int:
    database = Database(options.url)
    try:
        require_current(database)
        times = restored(database, options.at)
    finally:
        database.close()
    for shop, known_good in times.items():
        _say(f"shop      {shop}: rebuild needed from {known_good.isoformat(timespec='seconds')}")
    if not times:
        _say("This ledger knows no shop: nothing is to be rebuilt.")
    return 0


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ConfigurationError(
            f"{text} says no time zone.", remedy="Write it with its offset, such as 2026-11-02T04:00+01:00."
        )
    return moment.astimezone(UTC)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
