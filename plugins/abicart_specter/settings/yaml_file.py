"""Reading a YAML file strictly, and remembering the line of everything in it.

Plain values only: text, true and false, whole numbers, decimal numbers (as ``Decimal``), nothing, lists and
groups. Dates stay text. A key that occurs twice is an error, and so is every form of a number that two readers
could read differently (``012``, ``0x1F``, ``1_000``, ``.inf``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from stat import S_ISREG
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from abicart_specter.errors import ConfigurationError

Place = tuple[str | int, ...]
"""Where something is in a file: the keys and positions that lead to it."""

_INTEGER = re.compile(r"[+-]?(?:0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[+-]?(?:0|[1-9][0-9]*)\.[0-9]+")
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
_DEEPEST = 30
_LONGEST_INTEGER = 18
_MOST_VALUES = 20_000
LARGEST_FILE = 200_000
"""Bytes. A file beyond it is no settings file, and reading it would hold up every other shop's."""


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """A file's content, and the line of each of its parts (counted from 1)."""

    path: Path
    data: dict[str | int, Any]
    lines: dict[Place, int]

    def line(self, place: Place) -> int:
        """Line of a part; of the nearest part around it when it is not there itself."""
        for length in range(len(place), 0, -1):
            line = self.lines.get(place[:length])
            if line is not None:
                return line
        return self.lines.get((), 1)


def shown(path: Path) -> str:
    """How messages name a file: with its folder."""
    return f"{path.parent.name}/{path.name}"


def at(path: Path, line: int) -> str:
    """How messages name a place."""
    return f"{shown(path)}, line {line}"


def read_yaml(path: Path) -> YamlDocument:
    """Read a file whose top level is a group of keys.

    :raises ConfigurationError: it cannot be read, is no YAML, or holds something that is not a plain value; the
        text names file and line.
    """
    return parse_yaml(path, _text(path))


def _text(path: Path) -> str:
    try:
        status = path.stat()
        if not S_ISREG(status.st_mode):  # reading a pipe would wait for ever
            raise ConfigurationError(
                f"{shown(path)}: this is a folder or something else that is no file.",
                remedy="Move it away, and put a file there.",
            )
        if status.st_size > LARGEST_FILE:
            raise ConfigurationError(
                f"{shown(path)}: the file has {status.st_size:,} bytes; at most {LARGEST_FILE:,} are read.",
                remedy="Compare the file with demo.yaml.",
            )
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigurationError(f"{shown(path)}: there is no such file.", remedy=f"Create {path}.") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigurationError(
            f"{at(path, line)}: the file is not UTF-8.", remedy="Save the file as UTF-8."
        ) from None
    except OSError as error:
        raise ConfigurationError(
            f"{shown(path)}: the file cannot be read ({error.strerror}).", remedy="Check its permissions."
        ) from None


def parse_yaml(path: Path, text: str) -> YamlDocument:
    """The same of a text that was read already.

    :raises ConfigurationError: as ``read_yaml``.
    """
    node = _compose(path, text)
    if node is None:
        raise ConfigurationError(
            f"{at(path, 1)}: the file is empty.", remedy="Write the settings; demo.yaml explains every one."
        )
    if not isinstance(node, MappingNode):
        raise ConfigurationError(
            f"{at(path, 1)}: expected keys with values, such as “products:”.",
            remedy="Compare the file with demo.yaml.",
        )
    reader = _Reader(path)
    data = reader.mapping(node, ())
    reader.lines.setdefault((), 1)
    return YamlDocument(path, data, reader.lines)


def _compose(path: Path, text: str) -> Node | None:
    try:
        node: Node | None = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = 1 if mark is None else mark.line + 1
        raise ConfigurationError(
            f"{at(path, line)}: this is not valid YAML: {error.problem or error.context}.",
            remedy="Check indentation, colons and quotes on this line and the one above.",
        ) from None
    except YAMLError:
        raise ConfigurationError(
            f"{shown(path)}: the file holds characters that YAML does not allow.",
            remedy="Look for control characters, and save the file as UTF-8.",
        ) from None
    except RecursionError:
        raise ConfigurationError(
            f"{shown(path)}: the groups are nested too deep.", remedy="Look for a row of opening brackets."
        ) from None
    return node


class _Reader:
    """Turns YAML's nodes into plain values."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._values = 0
        self.lines: dict[Place, int] = {}

    def mapping(self, node: MappingNode, place: Place) -> dict[str | int, Any]:
        out: dict[str | int, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            key = self.value(key_node, (*place, "?"))
            if not isinstance(key, str | int) or isinstance(key, bool):
                self._refuse(line, "a key must be text or a whole number")
            if key == "<<":
                self._refuse(line, "merged groups (“<<”) are not supported; write the keys out")
            if key in out:
                first = self.lines[*place, key]
                self._refuse(line, f"the key “{key}” is already on line {first}", "Keep one of the two.")
            self.lines[*place, key] = line
            out[key] = self.value(value_node, (*place, key))
            self.lines[*place, key] = line
        self.lines.pop((*place, "?"), None)
        return out

    def value(self, node: Node, place: Place) -> Any:
        line = node.start_mark.line + 1
        self.lines[place] = line
        self._values += 1  # a part that is referred to again and again counts each time
        if self._values > _MOST_VALUES:
            self._refuse(line, f"the file holds more than {_MOST_VALUES:,} values")
        if len(place) > _DEEPEST:
            self._refuse(line, "the groups are nested too deep")
        if isinstance(node, MappingNode) and node.tag == "tag:yaml.org,2002:map":
            return self.mapping(node, place)
        if isinstance(node, SequenceNode) and node.tag == "tag:yaml.org,2002:seq":
            return [self.value(entry, (*place, index)) for index, entry in enumerate(node.value)]
        if isinstance(node, ScalarNode):
            return self._scalar(str(node.tag).removeprefix("tag:yaml.org,2002:"), node.value, line)
        self._refuse(line, f"the tag {node.tag} is not supported", "Write a plain value.")
        raise AssertionError("not reached")

    def _scalar(self, kind: str, text: str, line: int) -> Any:
        if kind in ("str", "timestamp", "merge"):
            if _HALF_CHARACTER.search(text):
                self._refuse(line, "the text holds half a character", "Write the character itself.")
            return text
        if kind == "null":
            return None
        if kind == "bool":
            return text.lower() == "true"
        if kind == "int" and _INTEGER.fullmatch(text) and len(text) <= _LONGEST_INTEGER:
            return int(text)
        if kind == "float" and _DECIMAL.fullmatch(text):
            return Decimal(text)
        if kind in ("int", "float"):
            self._refuse(
                line,
                f"“{text[:40]}” is not a plain number",
                "Write digits only, or put it in quotes if it is text.",
            )
        self._refuse(line, f"the tag “{kind}” is not supported", "Write a plain value.")
        return None

    def _refuse(self, line: int, words: str, remedy: str = "Compare the file with demo.yaml.") -> None:
        raise ConfigurationError(f"{at(self._path, line)}: {words}.", remedy=remedy)
