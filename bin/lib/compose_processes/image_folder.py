"""What the project's image holds, laid out in a folder from the Dockerfile's COPY lines.

Only what the Dockerfile copies, and .dockerignore lets through, is there for the processes: a file that is missing
in the image is missing here as well. Packages come from ``.venv``, which holds what requirements.txt pins.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path, PurePosixPath

from compose_processes.errors import ComposeError

WITHOUT_MEANING = {
    "RUN": "installs packages, makes folders and sets owners",
    "USER": "see keys",
    "LABEL": "a note",
    "SHELL": "how RUN runs",
    "ARG": "of RUN",
}
_BASE = re.compile(
    r"apache/airflow:(?:slim-)?(?P<airflow>\d+\.\d+\.\d+)-python\d+\.\d+(?:@sha256:[0-9a-f]{64})?"
)


@dataclass(frozen=True, slots=True)
class ImageFolder:
    """``root`` stands for ``/`` of the image; ``environment`` is what ENV lines say."""

    root: Path
    environment: dict[str, str]


def lay_out(project: Path, root: Path) -> ImageFolder:
    """Copy what the image would hold.

    :raises ComposeError: an instruction is not understood, or the image is of another Airflow than the one installed.
    """
    ignored = _Ignored(project / ".dockerignore")
    environment: dict[str, str] = {}
    workdir = PurePosixPath("/")
    for instruction, rest in _instructions(project / "Dockerfile"):
        if instruction == "FROM":
            _check_base(rest)
        elif instruction == "WORKDIR":
            workdir /= rest
        elif instruction == "COPY":
            _copy(project, root, workdir, rest, ignored)
        elif instruction == "ENV":
            environment |= dict(re.findall(r'([A-Z0-9_]+)="?([^"\s]*)"?', rest))
        elif instruction not in WITHOUT_MEANING:
            raise ComposeError(f"The Dockerfile's {instruction} is not understood.")
    return ImageFolder(root, environment)


def _instructions(file: Path) -> list[tuple[str, str]]:
    lines = [
        line for line in file.read_text(encoding="utf-8").splitlines() if not line.lstrip().startswith("#")
    ]
    joined = re.sub(r"\\\n", " ", "\n".join(lines))
    found = [line.split(None, 1) for line in joined.splitlines() if line.strip()]
    return [(words[0].upper(), words[1].strip() if len(words) > 1 else "") for words in found]


def _check_base(image: str) -> None:
    match = _BASE.fullmatch(image)
    installed = version("apache-airflow")
    if match is None or match["airflow"] != installed:
        raise ComposeError(f"The Dockerfile begins with {image}, but Airflow {installed} is installed here.")


def _copy(project: Path, root: Path, workdir: PurePosixPath, rest: str, ignored: _Ignored) -> None:
    words = [word for word in rest.split() if not word.startswith(("--chown", "--chmod"))]
    if len(words) < 2 or any(word.startswith("--") or set(word) & set("*?[") for word in words):
        raise ComposeError(f"The Dockerfile's COPY {rest} is not understood.")
    *sources, target = words
    into = root / (workdir / target).relative_to("/")
    for source in sources:
        path = project / source
        if path.is_dir():
            shutil.copytree(path, into, dirs_exist_ok=True, ignore=ignored.within(project))
        elif ignored(PurePosixPath(source)):
            raise ComposeError(f"The Dockerfile copies {source}, but .dockerignore leaves it out.")
        else:
            into.mkdir(parents=True, exist_ok=True) if target.endswith("/") else None
            shutil.copy(path, into / path.name if into.is_dir() else into)


class _Ignored:
    """.dockerignore: the last pattern that fits a path, or a folder above it, decides."""

    def __init__(self, file: Path) -> None:
        lines = [line.strip() for line in file.read_text(encoding="utf-8").splitlines()]
        self._patterns = [
            (_pattern(line.removeprefix("!")), not line.startswith("!"))
            for line in lines
            if line and not line.startswith("#")
        ]

    def __call__(self, path: PurePosixPath) -> bool:
        verdict = False
        above = [str(one) for one in (path, *path.parents) if str(one) != "."]
        for pattern, ignores in self._patterns:
            if any(pattern.fullmatch(one) for one in above):
                verdict = ignores
        return verdict

    def within(self, project: Path) -> Callable[[str, list[str]], set[str]]:
        """For ``shutil.copytree``."""

        def ignore(folder: str, names: list[str]) -> set[str]:
            at = PurePosixPath(Path(folder).relative_to(project))
            return {name for name in names if self(at / name)}

        return ignore


def _pattern(line: str) -> re.Pattern[str]:
    escaped = re.escape(line.strip("/")).replace(r"\*\*/", "(?:.*/)?").replace(r"\*\*", ".*")
    return re.compile(escaped.replace(r"\*", "[^/]*").replace(r"\?", "[^/]"))
