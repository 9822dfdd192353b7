"""Looks for marked data – personal data and secrets that tests made up – in texts, files, folders and tables.

    marks = [Mark("e-mail", "gerd@marked.example"), *person_name("Gerd", "Zätterqvist")]
    finder = Finder(marks)
    assert finder.in_text(log) == []
    assert finder.in_paths([folder, file]) == []
    assert finder.in_tables(folder / "ledger.db") == []

A mark is found however it was written: in UTF-8 or ISO-8859-1, in any case, encoded for a URL, for HTML or for JSON,
as Python shows bytes, and digits also without what stands between them. Files that are packed (``.gz``, ``.zip``) are
unpacked; what is in a SQLite file is searched byte by byte as well as table by table.

Marks should be words that occur nowhere else. Standard library only, so that any program can use it.
"""

from __future__ import annotations

import gzip
import html
import json
import re
import sqlite3
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from urllib.parse import quote, quote_plus

SHORTEST = 4
"""Shorter marks occur by chance."""

SQLITE = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True)
class Mark:
    """A value that must not show. ``what`` it is, in words."""

    what: str
    value: str


@dataclass(frozen=True, slots=True)
class Found:
    """A mark that shows. ``where``: the file or table and column; ``around``: what stands beside it."""

    mark: Mark
    spelling: str
    where: str
    around: str

    def __str__(self) -> str:
        return f"{self.mark.what} {self.spelling!r} in {self.where}: …{self.around}…"


def person_name(first: str, last: str, what: str = "name") -> list[Mark]:
    """A name as a whole and both its parts."""
    return [Mark(what, f"{first} {last}"), Mark(f"first {what}", first), Mark(f"last {what}", last)]


def words_of(what: str, text: str) -> list[Mark]:
    """A text as a whole and each of its words that is long enough to be a mark."""
    words = [word for word in re.split(r"\W+", text) if len(word) >= SHORTEST and not word.isdigit()]
    return [Mark(what, text), *(Mark(f"word of {what}", word) for word in words)]


def spellings(value: str) -> set[str]:
    """Every way in which a value may stand in a text, in small letters."""
    ways: set[str] = set()
    for written in (value, value.upper(), value.lower()):
        ways |= {written, html.escape(written), json.dumps(written)[1:-1], ascii(written)[1:-1]}
        for charset in ("utf-8", "latin-1"):
            raw = written.encode(charset, "replace")
            ways |= {quote(raw, safe=""), quote(raw, safe="@/"), quote_plus(raw), repr(raw)[2:-1]}
            ways |= {raw.decode("latin-1"), raw.decode("utf-8", "replace")}
    digits = re.sub(r"\D", "", value)
    if len(digits) >= 7 and re.fullmatch(r"[\d\s+()./-]+", value):
        ways.add(digits)
        if digits.startswith("0"):
            ways |= {"46" + digits[1:], digits[1:]}
    return {way.casefold() for way in ways if len(way) >= SHORTEST and way.strip("�?")}


class Finder:
    """Finds marks. Made once, used for any number of texts and files."""

    def __init__(self, marks: Iterable[Mark]) -> None:
        self.marks = list(dict.fromkeys(marks))
        for mark in self.marks:
            if len(mark.value) < SHORTEST:
                raise ValueError(f"a mark has at least {SHORTEST} characters: {mark.what}")
        self._by_spelling: dict[str, Mark] = {}
        for mark in self.marks:
            for way in spellings(mark.value):
                self._by_spelling.setdefault(way, mark)
        ways = sorted(self._by_spelling, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, ways)) or r"(?!)")

    def in_text(self, text: str, where: str = "text") -> list[Found]:
        """Marks in a text, each once."""
        found: dict[str, Found] = {}
        # A log says the same line many times over; none of the spellings holds a line's end.
        folded = "\n".join(dict.fromkeys(text.casefold().split("\n")))
        for hit in self._pattern.finditer(folded):
            way = hit.group()
            around = folded[max(0, hit.start() - 60) : hit.end() + 60].replace("\n", "⏎")
            found.setdefault(way, Found(self._by_spelling[way], way, where, around))
        return list(found.values())

    def in_bytes(self, content: bytes, where: str = "bytes") -> list[Found]:
        """Marks in bytes of unknown encoding."""
        found = {one.spelling: one for one in self.in_text(content.decode("utf-8", "replace"), where)}
        for one in self.in_text(content.decode("latin-1"), where):
            found.setdefault(one.spelling, one)
        return list(found.values())

    def in_paths(self, paths: Iterable[Path], *, leave_out: Iterable[Path] = ()) -> list[Found]:
        """Marks in files, and in everything under folders.

        :param leave_out: files and folders that are not looked at.
        :raises FileNotFoundError: one of the paths is not there: nothing would be searched.
        """
        without = [path.resolve() for path in leave_out]
        found: list[Found] = []
        for path in self.files(paths):
            if not any(path.resolve().is_relative_to(one) for one in without):
                found += self.in_file(path)
        return found

    @staticmethod
    def files(paths: Iterable[Path]) -> Iterator[Path]:
        """The files among paths and under them."""
        for path in paths:
            if path.is_dir():
                yield from sorted(one for one in path.rglob("*") if one.is_file())
            elif path.is_file():
                yield path
            else:
                raise FileNotFoundError(path)

    def in_file(self, path: Path) -> list[Found]:
        """Marks in a file's name, its bytes, what is packed in it, and its tables if it is a SQLite file."""
        content = path.read_bytes()
        found = self.in_text(path.name, f"name of {path}") + self.in_bytes(content, str(path))
        for name, unpacked in _unpacked(path, content):
            found += self.in_bytes(unpacked, f"{path}!{name}")
        if content.startswith(SQLITE):
            found += self.in_tables(path)
        return found

    def in_tables(self, path: Path) -> list[Found]:
        """Marks in every column of every table of a SQLite file."""
        found: list[Found] = []
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            tables = connection.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
            for (table,) in tables.fetchall():
                rows = connection.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - names come from the file itself
                columns = [column[0] for column in rows.description]
                for row in rows:
                    for column, value in zip(columns, row, strict=True):
                        found += self.in_value(value, f"{path.name} {table}.{column}")
        return found

    def in_value(self, value: object, where: str) -> list[Found]:
        """Marks in anything that can be shown: text, bytes, or what ``repr`` makes of it."""
        if value is None:
            return []
        if isinstance(value, bytes):
            return self.in_bytes(value, where)
        return self.in_text(value if isinstance(value, str) else repr(value), where)


def _unpacked(path: Path, content: bytes) -> Iterator[tuple[str, bytes]]:
    if content.startswith(b"\x1f\x8b"):
        yield path.stem, gzip.decompress(content)
    elif content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(BytesIO(content)) as archive:
            for name in archive.namelist():
                yield name, archive.read(name)
