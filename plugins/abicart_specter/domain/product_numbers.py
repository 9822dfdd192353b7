"""The product numbers of a whole catalogue, checked at once.

Rules on one number are in :mod:`number_check`, the meaning of every rule in :mod:`number_rule_table`. Here are
the catalogue's frame and the order of the flags; the rules that compare products are in :mod:`catalogue_rules`.
On top of the frame the check takes less than 500 bytes per product, flags aside.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from abicart_specter.domain.catalogue_rules import CatalogueView, findings_of
from abicart_specter.domain.number_check import check_number
from abicart_specter.domain.number_rule_table import ERROR_RULES, NUMBER_RULES, RULES
from abicart_specter.domain.number_suggestions import Suggester
from abicart_specter.domain.records import Flag, Kind
from abicart_specter.settings.numbers import NumberRules

__all__ = [
    "ERROR_RULES",
    "FRAME_COLUMNS",
    "RULES",
    "check_catalogue",
    "check_number",
    "frame",
    "frame_of_columns",
    "iter_flags",
]

FRAME_COLUMNS = (
    "kind",
    "uid",
    "article_uid",
    "product_number",
    "own_number",
    "price",
    "vat_rate",
    "stock_managed",
    "is_package",
)
"""Columns of the catalogue frame, in the order of the rows that :func:`frame` takes."""


def frame(rows: Iterable[Sequence[Any]]) -> pd.DataFrame:
    """The catalogue as a frame, from rows in the order of :data:`FRAME_COLUMNS`.

    Missing values are ``None``; prices and rates may be ``Decimal`` or their text.
    """
    columns: list[list[Any]] = [[] for _ in FRAME_COLUMNS]
    for row in rows:
        for column, value in zip(columns, row, strict=True):
            column.append(value)
    return frame_of_columns(dict(zip(FRAME_COLUMNS, columns, strict=True)))


def frame_of_columns(columns: dict[str, Sequence[Any]]) -> pd.DataFrame:
    """As :func:`frame`, from whole columns, which are taken out of ``columns`` one by one: of a large catalogue
    no column is in memory twice.
    """
    shared: dict[str, str] = {}

    def texts(name: str) -> list[str | None]:
        return [_as_text(value, shared) for value in columns.pop(name)]

    data: dict[str, Any] = {
        "kind": pd.Categorical([str(kind) for kind in columns.pop("kind")], [kind.value for kind in Kind]),
        "uid": np.array(columns.pop("uid"), dtype=np.int64),
        "article_uid": np.array(columns.pop("article_uid"), dtype=np.int64),
        "product_number": pd.Series(columns.pop("product_number"), dtype=object),
        "own_number": np.array(columns.pop("own_number"), dtype=bool),
        "price": pd.Series(texts("price"), dtype=object),
        "vat_rate": pd.Series(texts("vat_rate"), dtype=object),
        "stock_managed": pd.array(columns.pop("stock_managed"), dtype="boolean"),
        "is_package": np.array(columns.pop("is_package"), dtype=bool),
    }
    return pd.DataFrame(data, columns=list(FRAME_COLUMNS), copy=False)


def _as_text(value: Any, shared: dict[str, str]) -> str | None:
    """Equal texts as one object: a catalogue has few VAT rates and not many prices."""
    if value is None:
        return None
    text = str(value)
    return shared.setdefault(text, text)


def check_catalogue(
    catalogue: pd.DataFrame, rules: NumberRules, reserved: Mapping[str, str] | None = None
) -> list[Flag]:
    """All flags of a catalogue, ordered by kind and uid, errors of an item before its warnings.

    :param catalogue: as :func:`frame` makes it.
    :param reserved: product number → what it is reserved for.
    """
    return list(iter_flags(catalogue, rules, reserved or {}))


def iter_flags(catalogue: pd.DataFrame, rules: NumberRules, reserved: Mapping[str, str]) -> Iterator[Flag]:
    """:func:`check_catalogue` one by one, for a catalogue in which very much is wrong."""
    if catalogue.empty:
        return
    view = CatalogueView.of(catalogue, rules, reserved)
    suggester = Suggester(rules, (folded for folded in view.folded if folded is not None), reserved)
    for row in view.rows_to_look_at():
        key = view.key(row)
        findings = findings_of(view, row)
        number = view.numbers[row]
        suggestion = None
        if any(finding.rule in NUMBER_RULES for finding in findings):
            suggestion = suggester.suggest(key, number, own=bool(view.own[row]))
        for finding in findings:
            yield Flag(
                key=key,
                rule=finding.rule,
                severity=finding.severity,
                message=finding.message,
                remedy=finding.remedy,
                product_number=number,
                suggestion=suggestion if finding.rule in NUMBER_RULES else None,
                owners=finding.owners,
            )
