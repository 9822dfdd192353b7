"""The file of the import's mapping: which of Specter's fields say what, by the names that they may have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationError

from abicart_specter.domain.imports.text_steps import NAMES, PLAIN, WITH_NUMBER, WITH_TABLE
from abicart_specter.errors import ConfigurationError
from abicart_specter.settings.messages import findings, in_order, key_in_words
from abicart_specter.settings.types import Settings
from abicart_specter.settings.yaml_file import Place, read_yaml

IMPORT_FIELDS = ("name", "description", "price", "former_price", "show_former_price", "vat", "specter_id")
"""Our own names of what is imported."""

REQUIRED = ("price", "former_price", "show_former_price", "vat", "name")
TEXTS = ("name", "description")

_WIRE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,79}")


def _wire_name(value: str) -> str:
    if not _WIRE_NAME.fullmatch(value):
        raise ValueError(f"“{value[:40]}” cannot be the name of an element or attribute")
    return value


WireName = Annotated[str, AfterValidator(_wire_name)]


class ImportEntry(Settings):
    """One field: the names that Specter may have for it, and steps for texts."""

    source: list[WireName] = Field(alias="from", min_length=1)
    transforms: list[Any] = Field(default_factory=list)


class ImportEntries(Settings):
    """``article_import.yaml``."""

    source: Literal["getArticleInfoExternalNeedUpdate"]
    fields: dict[str, ImportEntry]


def read_import_file(path: Path) -> ImportEntries:
    """Read and check an import mapping.

    :raises ConfigurationError: something is wrong; the text has a line per finding, with file and line.
    """
    document = read_yaml(path)
    try:
        entries = ImportEntries.model_validate(document.data)
        found = [
            (document.line(place), f"{key_in_words(place, document.data)}: {words}.")
            for place, words in _problems(entries)
        ]
    except ValidationError as error:
        found = findings(error, document, ImportEntries)
    if found:
        raise ConfigurationError(
            in_order(found, document),
            remedy="Correct the mapping file; include/mappings/article_import.yaml explains what it may hold.",
        )
    return entries


def _problems(entries: ImportEntries) -> Iterator[tuple[Place, str]]:
    first: dict[str, str] = {}
    for name, entry in entries.fields.items():
        place: Place = ("fields", name)
        if name not in IMPORT_FIELDS:
            yield place, f"there is no field “{name}”; there are {', '.join(IMPORT_FIELDS)}"
            continue
        for number, wire in enumerate(entry.source):
            if wire.casefold() in first:
                yield (
                    (*place, "from", number),
                    f"“{wire}” is listed already, for {first[wire.casefold()]}",
                )
            first.setdefault(wire.casefold(), name)
        for number, step in enumerate(entry.transforms):
            words = _step_problem(name, step)
            if words:
                yield (*place, "transforms", number), words
    for name in REQUIRED:
        if name not in entries.fields:
            yield ("fields",), f"{name} is missing: its import could never be switched on"


def _step_problem(name: str, step: Any) -> str:
    called = next(iter(step), None) if isinstance(step, dict) else step
    if name not in TEXTS and called in NAMES and called not in ("text", "lookup"):
        return f"“{called}” is for texts; {name} is none"
    if isinstance(step, str):
        if step in PLAIN:
            return ""
        if step in WITH_NUMBER or step in WITH_TABLE:
            return f"“{step}” needs a value, as in “{step}: …”"
        return f"there is no transform “{step}”; there are {', '.join(NAMES)}"
    if not isinstance(step, dict) or len(step) != 1:
        return "expected the name of a transform, or one name with its value"
    ((key, value),) = step.items()
    if key in WITH_NUMBER:
        good = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 100_000
        return "" if good else f"“{key}” needs a whole number from 1 to 100000"
    if key in WITH_TABLE:
        good = isinstance(value, dict) and all(isinstance(inner, str) for inner in value.values())
        return "" if good else f"“{key}” needs texts, each with the text that it becomes"
    if key in PLAIN:
        return f"“{key}” takes no value"
    return f"there is no transform “{key}”; there are {', '.join(NAMES)}"
