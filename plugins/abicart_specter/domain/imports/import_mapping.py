"""The import's mapping at work: from what Specter's article info told to our own fields."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Protocol

from abicart_specter.domain.imports.import_mapping_file import ImportEntries, read_import_file
from abicart_specter.domain.imports.records import Told
from abicart_specter.domain.imports.text_steps import Step, step_of
from abicart_specter.settings.paths import mapping_file
from abicart_specter.settings.shop import ShopSettings


class ToldValue(Protocol):
    """A row of the inbox, as ``ledger.LatestValue`` is one."""

    @property
    def row_id(self) -> int: ...

    @property
    def value(self) -> str | None: ...

    @property
    def seen_at(self) -> datetime: ...


class ImportMapping:
    """A compiled import mapping.

    :ivar fingerprint: SHA-256 over what the file says, without comments and layout.
    """

    def __init__(self, entries: ImportEntries) -> None:
        self._sources: dict[str, tuple[str, ...]] = {
            name: tuple(wire.lower() for wire in entry.source) for name, entry in entries.fields.items()
        }
        self._steps: dict[str, tuple[Step, ...]] = {
            name: tuple(step_of(step) for step in entry.transforms) for name, entry in entries.fields.items()
        }
        text = json.dumps(entries.model_dump(mode="json"), sort_keys=True, ensure_ascii=True)
        self.fingerprint = hashlib.sha256(text.encode("ascii")).hexdigest()

    def wire_names(self) -> frozenset[str]:
        """Every name that a field may have in Specter's answer, in lower case."""
        return frozenset(wire for sources in self._sources.values() for wire in sources)

    def names_of(self, field: str) -> tuple[str, ...]:
        """The names that one of our fields may have, in lower case, best first; none if it is not mapped."""
        return self._sources.get(field, ())

    def told(self, latest: Mapping[str, ToldValue]) -> dict[str, Told]:
        """The newest row of each of our own fields, with the steps of texts done.

        Of several names the first that was ever told counts, so that the choice does not change from night to night.

        :param latest: newest rows by Specter's name in lower case.
        """
        found: dict[str, Told] = {}
        for name, sources in self._sources.items():
            for wire in sources:
                row = latest.get(wire)
                if row is None or row.value is None:
                    continue
                value = row.value
                for step in self._steps[name]:
                    value = step(value)
                found[name] = Told(value, row.row_id, row.seen_at)
                break
        return found


def load_import_mapping(path: Path) -> ImportMapping:
    """Read, check and compile an import mapping.

    :raises ConfigurationError: the file is wrong; the text names file and line.
    """
    return ImportMapping(read_import_file(path))


def import_mapping(settings: ShopSettings) -> ImportMapping:
    """The import mapping that a shop's settings name.

    :raises ConfigurationError: there is no such file, or it is wrong.
    """
    return load_import_mapping(mapping_file(settings.mappings.article_import))
