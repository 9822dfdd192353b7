"""A field mapping's file: its form, and every check that needs no product."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import Field, ValidationError

from abicart_specter.domain.expressions import (
    ROOTS,
    ExpressionError,
    compile_expression,
    names_used,
    negates_too_little,
)
from abicart_specter.domain.transforms import NAMES, PLAIN, WITH_NUMBER, WITH_TABLE
from abicart_specter.errors import ConfigurationError
from abicart_specter.settings.messages import findings, in_order, key_in_words
from abicart_specter.settings.types import Settings
from abicart_specter.settings.yaml_file import Place, read_yaml

ARTICLE_WIRE_NAMES = (
    "articleNo",
    "name",
    "priceExclVAT",
    "buyPrice",
    "stockPrice",
    "vatPercent",
    "barCode",
    "productWeight",
    "productVolume",
    "createArticleStock",
    "noItemsInStock",
    "supplierNo",
    "supplierName",
    "supplierArticleNo",
    "supplierBuyPrice",
    "manufacturingCountryCode",
)
"""Fields of ``newArticleSubmit``, without their row number (Specter reference 5.2, seen in client code)."""

IDENTITY = "articleNo"

ITEM_FIELDS = (
    "kind",
    "uid",
    "article_uid",
    "product_number",
    "own_number",
    "name",
    "price_regular",
    "price_ex_vat",
    "price_campaign",
    "vat_rate",
    "stock_managed",
    "stock",
    "is_package",
    "hidden",
    "draft",
    "ean",
    "weight_grams",
)
"""What ``item.…`` offers to a mapping."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a mapping fills: a function of Specter's, and what a path in it may begin with.

    ``known`` lists for a root the names that it has; a root that is not in it takes any.
    """

    function: str
    wire_names: tuple[str, ...]
    identity: str | None
    roots: tuple[str, ...]
    example: str
    known: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


ARTICLES = Target(
    "newArticleSubmit", ARTICLE_WIRE_NAMES, IDENTITY, ROOTS, "article.yaml", {"item": ITEM_FIELDS}
)


class FieldEntry(Settings):
    """One field of the mapping."""

    to: str = Field(min_length=1)
    source: str = Field(alias="from", min_length=1)
    transforms: list[Any] = Field(default_factory=list)
    required: bool = False
    max_length: int | None = Field(default=None, ge=1)
    too_long: Literal["cut", "hold"] = "cut"
    create_only: bool = False
    default: str | None = None
    when: str | None = Field(default=None, min_length=1)


class FieldMapping(Settings):
    """What every mapping file holds."""

    also_accepted: list[str] = Field(default_factory=list)
    fields: list[FieldEntry] = Field(min_length=1)


class MappingEntries(FieldMapping):
    """The product mapping's file as a whole."""

    target: Literal["newArticleSubmit"]


Entries = TypeVar("Entries", bound=FieldMapping)


def read_mapping(path: Path) -> MappingEntries:
    """Read and check a product mapping's file.

    :raises ConfigurationError: see :func:`read_fields`.
    """
    return read_fields(path, MappingEntries, ARTICLES)


def read_fields(path: Path, model: type[Entries], target: Target) -> Entries:
    """Read and check a mapping file.

    :raises ConfigurationError: something is wrong; the text has a line per finding, with file and line.
    """
    document = read_yaml(path)
    try:
        entries = model.model_validate(document.data)
        found = [
            (document.line(place), f"{key_in_words(place, document.data)}: {words}.")
            for place, words in _problems(entries, target)
        ]
    except ValidationError as error:
        found = findings(error, document, model)
    if found:
        raise ConfigurationError(
            in_order(found, document),
            remedy=f"Correct the mapping file; include/mappings/{target.example} explains what it may hold.",
        )
    return entries


