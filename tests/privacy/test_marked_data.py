"""The finder finds what it is for, however it is written, and does not find what is not there."""

from __future__ import annotations

import gzip
import html
import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from tests.privacy.marked_data import Finder, Mark, person_name, words_of

NAME, EMAIL = "Märkgerd Zätterqvist", "markgerd.z+1@omarkt.example"
PHONE, NUMBER = "070-174 06 99", "19121212-1212"
FINDER = Finder(
    [
        *person_name("Märkgerd", "Zätterqvist"),
        Mark("e-mail", EMAIL),
        Mark("phone", PHONE),
        Mark("personal number", NUMBER),
        *words_of("greeting", "Grattis från Ödlaberga!"),
    ]
)


def hidden(value: str) -> list[str]:
    return [
        value,
        value.upper(),
        value.lower(),
        repr(value.encode("latin-1")),
        repr({"name": value}),
        ascii(value),
        json.dumps([value]),
        quote(value, safe=""),
        quote_plus(value),
        quote(value, safe="", encoding="latin-1"),
        quote_plus(value.upper(), encoding="latin-1"),
        html.escape(value),
        value.encode("utf-8").decode("latin-1"),
    ]


@pytest.mark.parametrize("value", [NAME, EMAIL, PHONE, NUMBER, "Märkgerd", "Zätterqvist", "Ödlaberga"])
def test_every_spelling_is_found(value: str) -> None:
    for written in hidden(value):
        found = FINDER.in_text(f"Order 10023: kund={written}; 3 rader")
        assert found, written
        assert "kund=" in found[0].around
        assert FINDER.in_bytes(f"kund={written}".encode("latin-1", "replace"))
        assert FINDER.in_bytes(f"kund={written}".encode())


@pytest.mark.parametrize(
    "written", ["0701740699", "+46701740699", "46-70", "191212121212", "19121212-1212", "Gerd", "marked"]
)
def test_numbers_without_what_stands_between(written: str) -> None:
    assert bool(FINDER.in_text(written)) == (written not in ("46-70", "Gerd", "marked"))


def test_nothing_is_found_where_nothing_is() -> None:
    assert (
        FINDER.in_text("Order 10023: sent as 70001; 3 rows, total 868.90; VAT 25 %: 83.03. Märkt; Gratt")
        == []
    )
    assert FINDER.in_value(None, "x") == FINDER.in_value(12.5, "x") == []


def test_files_packed_files_and_tables(tmp_path: Path) -> None:
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "orders.csv").write_bytes(f"10023;{NAME}\n".encode("latin-1"))
    (tmp_path / "journal.gz").write_bytes(gzip.compress(EMAIL.upper().encode()))
    with zipfile.ZipFile(tmp_path / "all.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.txt", "Ödlaberga " * 3)
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as ledger, ledger:
        ledger.execute('CREATE TABLE "order" (uid INTEGER, reason TEXT, raw BLOB)')
        ledger.execute('INSERT INTO "order" VALUES (1, ?, ?)', (f"hos {PHONE}", NUMBER.encode()))
    ledger.close()
    found = FINDER.in_paths([tmp_path])
    places = {one.where.removeprefix(str(tmp_path)) for one in found}
    assert places >= {
        "/report/orders.csv",
        "/journal.gz!journal",
        "/all.zip!inner.txt",
        "/ledger.db",
        "ledger.db order.reason",
        "ledger.db order.raw",
    }
    left = FINDER.in_paths([tmp_path], leave_out=[tmp_path / "report", tmp_path / "ledger.db"])
    assert {Path(one.where.partition("!")[0]).name for one in left} == {"journal.gz", "all.zip"}
    assert "Ödlaberga".casefold() in {one.spelling for one in left}


def test_what_would_search_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        FINDER.in_paths([tmp_path / "nowhere"])
    with pytest.raises(ValueError, match="at least"):
        Finder([Mark("town", "Ed")])
