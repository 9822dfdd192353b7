"""What Specter told while a change was written, or since: it stays news (rules 22 and 28).

Another run may empty the queue between the plan and the read-back. A pair that was settled "now" would pass for newer
than what that run stored, and the value would never be looked at again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, select

from abicart_specter.domain.records import ItemKey, Kind
from abicart_specter.ledger.import_models import ImportChange
from abicart_specter.ledger.keys import slices, stable_hash
from abicart_specter.ledger.models import InboxRow


def told_meanwhile(connection: Connection, ids: Iterable[int]) -> dict[ItemKey, datetime]:
    """Of the items of these changes, when Specter first told something that the change did not rest on; items of
    which it told nothing since are left out.
    """
    numbers: dict[str, list[ItemKey]] = {}
    rests_on: dict[str, int] = {}
    for part in slices(sorted(ids), 500):
        for document in connection.execute(
            select(ImportChange.document).where(ImportChange.id.in_(part)).order_by(ImportChange.id)
        ).scalars():
            for kind, uid, number in document["keys"]:
                numbers.setdefault(number, []).append(ItemKey(Kind(kind), uid))
            for name, row_id in document["row_ids"].items():
                number = name.rpartition("/")[0]
                rests_on[number] = max(rests_on.get(number, 0), row_id)
    found: dict[ItemKey, datetime] = {}
    newest = max(rests_on.values(), default=0)
    if not newest:
        return found
    queue = connection.execute(
        select(InboxRow.account, InboxRow.function).where(InboxRow.id == newest)
    ).first()
    if queue is None:  # superseded and cleaned up: very old, and whatever replaced it was looked at since
        return found
    for some in slices(sorted(rests_on), 500):
        rows = connection.execute(
            select(InboxRow.product_number, InboxRow.id, InboxRow.batch_no, InboxRow.seen_at)
            .where(
                InboxRow.account == queue.account,
                InboxRow.function == queue.function,
                InboxRow.number_hash.in_([stable_hash(number) for number in some]),
                InboxRow.product_number.in_(some),
                InboxRow.id >= min(rests_on[number] for number in some),
            )
            .order_by(InboxRow.id)
        )
        answers: dict[str, tuple[str, datetime]] = {}
        for number, row_id, batch_no, seen_at in rows:
            if row_id == rests_on[number]:
                answers[number] = (batch_no, seen_at)
            elif row_id > rests_on[number] and answers.get(number) != (batch_no, seen_at):
                # not another field of the very answer that the change rests on
                for key in numbers.get(number, ()):
                    found.setdefault(key, seen_at)
    return found
