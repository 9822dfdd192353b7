"""The ledger of imports as the flows see it: ``Ledger.imports``.

From a queue to the shop, in the order of the calls:

1. ``numbers_to_look_at`` → plan → ``settle_agreed``, ``record_held``, ``plan_changes``, ``record_part`` →
   ``record_looked`` with every number that is not settled yet, planned ones too;
2. where the guard asks: ``move_part`` to waiting, a person, ``decide_part``, ``move_part`` to planned or refused;
3. around each write: ``begin_changes`` → the shop → read back → ``confirm_changes`` | ``not_written``; a lost answer
   needs no call, the change stays ``writing`` and the next look finds out (``settle_agreed``).

Every call may be repeated with the same effect (a task's retry). Besides ``LedgerUnavailableError`` and
``LedgerError``, which every call may raise, each says what it raises.
"""

from __future__ import annotations

from abicart_specter.ledger.imports.planning_facade import PlanningImports
from abicart_specter.ledger.imports.standing_facade import StandingImports
from abicart_specter.ledger.imports.writing_facade import WritingImports


class ImportLedger(PlanningImports, WritingImports, StandingImports):
    """Everything about imports, in three parts. Thin over the rooms beside it."""
