"""The journal: safe on disk or in an object store, in an order that the names alone tell, and pruned (rule 27)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from upath import UPath

from abicart_specter.flows.journal import Entry, Journal, JournalError

ACCOUNT = "1000/12"
NOW = datetime(2026, 11, 25, 1, 30, tzinfo=UTC)


@pytest.fixture(params=["disk", "object store"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Journal:
    """On a disk, and where there is neither a file descriptor nor a folder."""
    if request.param == "disk":
        return Journal(tmp_path / "journal")
    return Journal(UPath(f"memory://journals{tmp_path}/journal"))


def test_what_is_written_is_read_back(journal: Journal) -> None:
    reference = journal.write(ACCOUNT, "stock", "ANNAN LÄSARE/7", NOW, b"\r\n\xe5")
    assert reference == "1000_12/stock/2026-11-25/013000.000000-ANNAN%20L%C3%84SARE%2F7"
    assert journal.read(reference) == b"\r\n\xe5"
    assert list(journal.entries()) == [Entry(ACCOUNT, "stock", "ANNAN LÄSARE/7", NOW, reference)]


def test_times_are_utc(journal: Journal) -> None:
    """In the night when the clock is set back, Stockholm's half past two comes twice."""
    stockholm = ZoneInfo("Europe/Stockholm")
    first = datetime(2026, 10, 25, 2, 30, tzinfo=stockholm, fold=0)
    journal.write(ACCOUNT, "stock", "a", first, b"1")
    journal.write(ACCOUNT, "stock", "b", first.replace(fold=1), b"2")
    assert [entry.read_at for entry in journal.entries()] == [
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    ]


def test_entries_are_in_the_order_in_which_they_were_told_whatever_the_clock_says(journal: Journal) -> None:
    for place, minutes in enumerate([0, 0, -90, -3000, 5, 5]):
        # A new journal each time, as each task has its own.
        Journal(journal.folder).write(ACCOUNT, "stock", f"b{place}", NOW + timedelta(minutes=minutes), b"")
    journal.write("1000/v1", "stock", "other", NOW - timedelta(days=2), b"")
    found = list(journal.entries(ACCOUNT, "stock"))
    assert [entry.batch_no for entry in found] == ["b0", "b1", "b2", "b3", "b4", "b5"]
    times = [entry.read_at for entry in found]
    assert times == sorted(set(times))
    assert times[4] == NOW + timedelta(minutes=5)
    assert [entry.account for entry in journal.entries()].count("1000/v1") == 1


def test_the_same_answer_twice_at_the_same_time_is_kept_twice(journal: Journal) -> None:
    """A stopped clock, and a batch that is read again."""
    references = {journal.write(ACCOUNT, "orders", "b", NOW, text) for text in (b"1", b"2", b"3")}
    assert [journal.read(entry.reference) for entry in journal.entries()] == [b"1", b"2", b"3"]
    assert len(references) == 3


def test_removing(journal: Journal) -> None:
    for days in (40, 31, 29, 0):
        journal.write(ACCOUNT, "stock", f"{days} days", NOW - timedelta(days=days), b"")
    old = [entry for entry in journal.entries() if entry.read_at < NOW - timedelta(days=30)]
    assert journal.remove(old) == 2
    assert {entry.batch_no for entry in journal.entries()} == {"29 days", "0 days"}
    assert journal.remove(old) == 0


def test_removing_leaves_no_empty_folders_and_nothing_half_written(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.write(ACCOUNT, "stock", "b", NOW, b"")
    half = tmp_path / "1000_12/stock/2026-11-25/013001.000000-c.part"
    half.write_bytes(b"0;9")
    foreign = tmp_path / "1000_12/stock/2026-11-24"
    foreign.mkdir()
    (foreign / "README").write_text("somebody's")
    assert [entry.batch_no for entry in journal.entries()] == ["b"]
    assert journal.remove(list(journal.entries())) == 1
    assert not half.parent.exists()
    assert (foreign / "README").exists()
    assert list(journal.entries()) == []


def test_nothing_half_is_ever_under_an_answers_name(tmp_path: Path) -> None:
    """The disk fills up while an answer is written: no entry, and words that say what to do."""
    journal = Journal(Path("/dev/full"))
    with pytest.raises(JournalError, match="cannot be written in /dev/full: Not a directory") as caught:
        journal.write(ACCOUNT, "stock", "b", NOW, b"1")
    assert "not acknowledged" in caught.value.remedy
    (tmp_path / "1000_12").mkdir(mode=0o755)
    (tmp_path / "1000_12/stock").symlink_to("/proc/self")
    with pytest.raises(JournalError, match="cannot be written"):
        Journal(tmp_path).write(ACCOUNT, "stock", "b", NOW, b"1")


def test_an_answer_that_is_gone(journal: Journal) -> None:
    with pytest.raises(JournalError, match="cannot be read"):
        journal.read("1000_12/stock/2026-11-25/013000.000000-b")


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40), st.binary(max_size=50))
def test_any_batch_id_can_be_told_from_the_name(batch_no: str, raw: bytes) -> None:
    journal = Journal(UPath("memory://any-batch"))
    reference = journal.write(ACCOUNT, "stock", batch_no, NOW, raw)
    entry = list(journal.entries())[-1]
    assert entry.reference == reference
    assert journal.read(reference) == raw
    assert len(reference) < 250
    assert entry.batch_no == batch_no or entry.batch_no.startswith("sha256~")


def test_an_id_too_long_for_a_name_has_a_fingerprint(journal: Journal) -> None:
    references = [journal.write(ACCOUNT, "stock", "x" * 200 + end, NOW, b"") for end in ("a", "b", "a")]
    found = [entry.batch_no for entry in journal.entries()]
    assert found[0] == found[2] != found[1]
    assert all(len(reference) < 250 for reference in references)
