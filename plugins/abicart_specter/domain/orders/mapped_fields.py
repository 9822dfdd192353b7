"""A field mapping of orders or customers at work: prepared values → wire names with texts that Specter takes.

Unlike with products, no finding shows a value or a character of it: nearly all of them are somebody's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from abicart_specter.domain.expressions import Expression, ExpressionError, compile_expression, is_false
from abicart_specter.domain.mapping_file import FieldEntry
from abicart_specter.domain.orders.order_values import form_of
from abicart_specter.domain.records import Flag, ItemKey, Severity
from abicart_specter.domain.text import to_latin1
from abicart_specter.domain.transforms import (
    TEXT_CHANGED,
    TEXT_CUT,
    VALUE_RAISED,
    Scope,
    Step,
    TransformError,
    final_text,
    max_length,
    step_of,
)
from abicart_specter.errors import RecordError

FIELD_MISSING = "field_missing"
FIELD_UNREADABLE = "field_unreadable"
FIELD_TOO_LONG = "field_too_long"


@dataclass(frozen=True, slots=True)
class _Field:
    to: str
    source: str
    value_of: Expression
    applies: Expression | None
    steps: tuple[Step, ...]
    required: bool
    longest: int | None
    exact: bool
    default: str | None


class FieldSet:
    """The compiled fields of one mapping.

    :param identity: the field that goes as it is or not at all.
    """

    def __init__(self, entries: Sequence[FieldEntry], identity: str | None) -> None:
        self._fields = tuple(_compiled(entry, identity) for entry in entries)

    def apply(
        self, data: dict[str, Any], named: str, key: ItemKey, flags: list[Flag], *, price_decimals: int
    ) -> dict[str, str]:
        """The fields of one write; findings are added to ``flags``.

        :raises RecordError: a required field stays empty, a value does not fit its steps, or a text that may not
            be cut is too long. The order is to be held.
        """
        scope = Scope(price_decimals, "sv")
        fields: dict[str, str] = {}
        for one in self._fields:
            if one.applies is not None and is_false(_evaluated(one.applies, data, one, named)):
                continue
            text = _text_of(one, data, scope, named, key, flags)
            if text is not None:
                fields[one.to] = text
        return fields


def _compiled(entry: FieldEntry, identity: str | None) -> _Field:
    return _Field(
        to=entry.to,
        source=entry.source,
        value_of=compile_expression(entry.source)[0],
        applies=None if entry.when is None else compile_expression(entry.when)[0],
        steps=tuple(step_of(step) for step in entry.transforms),
        required=entry.required,
        longest=entry.max_length,
        exact=entry.too_long == "hold" or entry.to == identity,
        default=entry.default,
    )


def _evaluated(expression: Expression, data: dict[str, Any], one: _Field, named: str) -> Any:
    try:
        return expression(data)
    except ExpressionError:
        # JMESPath's own words hold the value.
        raise _unreadable(one, named, "the expression does not fit the order's values") from None


def _text_of(
    one: _Field, data: dict[str, Any], scope: Scope, named: str, key: ItemKey, flags: list[Flag]
) -> str | None:
    value = _evaluated(one.value_of, data, one, named)
    if value == "":
        value = None
    given = value
    try:
        for step in one.steps:
            if value is None:
                break
            value = step(value, scope)
        text = None if value is None else final_text(value)
    except TransformError:
        raise _unreadable(one, named, f"{form_of(given)} does not fit the transforms") from None
    text = _fitting(one, text, scope, named, key, flags)
    if not text:
        text = one.default
    if one.required and not text:
        raise RecordError(
            f"{named}: Specter's field {one.to} stays empty; it is filled from {one.source}.",
            rule=FIELD_MISSING,
            remedy="Enter the value on the order in the shop, or change the field mapping.",
        )
    return text


def _fitting(
    one: _Field, text: str | None, scope: Scope, named: str, key: ItemKey, flags: list[Flag]
) -> str | None:
    if not text:
        return None
    fitting = to_latin1(text)
    if fitting.replaced or TEXT_CHANGED in (rule for rule, _ in scope.notes):
        if one.exact:
            raise _unreadable(one, named, "it holds characters that Specter cannot take")
        flags.append(changed_flag(key, one.to, len(fitting.replaced)))
    if VALUE_RAISED in (rule for rule, _ in scope.notes):
        flags.append(_raised_flag(key, one.to))
    scope.notes[:] = [note for note in scope.notes if note[0] == TEXT_CUT]
    text = fitting.text
    if one.longest is not None and len(text) > one.longest:
        if one.exact:
            raise RecordError(
                f"{named}: Specter's field {one.to} takes {one.longest} characters and may not be cut; the order's "
                f"value has {len(text)}.",
                rule=FIELD_TOO_LONG,
                remedy="Shorten the value on the order in the shop.",
            )
        text = max_length(one.longest)(text, scope)
    flags.extend(_cut_flag(key, one.to, words) for _, words in scope.notes)
    scope.notes.clear()
    return text


def changed_flag(key: ItemKey, field: str, how_many: int) -> Flag:
    """Characters were replaced; neither they nor the text are shown."""
    some = f"{how_many} characters" if how_many > 1 else "a character"
    return Flag(
        key=key,
        rule=TEXT_CHANGED,
        severity=Severity.WARNING,
        message=f"Specter's field {field}: {some} that Specter cannot take became the nearest ones.",
        remedy="Nothing to do if it reads well in Specter; else correct it there.",
    )


def cut_flag(key: ItemKey, field: str, length: int, longest: int) -> Flag:
    """A text was cut; the text is not shown."""
    return _cut_flag(key, field, f"{length} characters were cut to {longest}")


def _cut_flag(key: ItemKey, field: str, words: str) -> Flag:
    return Flag(
        key=key,
        rule=TEXT_CUT,
        severity=Severity.WARNING,
        message=f"Specter's field {field}: {words}.",
        remedy="Look at the field in Specter, and complete it there if something needed is missing.",
    )


def _raised_flag(key: ItemKey, field: str) -> Flag:
    return Flag(
        key=key,
        rule=VALUE_RAISED,
        severity=Severity.WARNING,
        message=f"Specter's field {field}: the value was below the mapping's least, which is sent instead.",
        remedy="Check the value on the order in the shop.",
    )


def _unreadable(one: _Field, named: str, words: str) -> RecordError:
    return RecordError(
        f"{named}: Specter's field {one.to} cannot be filled from {one.source}: {words}.",
        rule=FIELD_UNREADABLE,
        remedy="Correct the value on the order in the shop, or change the field mapping.",
    )


def named_order(number: str, uid: int) -> str:
    """How messages call an order that was read."""
    return f"Order {number!r} (uid {uid})"
