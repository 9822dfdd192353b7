"""Which outcome of an item may take the place of which within one run (rule 5). Pure; the SQL is made from it.

A chunk task may be killed and tried again, and then decides about items anew that it had already written. The run's
report must still say what the *run* did, so the first outcome stands. Two do not: ``failed`` says that nothing
happened yet, and ``unconfirmed`` that nobody knows yet, so a retry may learn more.
"""

from __future__ import annotations

from abicart_specter.domain.records import Outcome

OPEN = frozenset({Outcome.FAILED, Outcome.UNCONFIRMED})
"""Outcomes of items that a retry works on again, as it does on those that have none yet."""

_SETTLES_UNCONFIRMED = frozenset({Outcome.SENT, Outcome.UNCHANGED, Outcome.LINKED, Outcome.HELD})


def may_replace(old: Outcome, new: Outcome) -> bool:
    """Whether ``new`` is written over ``old``, of the same item in the same run.

    - ``failed`` gives way to anything, also to a newer ``failed`` with its newer reason;
    - ``unconfirmed`` gives way to what settles the question (``sent``, ``unchanged``, ``linked``, ``held``), but not
      to ``failed`` (a write that may have arrived must not look like one that did not) nor to ``excluded``;
    - every other outcome is final: ``sent`` never becomes ``unchanged``.
    """
    if old is Outcome.FAILED:
        return True
    return old is Outcome.UNCONFIRMED and new in _SETTLES_UNCONFIRMED


def survives_new_read(outcome: Outcome) -> bool:
    """Whether an outcome is kept when the same run reads the catalogue again (its first task was cleared).

    What was written, or may have been, stays. What only described the catalogue (held, excluded, unchanged, failed)
    is decided again from the new reading; otherwise a product that was mended in between would stay held.
    """
    return outcome in (Outcome.SENT, Outcome.LINKED, Outcome.UNCONFIRMED)
