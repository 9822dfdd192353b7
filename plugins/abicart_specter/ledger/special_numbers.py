"""Product numbers for freight, fees, discounts and the like: ensured once, and remembered (rule 26)."""

from __future__ import annotations

from sqlalchemy import and_, or_, select

from abicart_specter.ledger.engine import Database, upsert
from abicart_specter.ledger.models import SpecialNumberRow
from abicart_specter.ledger.sync_records import SpecialNumber, SpecialState

_SURENESS = (SpecialState.NOT_CONFIRMED, SpecialState.CREATED, SpecialState.CONFIRMED)


def special_numbers(db: Database, shop: str) -> dict[str, SpecialNumber]:
    """What is known of the shop's special numbers, by number."""
    wanted = select(
        SpecialNumberRow.number,
        SpecialNumberRow.role,
        SpecialNumberRow.state,
        SpecialNumberRow.words,
        SpecialNumberRow.checked_at,
    ).where(SpecialNumberRow.shop == shop)
    with db.read() as connection:
        found = [SpecialNumber(*row) for row in connection.execute(wanted)]
    return {known.number: known for known in sorted(found, key=lambda known: known.number)}


def record_special_number(
    db: Database, shop: str, number: str, role: str, state: SpecialState, words: str = ""
) -> None:
    """Records what is known of a number now. It never becomes less sure: a created one stays created."""
    insert = upsert(db.backend, SpecialNumberRow)
    surer = [
        and_(SpecialNumberRow.state == old, insert.excluded.state == new)
        for rank, old in enumerate(_SURENESS)
        for new in _SURENESS[rank:]
    ]
    statement = insert.on_conflict_do_update(
        index_elements=["shop", "number"],
        set_={name: insert.excluded[name] for name in ("role", "state", "words", "checked_at")},
        where=or_(*surer),
    )
    with db.write() as connection:
        row = {"shop": shop, "number": number, "role": role, "state": state, "words": words}
        connection.execute(statement, {**row, "checked_at": db.now(connection)})
