"""What the form of the undo DAG asks for, checked before anything is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from abicart_specter.domain.imports.records import ImportPart
from abicart_specter.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class UndoRequest:
    """Which run's values are to be restored, and of which parts."""

    run_id: str
    parts: tuple[ImportPart, ...] = tuple(ImportPart)
    dry_run: bool = True

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> UndoRequest:
        """From the trigger form's fields.

        :raises ConfigurationError: no run is named, or a part that does not exist.
        """
        run_id = str(params.get("run_id") or "").strip()
        if not run_id:
            raise ConfigurationError(
                "No run was named.",
                remedy="Enter the run id of a nightly import, as its page in Airflow shows it.",
            )
        named = params.get("parts")
        words = [str(one).strip() for one in (tuple(ImportPart) if named is None else named)]
        known = {part.value: part for part in ImportPart}
        for word in words:
            if word not in known:
                raise ConfigurationError(
                    f"There is no part “{word}” of an import.", remedy=f"Known are {', '.join(known)}."
                )
        if not words:
            raise ConfigurationError("No part was chosen.", remedy="Choose at least one of the parts.")
        # The order in which a person would do it: prices before texts.
        parts = tuple(part for part in ImportPart if part.value in words)
        return cls(run_id, parts, bool(params.get("dry_run", True)))
