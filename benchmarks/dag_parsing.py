"""Measures what the DAG processor does with the DAG files, by the number of shops.

Each file is read and its DAGs are serialised in a process of its own, forked from one that has Airflow loaded, as the
DAG processor does it. Of several rounds the quickest counts: what else the machine does only adds. What is printed is
Markdown.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from local_stack.files import PROJECT

HEAVY = ("pandas", "numpy", "abicart_specter.ledger", "abicart_specter.clients", "abicart_specter.flows")
"""What parsing must not load."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """One DAG file, read once. Seconds of processor time."""

    file: str
    dags: int
    loading: float
    serialising: float
    heavy: list[str]

    @property
    def seconds(self) -> float:
        return self.loading + self.serialising


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="benchmarks/dag_parsing", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--shops", type=int, nargs="+", default=[1, 20], help="how many shops (1 20)")
    parser.add_argument("--rounds", type=int, default=3, help="the quickest of so many counts (3)")
    parser.add_argument("--json", type=Path, help="also write all figures to this file")
    return parser.parse_args(arguments)


@contextmanager
def shops_of(count: int) -> Iterator[None]:
    """So many shop files, each with every setting written out."""
    text = (PROJECT / "include/shops/demo.yaml").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        for number in range(count):
            (Path(folder) / f"shop{number:03d}.yaml").write_text(text, encoding="utf-8")
        os.environ["ABICART_SPECTER_SHOPS_DIR"] = folder
        yield


def read(file: Path) -> Parsed:
    """In the forked process: read one file as Airflow does."""
    from airflow.dag_processing.dagbag import DagBag
    from airflow.serialization.serialized_objects import DagSerialization

    before = time.process_time()
    bag = DagBag(dag_folder=str(file), bundle_path=file.parent, bundle_name="dags-folder")
    if bag.import_errors:
        raise RuntimeError(f"{file.name} cannot be read: {bag.import_errors}")
    loaded = time.process_time()
    for dag in bag.dags.values():
        json.dumps(DagSerialization.to_dict(dag))
    done = time.process_time()
    heavy = sorted({name for name in HEAVY if any(one.startswith(name) for one in sys.modules)})
    return Parsed(file.name, len(bag.dags), loaded - before, done - loaded, heavy)


def measure(rounds: int) -> list[Parsed]:
    """The quickest reading of each file."""
    context = multiprocessing.get_context("fork")
    found = []
    for file in sorted((PROJECT / "dags").glob("*.py")):
        with context.Pool(1, maxtasksperchild=1) as pool:
            found.append(min(pool.map(read, [file] * rounds, chunksize=1), key=lambda one: one.seconds))
    return found


def report(found: dict[int, list[Parsed]]) -> str:
    """A table: a row per file, and what all of them take."""
    counts = list(found)
    lines = [
        "| processor | "
        + " | ".join(f"{count} {'shop' if count == 1 else 'shops'}" for count in counts)
        + " | per shop more |"
    ]
    lines += ["|---|" + "---:|" * (len(counts) + 1)]
    for rows in zip(*found.values(), strict=True):
        cells = [f"{1000 * row.seconds:.0f} ms" for row in rows]
        lines += [
            f"| {rows[0].file} | "
            + " | ".join([*cells, per_shop(counts, [row.seconds for row in rows])])
            + " |"
        ]
    totals = [sum(row.seconds for row in rows) for rows in found.values()]
    cells = [f"{1000 * total:.0f} ms" for total in totals]
    lines += ["| all files | " + " | ".join([*cells, per_shop(counts, totals)]) + " |"]
    dags = [sum(row.dags for row in rows) for rows in found.values()]
    lines += ["| DAGs | " + " | ".join(str(count) for count in dags) + " | |"]
    each = [f"{1000 * total / count:.1f} ms" for total, count in zip(totals, dags, strict=True)]
    lines += ["| per DAG | " + " | ".join(each) + " | |"]
    share = [f"{100 * total / 30:.0f} %" for total in totals]
    lines += ["| share of a core, each file every 30 s | " + " | ".join(share) + " | |"]
    ratio = totals[-1] / totals[0]
    lines += ["", f"{counts[-1]} shops take {ratio:.1f} times as long as {counts[0]}."]
    return "\n".join(lines)


def per_shop(counts: Sequence[int], seconds: Sequence[float]) -> str:
    """What another shop costs, from the first and the last column."""
    if counts[-1] == counts[0]:
        return ""
    return f"{1000 * (seconds[-1] - seconds[0]) / (counts[-1] - counts[0]):.1f} ms"


def main(arguments: Sequence[str] | None = None) -> int:
    """1 if parsing loads what only tasks need."""
    options = parse(sys.argv[1:] if arguments is None else arguments)
    found: dict[int, list[Parsed]] = {}
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"AIRFLOW_HOME": home, "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
        os.environ["AIRFLOW__LOGGING__LOGGING_LEVEL"] = "WARNING"
        __import__("airflow.dag_processing.processor")  # as the DAG processor has it before it forks
        for count in sorted(set(options.shops)):
            with shops_of(count):
                found[count] = measure(options.rounds)
    sys.stdout.write(report(found) + "\n")
    heavy = {name for rows in found.values() for row in rows for name in row.heavy}
    if heavy:
        sys.stdout.write(f"Parsing loads {', '.join(sorted(heavy))}, which only tasks need.\n")
    if options.json:
        options.json.write_text(
            json.dumps({count: [asdict(row) for row in rows] for count, rows in found.items()}, indent=1),
            encoding="utf-8",
        )
    return 1 if heavy else 0


if __name__ == "__main__":
    sys.exit(main())
