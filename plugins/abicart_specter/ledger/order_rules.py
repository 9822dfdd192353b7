"""How an order's state may move, and what a run reports about each state. Pure; every write of the ledger asks here.

``intent`` is the only state in which a write may be under way, and it is left by what is known of that write. An
order whose earlier write may have arrived (``repeat``) never looks unsent again: a repeat that surely did not arrive,
or that Specter refused with words that prove nothing, leaves it ``unconfirmed``.
"""

from __future__ import annotations

from enum import StrEnum

from abicart_specter.domain.records import Outcome


class OrderState(StrEnum):
    """Where an order (one generation of it) stands over all runs."""

    NEW = "new"
    """Found in the shop; nothing was decided or done."""
    HELD = "held"
    """Cannot go as it is; is looked at again by every run."""
    EXCLUDED = "excluded"
    """Left out by a rule; is not looked at again unless somebody asks for it."""
    FAILED = "failed"
    """Something went wrong before anything reached Specter; is tried again."""
    INTENT = "intent"
    """A write is about to be made, is under way, or its owner died."""
    UNCONFIRMED = "unconfirmed"
    """A write was made and its answer was lost: nobody knows whether Specter has the order."""
    SENT = "sent"
    """Specter accepted it."""
    LINKED = "linked"
    """It is in Specter, but not by an answer of Specter to our write: a mark, a person, or a refusal says so."""


class WriteBack(StrEnum):
    """How far Specter's number has come into the shop's ``externalOrderNumber``."""

    NONE = "none"
    """There is nothing to write (yet)."""
    PENDING = "pending"
    DONE = "done"
    GIVEN_UP = "given_up"


_S = OrderState
OPEN_STATES = frozenset({_S.NEW, _S.HELD, _S.FAILED})
"""States that a scheduled run takes up again."""
SETTLED = frozenset({_S.SENT, _S.LINKED})
"""States that nothing ever turns back."""
UNSENT = frozenset({_S.NEW, _S.HELD, _S.EXCLUDED, _S.FAILED})
"""States of an order that surely is not in Specter, as far as our own writes go."""

_FROM_UNSENT = frozenset({_S.HELD, _S.EXCLUDED, _S.FAILED, _S.INTENT, _S.LINKED, _S.SENT})
_MOVES: dict[OrderState, frozenset[OrderState]] = {
    **dict.fromkeys(
        UNSENT, _FROM_UNSENT
    ),  # sent: only a late answer of a write that was taken back can say so
    _S.INTENT: frozenset({_S.SENT, _S.LINKED, _S.UNCONFIRMED, _S.HELD, _S.FAILED}),
    _S.UNCONFIRMED: frozenset({_S.SENT, _S.LINKED, _S.INTENT}),
    _S.SENT: frozenset(),
    _S.LINKED: frozenset(),
}
_AFTER_REPEAT = frozenset({_S.SENT, _S.LINKED, _S.UNCONFIRMED})


def may_move(old: OrderState, new: OrderState, *, repeat: bool = False) -> bool:
    """Whether an order may go from ``old`` to ``new`` (staying is no move: ask only when they differ).

    ``unconfirmed`` → ``intent`` needs leave besides, see ``may_repeat``.

    :param repeat: in ``intent``: an earlier write of the order may have arrived.
    """
    if old is _S.INTENT and repeat:
        return new in _AFTER_REPEAT
    return new in _MOVES[old]


def may_repeat(*, allowed_by_person: bool, trusted: bool, repeats: int, max_repeats: int = 1) -> bool:
    """Whether an ``unconfirmed`` order may be written again (rule 10).

    A person looked and said so, or the account's duplicate control is trusted and ``repeats`` (writes already made
    while an earlier one was unconfirmed) are fewer than ``max_repeats``.
    """
    return allowed_by_person or (trusted and repeats < max_repeats)


def outcome_of(state: OrderState) -> Outcome:
    """What a run reports of an order that it wanted to decide about, and that stands in ``state`` already.

    Somebody else was quicker: sent and linked orders are ``unchanged`` for this run, and an order that another run is
    just sending is ``failed`` (it is looked at again).
    """
    return {
        _S.SENT: Outcome.UNCHANGED,
        _S.LINKED: Outcome.UNCHANGED,
        _S.UNCONFIRMED: Outcome.UNCONFIRMED,
        _S.HELD: Outcome.HELD,
        _S.EXCLUDED: Outcome.EXCLUDED,
    }.get(state, Outcome.FAILED)


def numbered(prefix: str, order_number: str, generation: int) -> str:
    """The ``externalOrderNo`` of a generation: the first is plain, the second ends in ``-R2`` (rule 11)."""
    return f"{prefix}{order_number}" + (f"-R{generation}" if generation > 1 else "")
