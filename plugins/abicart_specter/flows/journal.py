"""Raw answers of change queues on disk, safely, before anything else is done with them (rule 27)."""

from __future__ import annotations

import os
import re
from datetime import datetime
from pathlib import Path


class Journal:
    """A folder of raw answers, outside the ledger, from which a batch can be replayed.

    :param folder: on a volume that every worker shares.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, account: str, function: str, batch_no: str, when: datetime, raw: bytes) -> str:
        """Store one answer and force it to disk before returning.

        :returns: the reference under which the ledger knows it, relative to the journal's folder.
        """
        name = "/".join(
            re.sub(r"[^A-Za-z0-9._-]", "_", part)
            for part in (account, function, f"{when:%Y-%m-%d}", f"{when:%H%M%S.%f}-{batch_no}")
        )
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        directory = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
        return name
