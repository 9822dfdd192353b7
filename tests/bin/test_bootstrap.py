"""A newcomer's machine that lacks something gets one clear sentence, and nothing outside the project is touched."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from local_stack.files import PROJECT
from local_stack.ports import free_ports

TOOLS = ("bash", "dirname", "env")

PYPROJECT = """
[build-system]
requires = []
build-backend = "link"
backend-path = ["bin/lib"]

[project]
name = "hello"
version = "1"
"""
BACKEND = '''"""Builds a link to this project's folder "code", and needs nothing for it."""
import pathlib, zipfile

def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "hello-1-py3-none-any.whl"
    files = {
        "hello.pth": str(pathlib.Path("code").resolve()),
        "hello-1.dist-info/METADATA": "Metadata-Version: 2.1\\nName: hello\\nVersion: 1\\n",
        "hello-1.dist-info/WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    }
    files["hello-1.dist-info/RECORD"] = "".join(f"{file},,\\n" for file in files)
    with zipfile.ZipFile(pathlib.Path(folder) / name, "w") as wheel:
        for file, text in files.items():
            wheel.writestr(file, text)
    return name

build_wheel = build_editable
'''


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose requirements need nothing, in a folder with a blank and a letter outside ASCII."""
    made = tmp_path / "my å project"
    (made / "bin" / "lib").mkdir(parents=True)
    for name in ("bootstrap.sh", "bootstrap.py"):
        shutil.copy(PROJECT / "bin" / "lib" / name, made / "bin" / "lib")
    (made / "requirements.txt").write_text("# nothing\n")
    (made / "pyproject.toml").write_text(PYPROJECT)
    (made / "bin" / "lib" / "link.py").write_text(BACKEND)
    (made / "code").mkdir()
    (made / "code" / "said.py").write_text("words = 'hello from'")
    command = made / "bin" / "hello"
    command.write_text(
        "#!/usr/bin/env bash\nset -euo pipefail\n"
        '. "$(dirname -- "${BASH_SOURCE[0]}")/lib/bootstrap.sh"\nbootstrap\n'
        "exec \"$python\" -c 'import said, sys; print(said.words, sys.prefix)'\n"
    )
    command.chmod(0o755)
    return made


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A folder for PATH with what the scripts need besides Python, and no Python."""
    folder = tmp_path / "tools"
    folder.mkdir()
    for name in TOOLS:
        found = shutil.which(name)
        assert found is not None
        (folder / name).symlink_to(found)
    return folder


def add_python(tools: Path, name: str = "python3") -> None:
    """This test's own Python under ``name``."""
    script = tools / name
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    script.chmod(0o755)


def add_old_python(tools: Path, name: str, version: str) -> None:
    """A program that says it is that Python."""
    script = tools / name
    script.write_text(f"#!/bin/sh\necho {version}\n")
    script.chmod(0o755)


def hello(project: Path, tools: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the project's command with an environment that holds nothing but PATH and ``more``."""
    return subprocess.run(
        [project / "bin" / "hello"],
        env={"PATH": str(tools), **more},
        cwd=project.parent,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )


def sentence(done: subprocess.CompletedProcess[str]) -> str:
    """The one line on standard error of a command that failed."""
    assert done.returncode == 1, done
    (line,) = done.stderr.splitlines()
    assert line.startswith("hello: ")
    return line.removeprefix("hello: ")


def test_an_old_python_is_one_sentence_that_names_it(project: Path, tools: Path) -> None:
    add_old_python(tools, "python3", "3.9.18")
    add_old_python(tools, "python3.12", "3.15.0")  # newer than Airflow supports
    assert sentence(hello(project, tools)) == (
        "needed is Python 3.11, 3.12, 3.13 or 3.14; found 3.9.18, 3.15.0. "
        "Install one, or name it: PYTHON=/path/to/python hello"
    )
    assert not (project / ".venv").exists()


def test_no_python_at_all(project: Path, tools: Path) -> None:
    assert "found none" in sentence(hello(project, tools))


def test_a_wrong_python_in_the_variable_is_named(project: Path, tools: Path) -> None:
    add_python(tools)
    add_old_python(tools, "mine", "3.10.4")
    assert "PYTHON names mine, which is 3.10.4" in sentence(hello(project, tools, PYTHON="mine"))
    assert "which is no Python that runs" in sentence(hello(project, tools, PYTHON="/nowhere/python"))


def test_a_newer_python_beside_an_old_one_is_found(project: Path, tools: Path) -> None:
    add_old_python(tools, "python3", "3.9.18")
    add_python(tools, "python3.11")
    done = hello(project, tools)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, f"hello from {project / '.venv'}")


def test_a_python_that_does_not_run_is_passed_over(project: Path, tools: Path) -> None:
    broken = tools / "python3"
    broken.write_text("#!/bin/sh\necho 'no such version is installed' >&2\nexit 127\n")
    broken.chmod(0o755)
    add_python(tools, "python3.11")
    assert hello(project, tools).returncode == 0


def test_without_the_venv_module_the_package_to_install_is_named(project: Path, tools: Path) -> None:
    bare = project.parent / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", bare], check=True)
    (site_packages,) = (bare / "lib").glob("python*/site-packages")
    (site_packages / "no_ensurepip.pth").write_text("import sys; sys.modules['ensurepip'] = None\n")
    version = "{}.{}".format(*sys.version_info)
    assert sentence(hello(project, tools, PYTHON=str(bare / "bin" / "python"))) == (
        f"this Python has no module ensurepip; on Debian and Ubuntu: apt install python{version}-venv"
    )


def test_no_network_is_one_sentence_and_the_rest_is_in_a_log(project: Path, tools: Path) -> None:
    add_python(tools)
    (project / "requirements.txt").write_text("no-such-package-here==1.0\n")
    (port,) = free_ports(1)
    settings = {
        "PIP_INDEX_URL": f"http://127.0.0.1:{port}/simple",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_RETRIES": "0",
        "PIP_TIMEOUT": "2",
    }
    said = sentence(hello(project, tools, **settings))
    log = project / ".venv" / "install.log"
    assert said.startswith("no network for the installation: ")
    assert said.endswith(f"(all of it: {log})")
    assert "no-such-package-here" in log.read_text()
    again = sentence(hello(project, tools, **settings))
    assert again == said, "a failed installation is tried again"


def test_a_folder_that_cannot_be_written_is_named(project: Path, tools: Path) -> None:
    add_python(tools)
    (project / ".venv").write_text("a file where the folder should be")
    assert sentence(hello(project, tools)).startswith(f"cannot write in {project}: ")


def test_it_installs_once_and_again_only_when_the_requirements_change(project: Path, tools: Path) -> None:
    add_python(tools)
    first = hello(project, tools)
    assert (first.returncode, first.stderr) == (0, "")
    assert "Making .venv" in first.stdout
    log = project / ".venv" / "install.log"
    log.unlink()
    second = hello(project, tools)
    assert second.stdout == f"hello from {project / '.venv'}\n"
    assert not log.exists()
    (project / "requirements.txt").write_text("# nothing, but differently\n")
    assert "Installing" in hello(project, tools).stdout
    assert log.exists()


def test_the_project_itself_is_linked_again_when_its_description_changes(project: Path, tools: Path) -> None:
    add_python(tools)
    assert hello(project, tools).returncode == 0
    log = project / ".venv" / "link.log"
    log.unlink()
    (project / ".venv" / "install.log").unlink()
    assert hello(project, tools).returncode == 0
    assert not log.exists()
    (project / "pyproject.toml").write_text(PYPROJECT + "\n# differently\n")
    done = hello(project, tools, PIP_INDEX_URL="http://127.0.0.1:1/")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"hello from {project / '.venv'}\n", "")
    assert log.exists()
    assert not (project / ".venv" / "install.log").exists(), "the requirements are the same"


def test_a_project_that_was_copied_uses_its_own_code(project: Path, tools: Path) -> None:
    add_python(tools)
    assert hello(project, tools).returncode == 0
    copy = project.parent / "copy"
    shutil.copytree(project, copy, symlinks=True)
    (copy / "code" / "said.py").write_text("words = 'hello from the copy'")
    assert hello(copy, tools).stdout.startswith("hello from the copy ")


def test_a_link_that_cannot_be_made_is_one_sentence(project: Path, tools: Path) -> None:
    add_python(tools)
    (project / "bin" / "lib" / "link.py").write_text("raise SystemExit('no such thing')")
    said = sentence(hello(project, tools))
    assert said.startswith("the installation failed: ")
    assert said.endswith(f"(all of it: {project / '.venv' / 'link.log'})")


def test_a_venv_whose_python_is_gone_is_made_again(project: Path, tools: Path) -> None:
    add_python(tools)
    assert hello(project, tools).returncode == 0
    python = project / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python3")
    done = hello(project, tools)
    assert done.returncode == 0
    assert "Making .venv" in done.stdout


def test_nothing_is_written_outside_the_project(project: Path, tools: Path) -> None:
    add_python(tools)
    home = project.parent / "home"
    home.mkdir()
    before = sorted(project.parent.iterdir())
    assert hello(project, tools, HOME=str(home)).returncode == 0
    assert list(home.iterdir()) == []
    assert sorted(project.parent.iterdir()) == before
