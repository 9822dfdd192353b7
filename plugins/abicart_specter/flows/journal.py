"""Raw answers of change queues on disk, safely, before anything else is done with them (rule 27).

``<account>/<queue>/<day>/<time>-<batch>``: times are UTC and strictly rising for each queue, so that the names alone
say in which order Specter told what. From these files an inbox can be built again (``flows.imports.replay``).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol, Self
from urllib.parse import quote, unquote

from abicart_specter.errors import RetriableError

LONGEST_BATCH_NAME = 150
_DAY, _TIME = "%Y-%m-%d", "%H%M%S.%f"
_TIME_LENGTH = len("000000.000000")
_PART = ".part"


class JournalError(RetriableError):
    """The journal cannot be written or read. Nothing was acknowledged, so Specter keeps what it told."""


class Folder(Protocol):
    """What a ``pathlib.Path`` and Airflow's ``ObjectStoragePath`` have in common, as far as a journal needs it."""

    @property
    def name(self) -> str: ...
    @property
    def parent(self) -> Self: ...
    def __truediv__(self, name: str, /) -> Self: ...
    def exists(self) -> bool: ...
    def iterdir(self) -> Iterator[Self]: ...
    def mkdir(self, mode: int = ..., parents: bool = ..., exist_ok: bool = ...) -> None: ...
    def open(self, mode: str, /) -> Any: ...
    def read_bytes(self) -> bytes: ...
    def unlink(self) -> None: ...
    def rmdir(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One answer in the journal.

    :param batch_no: the batch's id; a fingerprint of it where it is too long for a file's name.
    :param read_at: when it was read; no two entries of a queue have the same.
    """

    account: str
    function: str
    batch_no: str
    read_at: datetime
    reference: str

    @property
    def sbm_id(self) -> int | None:
        """The Specter account without its API user; ``None`` in a folder that is none of ours."""
        number = self.account.partition("/")[0]
        return int(number) if number.isascii() and number.isdecimal() else None


class Journal:
    """A folder of raw answers, outside the ledger, from which a batch can be replayed.

    One writer at a time for each account and queue: whoever holds the queue's lease.

    :param folder: on a volume that every worker shares, or a folder of an object store.
    """

    def __init__(self, folder: Path | Folder) -> None:
        self.folder: Any = folder
        self._last: dict[tuple[str, str], datetime] = {}

    def write(self, account: str, function: str, batch_no: str, when: datetime, raw: bytes) -> str:
        """Store one answer and force it to disk before returning.

        :param when: aware. Where it is not later than the last entry's time (a clock was set back), the entry counts
            as a moment later than that.
        :returns: the reference under which the ledger knows it, relative to the journal's folder.
        :raises JournalError: it cannot be stored.
        """
        try:
            stamp = self._later_than_the_last(account, function, when.astimezone(UTC))
            parts = [
                _account_name(account),
                function,
                f"{stamp:{_DAY}}",
                f"{stamp:{_TIME}}-{_batch_name(batch_no)}",
            ]
            folder = self._folder_of(parts[:-1])
            if isinstance(folder, Path):
                self._write_to_disk(folder, parts[-1], raw)
            else:
                _write_to_store(folder / parts[-1], raw)
        except Exception as error:  # an object store raises errors of whatever library speaks to it
            raise self._cannot("written", error) from error
        self._last[account, function] = stamp
        return "/".join(parts)

    def read(self, reference: str) -> bytes:
        """An answer as it came.

        :raises JournalError: it cannot be read.
        """
        try:
            content: bytes = self._folder_of(reference.split("/")).read_bytes()
        except Exception as error:  # as above
            raise self._cannot("read", error) from error
        return content

    def entries(self, account: str | None = None, function: str | None = None) -> Iterator[Entry]:
        """All entries, of each account and queue in the order in which Specter told them."""
        for account_folder in _sorted(self.folder):
            if account is not None and account_folder.name != _account_name(account):
                continue
            for queue_folder in _sorted(account_folder):
                if function is not None and queue_folder.name != function:
                    continue
                for day in _sorted(queue_folder):
                    for file in _sorted(day):
                        entry = _entry(account_folder.name, queue_folder.name, day.name, file.name)
                        if entry is not None:
                            yield entry

    def remove(self, entries: Iterable[Entry]) -> int:
        """Remove these entries and the folders that are empty then; returns how many were still there.

        :raises JournalError: one cannot be removed.
        """
        gone = 0
        emptied: set[str] = set()
        for entry in entries:
            try:
                self._folder_of(entry.reference.split("/")).unlink()
                gone += 1
            except FileNotFoundError:  # somebody else was quicker
                pass
            except Exception as error:  # an object store raises errors of whatever library speaks to it
                raise self._cannot("cleaned", error) from error
            emptied.add(entry.reference.rpartition("/")[0])
        for name in emptied:
            folder = self._folder_of(name.split("/"))
            with suppress(OSError):  # an answer came meanwhile, or the store has no folders of their own
                for left in _sorted(folder):
                    if left.name.endswith(_PART):
                        left.unlink()
                folder.rmdir()
        return gone

    def _later_than_the_last(self, account: str, function: str, when: datetime) -> datetime:
        last = self._last.get((account, function)) or self._last_on_disk(account, function)
        return when if last is None or when > last else last + timedelta(microseconds=1)

    def _last_on_disk(self, account: str, function: str) -> datetime | None:
        folder = self._folder_of([_account_name(account), function])
        for day in reversed(_sorted(folder)):
            for file in reversed(_sorted(day)):
                entry = _entry(_account_name(account), function, day.name, file.name)
                if entry is not None:
                    return entry.read_at
        return None

    def _folder_of(self, parts: list[str]) -> Any:
        path = self.folder
        for part in parts:
            path = path / part
        return path

    def _write_to_disk(self, folder: Path, name: str, raw: bytes) -> None:
        """Under another name until it is whole, so that no half answer is ever in the journal."""
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / (name + _PART)
        with part.open("wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        part.rename(folder / name)
        for above in (folder, *folder.parents):
            _sync_folder(above)
            if above == self.folder:
                return

    def _cannot(self, what: str, error: Exception) -> JournalError:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
        return JournalError(
            f"The journal of Specter's answers cannot be {what} in {self.folder}: {reason}.",
            remedy="Nothing is lost: what is not in the journal is not acknowledged, and Specter keeps it. Make the "
            "folder writable for every worker and see that its disk is not full.",
        )


def _write_to_store(path: Any, raw: bytes) -> None:
    """An object is there as a whole or not at all, once the file is closed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(raw)
        file.flush()
        with suppress(AttributeError, OSError):  # only what is a file of this machine has a descriptor
            os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sorted(folder: Any) -> list[Any]:
    """What is in a folder, by name; nothing if it is no folder."""
    try:
        return sorted(folder.iterdir(), key=lambda one: str(one.name))
    except (FileNotFoundError, NotADirectoryError):
        return []


def _account_name(account: str) -> str:
    return account.replace("/", "_")


def _batch_name(batch_no: str) -> str:
    """Any text as part of a file's name, and back by unquoting it."""
    name = quote(batch_no, safe="", errors="replace")
    if len(name) <= LONGEST_BATCH_NAME:
        return name
    return "sha256~" + hashlib.sha256(batch_no.encode("utf-8", "replace")).hexdigest()


def _entry(account: str, function: str, day: str, name: str) -> Entry | None:
    """``None`` for what is no entry: a half answer, or a file of somebody else."""
    stamp, batch = name[:_TIME_LENGTH], name[_TIME_LENGTH:]
    if not batch.startswith("-") or name.endswith(_PART):
        return None
    try:
        read_at = datetime.strptime(f"{day} {stamp}", f"{_DAY} {_TIME}").replace(tzinfo=UTC)
    except ValueError:
        return None
    reference = "/".join((account, function, day, name))
    return Entry(account.replace("_", "/", 1), function, unquote(batch[1:]), read_at, reference)
