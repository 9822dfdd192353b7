"""The names of a variant's options (size, colour), from the shapes in which an article may carry them.

Abicart reference 5.1–5.3, seen in client code: ``choices`` expanded with their options, or ``choiceSchema``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from abicart_specter.domain.raw_values import ValueReader, uid_of


@dataclass(frozen=True, slots=True)
class OptionNames:
    """The choices in the article's own order, and every option's name in the shop's language."""

    order: Mapping[str, int]
    names: Mapping[str, str]

    @classmethod
    def read(cls, article: Mapping[str, Any], language: str, reader: ValueReader) -> OptionNames:
        """Collect names; expanded choices win over the schema."""
        names = _names_in_schema(article, language, reader)
        order: dict[str, int] = {}
        for choice in reader.sequence(article.get("choices"), "choices"):
            uid = uid_of(choice.get("uid")) if isinstance(choice, Mapping) else uid_of(choice)
            if uid is not None:
                order[str(uid)] = len(order)
            if isinstance(choice, Mapping):
                names.update(_names_in_choice(choice, language, reader))
        return cls(order, names)

    def options_of(self, row: Mapping[str, Any], reader: ValueReader) -> list[str]:
        """The option uids that define a variant, in the order of the article's choices."""
        defined_by = reader.mapping(row.get("definedBy"), "definedBy")
        last = len(self.order)
        pairs = sorted(
            ((str(choice), str(option)) for choice, option in defined_by.items()),
            key=lambda pair: (self.order.get(pair[0], last), len(pair[0]), pair[0]),
        )
        return [option for _, option in pairs]

    def name_of(self, option: str) -> str:
        """An option's name. One without a name is called by its uid, so that variants stay apart."""
        return self.names.get(option) or f"option {option}"


def _names_in_choice(choice: Mapping[str, Any], language: str, reader: ValueReader) -> dict[str, str]:
    names: dict[str, str] = {}
    for option in reader.sequence(choice.get("options"), "choices.options"):
        uid = uid_of(option.get("uid")) if isinstance(option, Mapping) else None
        if uid is not None:
            name = reader.text(option.get("name"), f"choices.options.{uid}.name", language)
            if name:
                names[str(uid)] = name
    return names


def _names_in_schema(article: Mapping[str, Any], language: str, reader: ValueReader) -> dict[str, str]:
    schemas = reader.mapping(article.get("choiceSchema"), "choiceSchema")
    names: dict[str, str] = {}
    for code in dict.fromkeys((language, "sv", "en", *sorted(schemas))):
        schema = reader.mapping(schemas.get(code), f"choiceSchema.{code}")
        properties = reader.mapping(schema.get("properties"), f"choiceSchema.{code}.properties")
        for choice, described in properties.items():
            if not isinstance(described, Mapping):
                continue
            options = described.get("enumNames")
            if isinstance(options, Mapping):
                for option, name in options.items():
                    if isinstance(name, str) and name.strip():
                        names.setdefault(str(option), name)
            elif isinstance(options, list) and isinstance(described.get("enum"), list):
                for option, name in zip(described["enum"], options, strict=False):
                    if isinstance(name, str) and name.strip():
                        names.setdefault(str(option), name)
            elif options:
                reader.note(f"choiceSchema.{code}.properties.{choice}.enumNames", "expected an object")
    return names
