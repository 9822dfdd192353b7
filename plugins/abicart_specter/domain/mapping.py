"""The field mapping at work: from a catalogue item to the row that Specter is sent.

A mapping is a file, read and compiled once per task; :meth:`ArticleMapping.apply` is pure.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from abicart_specter.domain.catalogue import ARTICLE_FIELDS, UNREADABLE
from abicart_specter.domain.expressions import Expression, ExpressionError, compile_expression, is_false
from abicart_specter.domain.mapping_file import (
    IDENTITY,
    FieldEntry,
    MappingEntries,
    read_mapping,
    shop_fields,
)
from abicart_specter.domain.records import CatalogueItem, Flag, Severity
from abicart_specter.domain.row_hash import row_hash
from abicart_specter.domain.transforms import (
    TEXT_CHANGED,
    TEXT_CUT,
    VALUE_RAISED,
    Scope,
    Step,
    TransformError,
    final_text,
    latin1,
    max_length,
    step_of,
)
from abicart_specter.errors import RecordError
from abicart_specter.settings.load import article_mapping_path
from abicart_specter.settings.shop import ShopSettings

__all__ = ["ArticleMapping", "MappedRow", "article_mapping", "item_view", "load_mapping", "row_hash"]

FIELD_MISSING = "field_missing"
FIELD_UNREADABLE = "field_unreadable"
FIELD_TOO_LONG = "field_too_long"

_REMEDIES = {
    TEXT_CHANGED: "Nothing to do if it reads well; else use other characters in the shop.",
    TEXT_CUT: "Shorten the text in the shop.",
    VALUE_RAISED: "Check the value in the shop.",
}


@dataclass(frozen=True, slots=True)
class MappedRow:
    """An item as Specter is sent it: wire names without row number → text that fits ISO-8859-1.

    ``create_only`` holds what goes along in the first pass alone (opening stock).
    """

    row: dict[str, str]
    create_only: dict[str, str]
    flags: list[Flag] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _CompiledField:
    to: str
    source: str
    value_of: Expression
    applies: Expression | None
    steps: tuple[Step, ...]
    required: bool
    longest: int | None
    create_only: bool
    default: str | None
    exact: bool
    """Whether the text must go as it is: what does not fit holds the item instead of being changed."""


class ArticleMapping:
    """A compiled field mapping.

    :ivar extra_fields: article fields to ask the shop for beyond ``ARTICLE_FIELDS``.
    :ivar fingerprint: SHA-256 over what the mapping says, without comments and layout.
    """

    def __init__(self, entries: MappingEntries) -> None:
        self.extra_fields = tuple(name for name in shop_fields(entries) if name not in ARTICLE_FIELDS)
        document = json.dumps(entries.model_dump(mode="json"), sort_keys=True, ensure_ascii=True)
        self.fingerprint = hashlib.sha256(document.encode("ascii")).hexdigest()
        self._fields = tuple(_compiled(entry) for entry in entries.fields)

    def apply(self, item: CatalogueItem, context: Mapping[str, Any]) -> MappedRow:
        """Map one item.

        :param context: ``{"shop": {...}, "settings": {...}}``; see ``ShopSettings.for_mapping``.
        :raises RecordError: a value cannot be read, a required field stays empty, or a text that may not be cut
            is too long. The item is to be held.
        """
        if item.problems:
            raise RecordError(
                f"{_named(item)}: a value of the shop cannot be read: {'; '.join(item.problems[:3])}.",
                rule=UNREADABLE,
                remedy="Correct the value in the shop.",
            )
        settings, shop = context["settings"], context["shop"]
        scope = Scope(settings["prices"]["article_decimals"], shop.get("language") or "sv")
        data = {
            "item": item_view(item),
            "article": item.document.get("article"),
            "variant": item.document.get("variant"),
            "shop": shop,
            "settings": settings,
        }
        mapped = MappedRow({}, {})
        for compiled in self._fields:
            if compiled.applies is not None and is_false(_evaluate(compiled.applies, data, item, compiled)):
                continue
            text = _text_of(compiled, data, scope, item)
            if scope.notes:
                mapped.flags.extend(_flags(item, compiled.to, scope))
            if text is not None:
                (mapped.create_only if compiled.create_only else mapped.row)[compiled.to] = text
        return mapped


def load_mapping(path: Path) -> ArticleMapping:
    """Read, check and compile a mapping file.

    :raises ConfigurationError: the file is wrong; the text names file and line.
    """
    return ArticleMapping(read_mapping(path))


def article_mapping(settings: ShopSettings) -> ArticleMapping:
    """The mapping that a shop's settings name.

    :raises ConfigurationError: there is no such file, or it is wrong.
    """
    return load_mapping(article_mapping_path(settings))


def item_view(item: CatalogueItem) -> dict[str, Any]:
    """What ``item.…`` means in a mapping."""
    return {
        "kind": item.key.kind.value,
        "uid": item.key.uid,
        "article_uid": item.article_uid,
        "product_number": item.product_number,
        "own_number": item.own_number,
        "name": item.name,
        "price_regular": item.price_regular,
        "price_ex_vat": item.price_ex_vat,
        "price_campaign": item.price_campaign,
        "vat_rate": item.vat_rate,
        "stock_managed": item.stock_managed,
        "stock": item.stock,
        "is_package": item.is_package,
        "hidden": item.hidden,
        "draft": item.draft,
        "ean": item.ean,
        "weight_grams": item.weight_grams,
    }


def _compiled(entry: FieldEntry) -> _CompiledField:
    steps = [step_of(step) for step in entry.transforms]
    exact = entry.too_long == "hold" or entry.to == IDENTITY
    if not exact:
        steps.append(latin1)
        if entry.max_length is not None:
            steps.append(max_length(entry.max_length))
    return _CompiledField(
        to=entry.to,
        source=entry.source,
        value_of=compile_expression(entry.source)[0],
        applies=None if entry.when is None else compile_expression(entry.when)[0],
        steps=tuple(steps),
        required=entry.required,
        longest=entry.max_length,
        create_only=entry.create_only,
        default=entry.default,
        exact=exact,
    )


def _text_of(compiled: _CompiledField, data: dict[str, Any], scope: Scope, item: CatalogueItem) -> str | None:
    value = _evaluate(compiled.value_of, data, item, compiled)
    try:
        for step in compiled.steps:
            if value is None:
                break
            value = step(value, scope)
        text = None if value is None else final_text(value)
    except TransformError as error:
        raise _unreadable(item, compiled, str(error)) from None
    if not text:
        text = compiled.default
    if compiled.required and not text:
        raise RecordError(
            f"{_named(item)}: Specter's field {compiled.to} stays empty; it is filled from {compiled.source}.",
            rule=FIELD_MISSING,
            remedy="Enter the value in the shop, or change the field mapping.",
        )
    if compiled.exact and text:
        _refuse_change(compiled, text, item)
    return text


def _refuse_change(compiled: _CompiledField, text: str, item: CatalogueItem) -> None:
    if compiled.longest is not None and len(text) > compiled.longest:
        raise RecordError(
            f"{_named(item)}: Specter's field {compiled.to} takes {compiled.longest} characters and may not be cut; "
            f"the shop's value has {len(text)}.",
            rule=FIELD_TOO_LONG,
            remedy="Shorten the value in the shop.",
        )
    check = Scope(2, "sv")
    if latin1(text, check) != text:
        words = check.notes[0][1] if check.notes else "Specter cannot take a combination of characters"
        raise _unreadable(item, compiled, words)


def _evaluate(
    expression: Expression, data: dict[str, Any], item: CatalogueItem, compiled: _CompiledField
) -> Any:
    try:
        return expression(data)
    except ExpressionError as error:
        raise _unreadable(item, compiled, str(error)) from None


def _unreadable(item: CatalogueItem, compiled: _CompiledField, words: str) -> RecordError:
    return RecordError(
        f"{_named(item)}: Specter's field {compiled.to} cannot be filled from {compiled.source}: {words}.",
        rule=FIELD_UNREADABLE,
        remedy="Correct the value in the shop, or change the field mapping.",
    )


def _flags(item: CatalogueItem, to: str, scope: Scope) -> list[Flag]:
    flags = [
        Flag(
            key=item.key,
            rule=rule,
            severity=Severity.WARNING,
            message=f"Specter's field {to}: {words}.",
            remedy=_REMEDIES[rule],
            product_number=item.product_number,
        )
        for rule, words in scope.notes
    ]
    scope.notes.clear()
    return flags


def _named(item: CatalogueItem) -> str:
    number = "without product number" if item.product_number is None else f"number {item.product_number!r}"
    return f"{item.key}, {number}"
