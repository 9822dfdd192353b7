"""Options of bin/demo, and a first look at the ports. Standard library only: it runs before the installation."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from local_stack.ports import complaint


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The options; argparse prints help or a complaint and exits."""
    parser = argparse.ArgumentParser(
        prog="bin/demo",
        description="Runs all flows once on this machine: a made-up Swedish web shop and an ERP account "
        "as local servers, a ledger, and an Airflow that keeps the two in step.",
        epilog="Everything listens on 127.0.0.1 and lives in .airflow/NAME. Ctrl-C ends all of it.",
    )
    parser.add_argument("--once", action="store_true", help="stop everything at the end; exit 0 or 1")
    parser.add_argument("--items", type=_count, default=200, metavar="N", help="products in the shop (200)")
    parser.add_argument("--keep", action="store_true", help="go on with what the last demo left, not afresh")
    parser.add_argument("--port", type=_port, default=8080, help="of Airflow's UI (8080)")
    parser.add_argument("--abicart-port", type=_port, default=8081, help="of the Abicart sandbox (8081)")
    parser.add_argument("--specter-port", type=_port, default=8082, help="of the Specter sandbox (8082)")
    parser.add_argument("--timeout", type=float, default=1800, metavar="SECONDS", help="for each run (1800)")
    parser.add_argument(
        "--report",
        type=Path,
        metavar="FILE",
        default=Path("demo-report.json"),
        help="figures (demo-report.json)",
    )
    parser.add_argument("--name", default="demo", help="folder of everything: .airflow/NAME (demo)")
    options = parser.parse_args(arguments)
    if not options.name.isidentifier():
        parser.error("a name is letters, digits and _")
    if len({options.port, options.abicart_port, options.specter_port}) < 3:
        parser.error("the three ports must differ")
    return options


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 200_000:
        raise argparse.ArgumentTypeError("from 1 to 200000")
    return number


def _port(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 65535:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return number


def port_complaint(options: argparse.Namespace) -> str | None:
    """One sentence if a port is taken."""
    for port, whose, option in (
        (options.port, "Airflow's UI", "--port"),
        (options.abicart_port, "the Abicart sandbox", "--abicart-port"),
        (options.specter_port, "the Specter sandbox", "--specter-port"),
    ):
        if sentence := complaint(port, whose, option):
            return sentence
    return None


if __name__ == "__main__":
    if sentence := port_complaint(parse(sys.argv[1:])):
        sys.exit(f"demo: {sentence}")
