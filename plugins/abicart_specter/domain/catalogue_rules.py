"""The rules of the validation that look at a product's place in the whole catalogue.

Works on the columns of a frame that :mod:`product_numbers` makes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import TYPE_CHECKING, Any

from abicart_specter.domain import number_rule_table as table
from abicart_specter.domain.number_check import check_number
from abicart_specter.domain.records import ItemKey, Kind, Severity
from abicart_specter.settings.numbers import NumberRules, fold

if TYPE_CHECKING:
    import pandas as pd

MOST_OWNERS = 50
"""Owners listed on a flag. The flag of the first owner lists all of them, however many."""

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class CatalogueFinding:
    """One thing that is wrong with an item."""

    rule: str
    severity: Severity
    message: str
    remedy: str
    owners: tuple[ItemKey, ...] = ()


@dataclass(slots=True)
class Group:
    """Rows that share a number, or twins of one, in order of their keys."""

    rows: list[int] = field(default_factory=list)
    listed: tuple[ItemKey, ...] = ()
    numbers: dict[str, int] = field(default_factory=dict)
    """The different numbers in the group, each with the first row that has it; filled when needed."""


@dataclass(slots=True)
class CatalogueView:
    """The frame's columns in order of the items' keys, with the groups of items that share a number, by row."""

    rules: NumberRules
    reserved: Mapping[str, tuple[str, str]]
    kinds: Any
    uids: Any
    numbers: Any
    folded: Any
    own: Any
    packages: Any
    managed: Any
    priced: Any
    rates: Any
    usual_rates: frozenset[Any]
    duplicates: dict[int, Group]
    twins: dict[int, Group]

    @classmethod
    def of(cls, catalogue: pd.DataFrame, rules: NumberRules, reserved: Mapping[str, str]) -> CatalogueView:
        """Compare all items once."""
        catalogue = catalogue.sort_values(["kind", "uid"], kind="stable")
        numbers = _objects(catalogue["product_number"])
        folded = [None if number is None else fold(number) for number in numbers]
        rates = _objects(catalogue["vat_rate"])
        return cls(
            rules=rules,
            reserved={fold(number): (number, role) for number, role in reserved.items()},
            kinds=_objects(catalogue["kind"]),
            uids=catalogue["uid"].to_numpy(),
            numbers=numbers,
            folded=folded,
            own=catalogue["own_number"].to_numpy(dtype=bool),
            packages=catalogue["is_package"].to_numpy(dtype=bool),
            managed=_objects(catalogue["stock_managed"]),
            priced=catalogue["price"].notna().to_numpy(),
            rates=rates,
            usual_rates=frozenset(rate for rate in set(rates) if _is_usual(rate, rules)),
            duplicates=_groups(numbers),
            twins=_groups(folded, differ=numbers),
        )

    def key(self, row: int) -> ItemKey:
        """Identity of the item in a row."""
        return ItemKey(Kind(self.kinds[row]), int(self.uids[row]))

    def rows_to_look_at(self) -> Iterator[int]:
        """Rows that have a finding, in order of their keys; the others are passed over cheaply."""
        for row in range(len(self.uids)):
            if (
                not self.own[row]
                or self.packages[row]
                or not self.priced[row]
                or not self.managed[row]
                or self.rates[row] not in self.usual_rates
                or row in self.twins
                or row in self.duplicates
                or self.folded[row] in self.reserved
                or self.numbers[row] is None
                or not self.rules.accepts(self.numbers[row])
            ):
                yield row

    def owners(self, group: Group, row: int) -> tuple[ItemKey, ...]:
        """Everyone in a group; on all flags but the first one's at most :data:`MOST_OWNERS`."""
        if not group.listed:
            group.listed = tuple(self.key(other) for other in group.rows[:MOST_OWNERS])
        if row == group.rows[0] and len(group.rows) > MOST_OWNERS:
            return tuple(self.key(other) for other in group.rows)
        return group.listed


def findings_of(view: CatalogueView, row: int) -> list[CatalogueFinding]:
    """What is wrong with the item in a row, errors first."""
    found = [*_number_findings(view, row), *_other_findings(view, row)]
    return sorted(found, key=lambda finding: finding.severity is not Severity.ERROR)


def _number_findings(view: CatalogueView, row: int) -> Iterator[CatalogueFinding]:
    if not view.own[row]:
        number = view.numbers[row]
        inherited = f", and would go by the article's, {number!r}" if number else ""
        yield _finding(
            table.VARIANT_WITHOUT_NUMBER,
            f"The variant has no product number of its own{inherited}.",
            "Give every size and colour its own number in the shop.",
        )
        return
    alone = check_number(view.numbers[row], view.rules)
    for finding in alone:
        yield _finding(finding.rule, finding.message, finding.remedy)
    if any(finding.rule in (table.NUMBER_MISSING, table.NUMBER_BLANK) for finding in alone):
        return
    yield from _reserved_findings(view, row)
    group = view.duplicates.get(row)
    if group is not None:
        yield _finding(
            table.NUMBER_DUPLICATE,
            f"{len(group.rows)} products have the product number {view.numbers[row]!r}: {_listed(view, group)}.",
            "Give each its own number. One of them may keep this one, once no other has it.",
            owners=view.owners(group, row),
        )
    twins = view.twins.get(row)
    if twins is not None:
        yield _twin_finding(view, row, twins)


