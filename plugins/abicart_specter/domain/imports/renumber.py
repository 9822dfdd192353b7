"""Product numbers that were changed in Specter: proposed to a person, never changed by itself (rule 36)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from abicart_specter.domain.records import ItemKey


@dataclass(frozen=True, slots=True)
class ToldNumber:
    """Specter's own article id beside a product number, as one row told it. A higher ``row_id`` is newer."""

    specter_id: str
    product_number: str
    row_id: int


@dataclass(frozen=True, slots=True)
class Renumbering:
    """A proposal. ``obstacle`` says why the shop's product cannot simply take the new number; empty if it can."""

    key: ItemKey
    old_number: str
    new_number: str
    specter_id: str
    obstacle: str = ""


def propose_renumberings(
    told: Iterable[ToldNumber],
    owners: Mapping[str, Sequence[ItemKey]],
    reserved: Collection[str] = (),
) -> list[Renumbering]:
    """Articles that Specter told under one number and later, with the same id, under another.

    Only where the shop still has exactly one product with the old number. A number that Specter has told last with
    another id was given to another article meanwhile; that is no renumbering.

    :param owners: the shop's items by product number.
    :param reserved: numbers that no product may have.
    """
    newest_number: dict[str, ToldNumber] = {}
    newest_id: dict[str, ToldNumber] = {}
    earlier: dict[str, dict[str, int]] = {}
    for one in told:
        specter_id, number = one.specter_id.strip(), one.product_number
        if not specter_id or not number:
            continue
        if specter_id not in newest_number or newest_number[specter_id].row_id < one.row_id:
            newest_number[specter_id] = one
        if number not in newest_id or newest_id[number].row_id < one.row_id:
            newest_id[number] = one
        earlier.setdefault(specter_id, {})[number] = one.row_id
    found: list[Renumbering] = []
    for specter_id, numbers in earlier.items():
        new = newest_number[specter_id].product_number
        for old in numbers:
            keys = owners.get(old, ())
            if old == new or len(keys) != 1 or newest_id[old].specter_id.strip() != specter_id:
                continue
            found.append(
                Renumbering(keys[0], old, new, specter_id, _obstacle(new, keys[0], owners, reserved))
            )
    return sorted(found, key=lambda one: (one.old_number, one.new_number))


def _obstacle(
    new: str, key: ItemKey, owners: Mapping[str, Sequence[ItemKey]], reserved: Collection[str]
) -> str:
    others = [owner for owner in owners.get(new, ()) if owner != key]
    if others:
        return f"the shop's {', '.join(str(other) for other in others[:5])} has the number {new}"
    return f"the number {new} is reserved for order rows" if new in reserved else ""
