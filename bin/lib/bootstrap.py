"""Makes the project's ``.venv`` and installs requirements.txt and the project itself into it. Standard library only.

``python bootstrap.py PROJECT COMMAND``; COMMAND is what the person typed, for messages. Does nothing when what is
installed is that of the files. Each failure is one sentence; details go to a log.

The project is installed as a link to this folder, which makes it a provider that Airflow finds: without it everything
runs, but Airflow's form for connections does not know our types.
"""

from __future__ import annotations

import fcntl
import hashlib
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

NETWORK = re.compile(
    r"NewConnectionError|Connection refused|Failed to establish|Temporary failure in name resolution"
    r"|Name or service not known|Network is unreachable|No route to host|ConnectTimeout|timed out"
    r"|Max retries exceeded|nodename nor servname",
)
MANY_SECONDS = 5.0


class SetUpError(Exception):
    """One sentence for the person."""


class Installation:
    """The virtual environment of one project folder."""

    def __init__(self, project: Path) -> None:
        self.project = project
        self.requirements = project / "requirements.txt"
        self.description = project / "pyproject.toml"
        self.folder = project / ".venv"
        self.python = self.folder / "bin" / "python"
        self.stamp = self.folder / ".installed"
        self.linked = self.folder / ".linked"
        self.log = self.folder / "install.log"

    def ensure(self) -> None:
        """Bring the environment up to date. :raises SetUpError:"""
        requirements = _digest(self.requirements.read_bytes())
        link = _digest(str(self.project.resolve()).encode(), self.description.read_bytes())
        with self.requirements.open("rb") as lock:  # two commands at once: the second waits for the first
            fcntl.flock(lock, fcntl.LOCK_EX)
            works = self._works()
            if works and (_read(self.stamp), _read(self.linked)) == (requirements, link):
                return
            try:
                if not works or _read(self.stamp) != requirements:
                    self._make()
                    self._install()
                    self.stamp.write_text(requirements, encoding="ascii")
                self._link()
                self.linked.write_text(link, encoding="ascii")
            except OSError as error:
                raise SetUpError(f"cannot write in {self.project}: {error.strerror or error}.") from None

    def _works(self) -> bool:
        """Whether the environment's Python runs and is of this version.

        It does not run when the Python it came from is gone. It is of another version when a person names
        another Python than before.
        """
        code = f"import sys; sys.exit(sys.version_info[:2] != {tuple(sys.version_info[:2])})"
        try:
            return subprocess.run([self.python, "-c", code], capture_output=True, check=False).returncode == 0
        except OSError:
            return False

    def _make(self) -> None:
        if self.folder.exists() and not self._works():
            shutil.rmtree(self.folder)
        if not self.folder.exists():
            for module in ("venv", "ensurepip"):
                if not _has_module(module):
                    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
                    raise SetUpError(
                        f"this Python has no module {module}; on Debian and Ubuntu: apt install python{version}-venv"
                    )
            self.project.joinpath(".venv").mkdir()
            print("Making .venv", flush=True)
            done = subprocess.run(
                [sys.executable, "-m", "venv", str(self.folder)],
                capture_output=True,
                encoding="utf-8",
                check=False,
            )
            if done.returncode != 0:
                shutil.rmtree(self.folder, ignore_errors=True)
                raise SetUpError(
                    f"the virtual environment cannot be made: {_last_line(done.stdout + done.stderr)}"
                )
        elif not self._has_pip():
            subprocess.run([self.python, "-m", "ensurepip"], capture_output=True, check=False)

    def _has_pip(self) -> bool:
        return subprocess.run([self.python, "-m", "pip", "--version"], capture_output=True).returncode == 0

    def _install(self) -> None:
        total = len(re.findall(r"(?m)^[A-Za-z0-9]", self.requirements.read_text(encoding="utf-8")))
        print(f"Installing {total} packages into .venv, once (a few minutes)", flush=True)
        started = time.monotonic()
        self._pip(self.log, "--no-cache-dir", "--retries", "2", "-r", str(self.requirements))
        seconds = time.monotonic() - started
        if seconds > MANY_SECONDS:
            print(f"Installed in {seconds:.0f} s", flush=True)

    def _link(self) -> None:
        """The project itself, as a link to this folder. Needs no network: what builds it is in requirements.txt."""
        log = self.folder / "link.log"
        self._pip(log, "--no-index", "--no-deps", "--no-build-isolation", "--editable", str(self.project))

    def _pip(self, log: Path, *words: str) -> None:
        """``pip install``; what it says goes to ``log``. :raises SetUpError:"""
        command = [
            str(self.python),
            "-m",
            "pip",
            "install",
            "--no-input",
            "--disable-pip-version-check",
            *words,
        ]
        with log.open("w", encoding="utf-8") as output:
            code = subprocess.run(command, stdout=output, stderr=subprocess.STDOUT, check=False).returncode
        if code != 0:
            text = log.read_text(encoding="utf-8", errors="replace")
            why = "no network for the installation: " if NETWORK.search(text) else "the installation failed: "
            raise SetUpError(f"{why}{_last_line(text)} (all of it: {log})")


def _digest(*contents: bytes) -> str:
    return hashlib.sha256(b"\0".join(contents)).hexdigest()


def _read(stamp: Path) -> str:
    try:
        return stamp.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _has_module(name: str) -> bool:
    return subprocess.run([sys.executable, "-c", f"import {name}"], capture_output=True).returncode == 0


def _last_line(text: str) -> str:
    """The last line that says something; pip writes its error last, and hints below it."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")]
    return re.sub(r"^ERROR: ", "", (errors or lines or ["no message"])[-1])


def main() -> int:
    project, command = Path(sys.argv[1]), sys.argv[2]
    try:
        Installation(project).ensure()
    except SetUpError as error:
        print(f"{command}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
