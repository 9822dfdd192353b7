"""Asks pip-audit for known holes in requirements.txt, and tells apart "none known" from "could not be asked".

pip-audit says "No known vulnerabilities found" also when it could ask about nothing at all, for example behind a mirror
of the package index that has no vulnerability database. So one package is asked about first; only where that is
answered is the whole list.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
FIRST_ASKED = "requests"
SECONDS = 600
CLEAN, HOLES, NOT_ASKED = 0, 1, 2
OPTIONS = ("--no-deps", "--disable-pip", "--format=json", "--progress-spinner=off", "--desc=off")


@dataclass(frozen=True, slots=True)
class Answer:
    """What pip-audit said. ``holes``: package, version, id, fixed in. ``skipped``: packages it could not ask about."""

    asked: int = 0
    holes: tuple[tuple[str, str, str, str], ...] = ()
    skipped: tuple[str, ...] = ()
    trouble: str = ""

    @property
    def nothing_was_asked(self) -> bool:
        """Neither an answer about any package, nor a hole."""
        return self.asked == 0


@dataclass(slots=True)
class Auditor:
    """pip-audit, as a program of its own.

    :param program: how it is called.
    """

    program: Sequence[str] = field(default_factory=lambda: [sys.executable, "-m", "pip_audit"])

    def ask(self, lines: Sequence[str]) -> Answer:
        """About the packages in these lines of a requirements file."""
        with tempfile.TemporaryDirectory(prefix="audit-") as folder:
            file = Path(folder) / "requirements.txt"
            file.write_text("\n".join(lines) + "\n", encoding="utf-8")
            try:
                done = subprocess.run(
                    [*self.program, "--requirement", str(file), *OPTIONS],
                    capture_output=True,
                    text=True,
                    timeout=SECONDS,
                    check=False,
                )
            except subprocess.TimeoutExpired:
                return Answer(trouble=f"no answer within {SECONDS} s")
            except OSError as error:
                return Answer(trouble=f"pip-audit cannot be started: {error.strerror}")
        try:
            return read(json.loads(done.stdout)["dependencies"])
        except (ValueError, KeyError, TypeError):
            last = (
                done.stderr.strip() or done.stdout.strip() or f"exit code {done.returncode}"
            ).splitlines()[-1]
            return Answer(trouble=last[:300])


def read(dependencies: Sequence[dict[str, Any]]) -> Answer:
    """pip-audit's list as an answer."""
    holes = [
        (one["name"], one["version"], hole["id"], ", ".join(hole["fix_versions"]) or "no release yet")
        for one in dependencies
        for hole in one.get("vulns", ())
    ]
    skipped = [one["name"] for one in dependencies if "skip_reason" in one]
    return Answer(len(dependencies) - len(skipped), tuple(holes), tuple(skipped))


def pinned(requirements: Path) -> list[str]:
    """The lines that pin a package."""
    lines = (line.strip() for line in requirements.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if "==" in line and not line.startswith(("#", "-"))]


def audit(requirements: Path, auditor: Auditor) -> Answer:
    """About everything that is pinned, unless already the first package cannot be asked about."""
    lines = pinned(requirements)
    first = [line for line in lines if line.startswith(f"{FIRST_ASKED}==")] or lines[:1]
    answer = auditor.ask(first)
    return answer if answer.nothing_was_asked else auditor.ask(lines)


def verdict(answer: Answer, *, strict: bool) -> tuple[int, list[str]]:
    """The exit code, and what a person is told; the last line is the verdict."""
    if answer.holes:
        said = [f"{name} {version}: {hole}, mended in {fixed}" for name, version, hole, fixed in answer.holes]
        return HOLES, [
            *said,
            f"HOLES FOUND: {len(answer.holes)}. Raise the versions with bin/lock --upgrade-package NAME.",
        ]
    if answer.nothing_was_asked:
        why = answer.trouble or "the package index here answers no questions about vulnerabilities"
        return NOT_ASKED if strict else CLEAN, [
            f"COULD NOT BE ASKED HERE: {why}. This says nothing about holes."
        ]
    said = [f"Not asked about (not on the index): {', '.join(answer.skipped)}"] if answer.skipped else []
    if answer.skipped and strict:
        return NOT_ASKED, [
            *said,
            f"NOT ALL COULD BE ASKED: {len(answer.skipped)} of {answer.asked + len(answer.skipped)}.",
        ]
    return CLEAN, [*said, f"CLEAN: no known holes in {answer.asked} packages."]


def main(arguments: Sequence[str] | None = None, auditor: Auditor | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="bin/audit", description="Known holes in requirements.txt.")
    parser.add_argument("--strict", action="store_true", help="fail also where it could not be asked")
    parser.add_argument("--requirements", type=Path, default=PROJECT / "requirements.txt", metavar="FILE")
    options = parser.parse_args(arguments)
    code, said = verdict(audit(options.requirements, auditor or Auditor()), strict=options.strict)
    for line in said:
        print(line, flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
