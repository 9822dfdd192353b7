"""What the reconciliation reads. See ``ImportLedger``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from abicart_specter.domain.imports.records import ImportPart
from abicart_specter.domain.records import ItemKey
from abicart_specter.ledger import import_records as i
from abicart_specter.ledger.imports import standing
from abicart_specter.ledger.imports.room import ImportRoom
from abicart_specter.ledger.records import OutcomeRecord, RunKey


class StandingImports(ImportRoom):
    """What the reconciliation reads."""

    def iter_standing(self, run: RunKey, batch: int = 1000) -> Iterator[list[i.ItemStanding]]:
        """Every staged item with what Specter has of it, by article uid."""
        return standing.iter_standing(self._db, run, batch)

    def gone_items(self, run: RunKey) -> list[i.GoneItem]:
        """Items that Specter has by our own writes and that the staged catalogue has not."""
        return standing.gone_items(self._db, run)

    def last_outcomes(
        self,
        shop: str,
        flows: Collection[str],
        keys: Iterable[ItemKey],
        *,
        passed_over: Collection[str] = (),
        runs: int = 30,
    ) -> dict[ItemKey, OutcomeRecord]:
        """The newest outcome of each item in the last runs of these flows; items without are left out."""
        return standing.last_outcomes(self._db, shop, flows, keys, passed_over, runs)

    def looked_to(self, shop: str, function: str) -> int:
        """The inbox row up to which the shop has looked; 0 when it never did."""
        return standing.looked_to(self._db, shop, function)

    def told_since(self, account: str, function: str, row: int) -> set[str]:
        """The product numbers that were told something after that inbox row."""
        return standing.told_since(self._db, account, function, row)

    def finished_articles(self, run: RunKey) -> set[int]:
        """The articles of the run's plan whose changes were all applied."""
        return standing.finished_articles(self._db, run)

    def change_standings(
        self, run: RunKey, article_uids: Iterable[int]
    ) -> dict[tuple[int, ImportPart], i.ChangeStanding]:
        """Hash, state and words of the run's changes of these articles."""
        return standing.change_standings(self._db, run, article_uids)
