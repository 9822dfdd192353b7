"""The project as a distribution: what is in the wheel, that it works from there, and what it stands on."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from tests.provider.programs import run

from abicart_specter import __version__
from local_stack.files import PROJECT

PACKAGE = PROJECT / "plugins" / "abicart_specter"
DESCRIPTION = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As ``pip install .`` builds it, without network."""
    folder = tmp_path_factory.mktemp("wheel")
    options = [
        "--no-index",
        "--no-deps",
        "--no-build-isolation",
        "--no-cache-dir",
        "--disable-pip-version-check",
    ]
    command = [sys.executable, "-m", "pip", "wheel", *options, "--wheel-dir", str(folder), str(PROJECT)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    [built] = folder.iterdir()
    return built


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    assert wheel.name == f"abicart_specter-{__version__}-py3-none-any.whl"
    names = zipfile.ZipFile(wheel).namelist()
    packed = {name for name in names if not name.startswith("abicart_specter-")}
    there = {
        path.relative_to(PACKAGE.parent).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file()
        and "__pycache__" not in path.parts
        and not any(part[0] == "." for part in path.parts[-3:])
    }
    assert packed == there
    assert "abicart_specter/ledger/migrations/script.py.mako" in packed


def test_it_works_from_the_wheel(wheel: Path, tmp_path: Path) -> None:
    unpacked = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(unpacked)
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    code = f"""
import json
from importlib.metadata import entry_points
import abicart_specter
from abicart_specter.ledger.migrate import status, upgrade
upgrade({url!r})
[point] = entry_points(group="apache_airflow_provider", module="abicart_specter.provider_info")
from airflow.providers_manager import ProvidersManager
print(json.dumps([abicart_specter.__file__, status({url!r}).state, point.dist.version,
                  sorted(k for k, v in ProvidersManager().hooks.items() if v and v.package_name == "abicart-specter")]))
"""
    where, state, version, types = run(code, tmp_path, path=str(unpacked))
    assert Path(where).is_relative_to(unpacked)
    assert (state, version) == ("current", __version__)
    assert types == ["abicart", "specter", "sync_ledger"]


def test_what_it_needs_is_what_is_locked() -> None:
    def names(lines: list[str]) -> set[str]:
        return {re.sub(r"[-_.]+", "-", Requirement(line).name.lower()) for line in lines}

    text = (PROJECT / "requirements.in").read_text(encoding="utf-8")
    wanted = [line.partition("#")[0].strip() for line in text.splitlines()]
    assert names(DESCRIPTION["project"]["dependencies"]) <= names([line for line in wanted if line])
    assert names(DESCRIPTION["build-system"]["requires"]) <= names([line for line in wanted if line])
    pinned = (PROJECT / "requirements.txt").read_text(encoding="utf-8")
    for name in DESCRIPTION["build-system"]["requires"]:
        assert re.search(rf"(?m)^{name}==", pinned)
    [airflow] = [one for one in DESCRIPTION["project"]["dependencies"] if one.startswith("apache-airflow>")]
    assert Requirement(airflow).specifier.contains(re.search(r"(?m)^apache-airflow==(\S+)", pinned)[1])


def test_what_the_package_imports_is_among_what_it_needs() -> None:
    """So that ``pip install .`` into an empty environment is complete."""
    modules = {
        "airflow": "apache-airflow",
        "numpy": "pandas",
        "ruamel": "ruamel.yaml",
        "unidecode": "Unidecode",
        "urllib3": "requests",
        "sqlalchemy": "SQLAlchemy",
        "psycopg": "psycopg[binary]",
    }
    found = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.partition(".")[0])
    assert "sqlalchemy" in found
    foreign = found - sys.stdlib_module_names - {"abicart_specter"}
    needed = {one.split(">")[0] for one in DESCRIPTION["project"]["dependencies"]}
    missing = {name for name in foreign if modules.get(name, name) not in needed}
    assert missing == set()