def _reserved_findings(view: CatalogueView, row: int) -> Iterator[CatalogueFinding]:
    reserved = view.reserved.get(view.folded[row])
    if reserved is None:
        return
    number, role = reserved
    if number == view.numbers[row]:
        message = f"The product number {number} is reserved: order rows for {role} use it."
    else:
        message = (
            f"The product number differs only in case, leading zeros or edge blanks from {number}, "
            f"which order rows for {role} use."
        )
    yield _finding(
        table.NUMBER_RESERVED,
        message,
        "Give the product another number, or choose another one for such rows in the shop file.",
    )


def _twin_finding(view: CatalogueView, row: int, group: Group) -> CatalogueFinding:
    if not group.numbers:
        for other in reversed(group.rows):
            group.numbers[view.numbers[other]] = other
    others = [
        pair for pair in islice(reversed(group.numbers.items()), _SHOWN + 2) if pair[0] != view.numbers[row]
    ]
    shown = [f"{number!r} ({view.key(other)})" for number, other in others[:_SHOWN]]
    more = " and others" if len(group.numbers) > _SHOWN + 1 else ""
    return CatalogueFinding(
        rule=table.NUMBER_TWIN,
        severity=Severity.ERROR if view.rules.hold_twins else Severity.WARNING,
        message=f"The product number differs only in case, leading zeros or edge blanks from "
        f"{', '.join(shown)}{more}.",
        remedy="If these are different products, give them numbers that nobody can mistake for each other.",
        owners=view.owners(group, row),
    )


def _other_findings(view: CatalogueView, row: int) -> Iterator[CatalogueFinding]:
    if view.packages[row]:
        yield _finding(
            table.PACKAGE,
            "The product is a package of other products, and packages are not exported.",
            "Nothing to do; in Specter, make a package article by hand if one is needed.",
        )
        return
    if not view.priced[row]:
        yield _finding(
            table.PRICE_MISSING, "The product has no price in the shop's currency.", "Enter one in the shop."
        )
    rate = view.rates[row]
    if rate is None:
        yield _finding(table.VAT_RATE_MISSING, "The product has no VAT rate.", "Choose one in the shop.")
    elif rate not in view.usual_rates:
        usual = ", ".join(f"{_percent(rate)}" for rate in view.rules.usual_vat_rates)
        yield _finding(
            table.VAT_RATE_UNUSUAL,
            f"The VAT rate is {_percent(rate)} %, which is none of the usual ones ({usual} %).",
            "Check the product's VAT in the shop. It is exported as it is.",
        )
    if view.managed[row] is None:
        yield _finding(
            table.STOCK_MANAGEMENT_UNKNOWN,
            "The shop does not say whether inventory management is on for the product.",
            "Check it in the shop: stock can only come back from Specter if it is on at the first export.",
        )
    elif not view.managed[row]:
        yield _finding(
            table.STOCK_NOT_MANAGED,
            "Inventory management is off, so no stock will come back from Specter.",
            "Switch it on in the shop before the first export if the product is kept in stock.",
        )


def _finding(rule: str, message: str, remedy: str, owners: tuple[ItemKey, ...] = ()) -> CatalogueFinding:
    return CatalogueFinding(rule, table.RULES[rule].severity, message, remedy, owners)


def _listed(view: CatalogueView, group: Group) -> str:
    shown = ", ".join(str(view.key(row)) for row in group.rows[:_SHOWN])
    more = len(group.rows) - _SHOWN
    return shown + (f" and {more} more" if more > 0 else "")


def _groups(values: Sequence[str | None], differ: Sequence[str | None] | None = None) -> dict[int, Group]:
    """Rows with the same value, by row.

    :param differ: keep only groups in which these values are not all the same.
    """
    first: dict[str, int] = {}
    groups: dict[str, Group] = {}
    for row, value in enumerate(values):
        if value is None:
            continue
        earlier = first.setdefault(value, row)
        if earlier != row:
            groups.setdefault(value, Group([earlier])).rows.append(row)
    return {
        row: group
        for group in groups.values()
        if differ is None or len({differ[row] for row in group.rows}) > 1
        for row in group.rows
    }


def _objects(series: pd.Series[Any]) -> list[Any]:
    """A column as plain values, ``None`` for whatever pandas writes for a missing one."""
    values = series.astype(object)
    out: list[Any] = values.where(series.notna(), None).tolist()
    return out


def _is_usual(rate: Any, rules: NumberRules) -> bool:
    try:
        return rate is not None and Decimal(str(rate)) in rules.usual_vat_rates
    except InvalidOperation:
        return False


def _percent(rate: Any) -> str:
    text = format((Decimal(str(rate)) * 100).normalize(), "f")
    return "0" if text == "-0" else text