def _problems(entries: FieldMapping, target: Target) -> Iterator[tuple[Place, str]]:
    known = (*target.wire_names, *entries.also_accepted)
    first: dict[str, int] = {}
    for index, entry in enumerate(entries.fields):
        place: Place = ("fields", index)
        if entry.to not in known:
            yield (*place, "to"), f"{target.function} has no field “{entry.to}”{_meant(entry.to, known)}"
        earlier = first.setdefault(entry.to.casefold(), index)
        if earlier != index:
            yield (*place, "to"), f"“{entry.to}” is filled already, by entry {earlier + 1} of the list"
        yield from _expression_problems((*place, "from"), entry.source, target)
        if entry.when is not None:
            yield from _expression_problems((*place, "when"), entry.when, target)
        for number, step in enumerate(entry.transforms):
            words = _step_problem(step)
            if words:
                yield (*place, "transforms", number), words
        if entry.create_only and target is not ARTICLES:
            yield (*place, "create_only"), "only a product mapping has “create_only”"
        if target.identity is not None and entry.to == target.identity:
            yield from _identity_problems(place, entry, target.identity)
    if target.identity is not None and target.identity not in (entry.to for entry in entries.fields):
        what = "product" if target is ARTICLES else "order"
        yield (
            ("fields",),
            f"{target.identity} is missing: without it Specter cannot tell which {what} is meant",
        )


def _identity_problems(place: Place, entry: FieldEntry, identity: str) -> Iterator[tuple[Place, str]]:
    if not entry.required:
        yield (*place, "required"), f"{identity} must be required"
    for key in ("when", "default"):
        if getattr(entry, key) is not None:
            yield (*place, key), f"{identity} cannot have “{key}”"
    if entry.create_only:
        yield (*place, "create_only"), f"{identity} is needed in every write"
    if entry.max_length is not None and entry.too_long == "cut":
        yield (*place, "max_length"), f"{identity} may not be cut: set too_long to hold"
    if entry.transforms:
        yield (*place, "transforms"), f"{identity} must go as it is: a changed number is another one"


def _expression_problems(place: Place, text: str, target: Target) -> Iterator[tuple[Place, str]]:
    try:
        _, tree = compile_expression(text)
    except ExpressionError as error:
        yield place, f"“{text}” is not valid JMESPath ({error})"
        return
    if negates_too_little(tree):
        yield place, f"in “{text}” the “!” belongs to the first name only; write !(…) around the path"
    for root, below in names_used(tree):
        known = target.known.get(root)
        if root not in target.roots:
            roots = target.roots
            yield (
                place,
                f"there is no “{root}” here; a path begins with {', '.join(roots[:-1])} or {roots[-1]}",
            )
        elif known is not None and below is not None and below not in known:
            yield place, f"there is no “{root}.{below}”{_meant(below, known)}"


def _step_problem(step: Any) -> str:
    if isinstance(step, str):
        if step in PLAIN:
            return ""
        if step in WITH_NUMBER or step in WITH_TABLE:
            return f"“{step}” needs a value, as in “{step}: …”"
        return f"there is no transform “{step}”{_meant(step, NAMES)}"
    if not isinstance(step, dict) or len(step) != 1:
        return "expected the name of a transform, or one name with its value"
    ((name, value),) = step.items()
    if name in WITH_NUMBER:
        _, lowest, highest = WITH_NUMBER[name]
        if isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= highest:
            return ""
        return f"“{name}” needs a whole number from {lowest} to {highest}"
    if name in WITH_TABLE:
        if isinstance(value, dict) and all(isinstance(inner, str) for inner in value.values()):
            return ""
        return f"“{name}” needs texts, each with the text that it becomes"
    if name in PLAIN:
        return f"“{name}” takes no value"
    return f"there is no transform “{name}”{_meant(str(name), NAMES)}"


def _meant(word: str, known: Collection[str]) -> str:
    close = difflib.get_close_matches(word, list(known), 1, 0.6)
    return f" (is “{close[0]}” meant?)" if close else f"; there are {', '.join(known)}"


def shop_fields(entries: MappingEntries) -> tuple[str, ...]:
    """The article fields that the mapping reads beside the item, to be asked of the shop."""
    found: dict[str, None] = {}
    for entry in entries.fields:
        for text in (entry.source, entry.when):
            if text is None:
                continue
            for root, below in names_used(compile_expression(text)[1]):
                if root == "article" and below is not None:
                    found.setdefault(below)
    return tuple(found)
