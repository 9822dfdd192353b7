"""``bin/audit`` tells holes, none known, and "could not be asked" apart."""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

import audit

ASKED = {"name": "requests", "version": "2.0", "vulns": []}
OTHER = {"name": "lxml", "version": "1.0", "vulns": []}
HOLE = {
    "name": "lxml",
    "version": "1.0",
    "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"], "aliases": []}],
}
UNFIXED = {"name": "lxml", "version": "1.0", "vulns": [{"id": "PYSEC-2", "fix_versions": []}]}
SKIPPED = {
    "name": "requests",
    "skip_reason": "Dependency not found on PyPI and could not be audited: requests (2.0)",
}
NO_OTHER = {"name": "lxml", "skip_reason": "Dependency not found on PyPI"}


def run(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], first: str, then: str, *more: str, code: int = 0
) -> tuple[int, list[str], int]:
    """With a pip-audit that prints ``first`` when it is asked about one package, else ``then``; and how often."""
    requirements, asked = tmp_path / "requirements.txt", tmp_path / "asked"
    requirements.write_text("# pinned\nlxml==1.0\nrequests==2.0 ; python_version > '3'\n", "utf-8")
    program = tmp_path / "pip-audit"
    program.write_text(
        f"#!{sys.executable}\nimport pathlib, sys\n"
        f"with pathlib.Path({str(asked)!r}).open('a') as file: file.write('x')\n"
        "lines = pathlib.Path(sys.argv[sys.argv.index('--requirement') + 1]).read_text().split('\\n')[:-1]\n"
        f"sys.stderr.write('WARNING: words\\n')\nprint({first!r} if len(lines) == 1 else {then!r})\nsys.exit({code})\n",
        "utf-8",
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    found = audit.main(["--requirements", str(requirements), *more], audit.Auditor([str(program)]))
    return found, capfd.readouterr().out.splitlines(), len(asked.read_text("utf-8"))


def told(*dependencies: dict[str, Any]) -> str:
    return json.dumps({"dependencies": list(dependencies), "fixes": []})


def test_none_known(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, capfd, told(ASKED), told(ASKED, OTHER), "--strict") == (
        0,
        ["CLEAN: no known holes in 2 packages."],
        2,
    )


def test_holes_fail_and_are_named(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, said, _ = run(tmp_path, capfd, told(ASKED), told(ASKED, HOLE), code=1)
    assert (code, said[0]) == (1, "lxml 1.0: PYSEC-1, mended in 1.1")
    assert said[-1].startswith("HOLES FOUND: 1.")
    assert run(tmp_path, capfd, told(ASKED), told(ASKED, UNFIXED), code=1)[1][0].endswith(
        "mended in no release yet"
    )


def test_where_it_cannot_be_asked_one_question_is_enough(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code, said, asked = run(tmp_path, capfd, told(SKIPPED), told(SKIPPED, NO_OTHER))
    assert (code, asked) == (0, 1)
    assert said == [
        "COULD NOT BE ASKED HERE: the package index here answers no questions about vulnerabilities. "
        "This says nothing about holes."
    ]
    assert run(tmp_path, capfd, told(SKIPPED), told(SKIPPED, NO_OTHER), "--strict")[0] == 2


@pytest.mark.parametrize("words", ["", "not json", "[]", '{"fixes": []}', "null"])
def test_an_answer_that_cannot_be_read_is_no_clean_answer(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], words: str
) -> None:
    code, said, _ = run(tmp_path, capfd, words, words, code=1)
    assert code == 0
    assert said[-1].startswith("COULD NOT BE ASKED HERE: WARNING: words")
    assert run(tmp_path, capfd, words, words, "--strict", code=1)[0] == 2


def test_a_few_that_are_not_on_the_index_are_named(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, said, _ = run(tmp_path, capfd, told(ASKED), told(ASKED, NO_OTHER))
    assert (code, said) == (
        0,
        ["Not asked about (not on the index): lxml", "CLEAN: no known holes in 1 packages."],
    )
    assert run(tmp_path, capfd, told(ASKED), told(ASKED, NO_OTHER), "--strict")[0] == 2
    assert run(tmp_path, capfd, told(ASKED), told(SKIPPED, HOLE), code=1)[0] == 1


def test_a_program_that_is_not_there(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    answer = audit.Auditor([str(tmp_path / "nowhere")]).ask(["requests==2.0"])
    assert "cannot be started" in answer.trouble
    assert audit.verdict(answer, strict=True)[0] == 2


def test_everything_that_is_pinned_is_asked_about() -> None:
    lines = audit.pinned(audit.PROJECT / "requirements.txt")
    names = {line.split("==")[0].split("[")[0] for line in lines}
    assert len(lines) > 200
    assert names >= {"apache-airflow", "requests", "sqlalchemy", audit.FIRST_ASKED}
