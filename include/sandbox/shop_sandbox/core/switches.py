"""Switches: the alternatives of an interface that is only partly known, each with its name and its values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from shop_sandbox.core.errors import UsageError

SwitchValue = str | int | list[str]


@dataclass(frozen=True, slots=True)
class Switch:
    """One alternative.

    :param choices: the permitted words; empty for a switch that takes a number, a text or a list.
    :param default: also tells the kind of value: ``int`` (never negative), ``list`` (of texts) or ``str``.
    :param help: what it changes.
    :param question: which open question of the interface it stands for, if any.
    """

    name: str
    default: SwitchValue
    help: str
    choices: tuple[str, ...] = ()
    question: str = ""

    def checked(self, value: Any) -> SwitchValue:
        """The value in its proper type; raises ``UsageError`` in words otherwise."""
        if self.choices:
            word = {True: "on", False: "off"}.get(value, value) if isinstance(value, bool) else value
            if word not in self.choices:
                raise UsageError(f"switch {self.name} takes one of {', '.join(self.choices)}, not {value!r}")
            return str(word)
        if isinstance(self.default, int):
            if isinstance(value, bool) or not str(value).isdecimal():
                raise UsageError(f"switch {self.name} takes a whole number from 0, not {value!r}")
            return int(value)
        if isinstance(self.default, list):
            if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
                raise UsageError(f"switch {self.name} takes a list of texts, not {value!r}")
            return list(value)
        if not isinstance(value, str) or not value:
            raise UsageError(f"switch {self.name} takes a text, not {value!r}")
        return value


def on_off(name: str, default: str, help: str, question: str = "") -> Switch:
    """A switch with the values ``on`` and ``off``; the control interface takes true and false as well."""
    return Switch(name, default, help, ("on", "off"), question)


class SwitchBoard:
    """The switches of one server and how they stand. Read with ``board["name"]`` or ``board.on("name")``."""

    def __init__(self, switches: Iterable[Switch]) -> None:
        self.known = {switch.name: switch for switch in switches}
        self.values: dict[str, Any] = {}
        self.reset()

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def on(self, name: str) -> bool:
        return bool(self.values[name] == "on")

    def reset(self) -> None:
        self.values = {name: switch.checked(switch.default) for name, switch in self.known.items()}

    def set(self, wanted: Mapping[str, Any]) -> None:
        """Set all or, if one name or value is wrong, none (``UsageError``)."""
        checked: dict[str, SwitchValue] = {}
        for name, value in wanted.items():
            if name not in self.known:
                raise UsageError(f"there is no switch {name!r}; known: {', '.join(sorted(self.known))}")
            checked[name] = self.known[name].checked(value)
        self.values.update(checked)

    def describe(self) -> list[dict[str, Any]]:
        return [
            {
                "name": switch.name,
                "value": self.values[switch.name],
                "default": switch.default,
                "choices": list(switch.choices),
                "question": switch.question,
                "help": switch.help,
            }
            for switch in self.known.values()
        ]
