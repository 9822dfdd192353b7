"""Emptying Specter's article-info queue loses nothing, whatever happens between two steps (rules 27 and 29, F3–F5)."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs

import pytest
from harness import demo_settings
from relay import CutError, relay_to
from scenes import new_article

from abicart_specter.errors import FatalError, LeaseHeldError, RetriableError, UnconfirmedError
from abicart_specter.flows.journal import JournalError
from abicart_specter.ledger import BatchState

ACCOUNT, QUEUE = "1000/12", "article_info"
READ, DONE = "getArticleInfoExternalNeedUpdate", "updateArticleInfosFromBatch"
LOST = (RetriableError, UnconfirmedError)


@pytest.fixture
def reader(small, specter_server):
    """Five articles wait on the queue, named by their numbers, N-1 … N-5; two fit in an answer."""
    small.settings = demo_settings(imports__price=True)
    specter_server.control.switches(response_limit=2)
    for number in range(1, 6):
        new_article(specter_server, f"N-{number}", price=f"{number}00.5")
    return small


def batches(specter, action: str = READ) -> list[str]:
    """Batch ids in the order in which Specter was asked, repeats in a row once."""
    asked = [
        parse_qs(one["query"], encoding="latin-1")["batchNo"][0]
        for one in specter.control.requests(action=action)
    ]
    return [batch for place, batch in enumerate(asked) if place == 0 or asked[place - 1] != batch]


def told(export) -> dict[str, str | None]:
    """The newest price in the inbox, by number."""
    numbers = [f"N-{number}" for number in range(1, 6)]
    latest = export.ledger.latest_values(ACCOUNT, QUEUE, numbers)
    return {number: found["priceexclvat"].value for number, found in latest.items() if found}


ALL_TOLD = {f"N-{number}": f"{number}00,50" for number in range(1, 6)}


def open_batches(export) -> list[tuple[str, BatchState]]:
    return [(one.batch_no, one.state) for one in export.ledger.in_flight(ACCOUNT, QUEUE)]


def journal(export) -> list[Path]:
    return sorted(path for path in (export.folder / "journal").rglob("*") if path.is_file())


def test_it_reads_until_an_answer_is_empty(reader, specter_server) -> None:
    assert reader.drain(reader.context()) == 5
    assert told(reader) == ALL_TOLD
    assert specter_server.control.inspect("queues")[QUEUE] == []
    assert specter_server.control.inspect("batches") == []
    assert open_batches(reader) == []
    assert batches(specter_server, DONE) == batches(specter_server)
    assert len(batches(specter_server)) == 4


def test_every_answer_is_in_the_journal_as_it_came(reader, specter_server) -> None:
    reader.drain(reader.context())
    answers = [one["answer"].encode("latin-1") for one in specter_server.control.requests(action=READ)]
    files = journal(reader)
    assert [path.read_bytes() for path in files] == answers
    assert {path.relative_to(reader.folder / "journal").parts[:2] for path in files} == {("1000_12", QUEUE)}
    assert [path.name.partition("-")[2] for path in files] == batches(specter_server)


def test_an_empty_queue_is_a_normal_night(small, specter_server) -> None:
    assert small.drain(small.context()) == 0
    assert batches(specter_server, DONE) == batches(specter_server)
    assert open_batches(small) == []


def test_stopped_between_reading_and_acknowledging(reader, specter_server) -> None:
    """The rows are in; the next run reads the same batch again, acknowledges it, and goes on."""
    specter_server.control.fault("drop_before", count=None, action=DONE)
    with pytest.raises(UnconfirmedError):
        reader.drain(reader.context())
    (stuck,) = open_batches(reader)
    assert stuck[1] is BatchState.READ
    assert told(reader) == {"N-1": "100,50", "N-2": "200,50"}
    specter_server.control.clear_faults()
    assert reader.drain(reader.context()) == 5
    assert batches(specter_server)[0] == stuck[0] == batches(specter_server, DONE)[-4]
    assert told(reader) == ALL_TOLD
    assert open_batches(reader) == []


def test_stopped_before_the_answer_came(reader, specter_server) -> None:
    """Specter has opened the batch and we have not seen it: its id was in the ledger before Specter heard of it."""
    specter_server.control.fault("drop_after", count=None, action=READ)
    with pytest.raises(LOST):
        reader.drain(reader.context())
    (stuck,) = open_batches(reader)
    assert stuck[1] is BatchState.IN_FLIGHT
    assert told(reader) == {} and journal(reader) == []
    specter_server.control.clear_faults()
    assert reader.drain(reader.context()) == 5
    assert set(batches(specter_server)[:1]) == {stuck[0]}
    assert told(reader) == ALL_TOLD


def test_a_price_that_changed_while_we_were_stopped_is_not_lost(reader, specter_server) -> None:
    specter_server.control.fault("drop_before", count=None, action=DONE)
    with pytest.raises(UnconfirmedError):
        reader.drain(reader.context())
    specter_server.control.edit("article.change", number="N-1", price="111")
    specter_server.control.clear_faults()
    reader.drain(reader.context())
    assert told(reader) == ALL_TOLD | {"N-1": "111,00"}


def test_a_batch_that_another_reader_left_open_is_read_and_kept(reader, specter_server, caplog) -> None:
    """F3: 99 quotes its id."""
    specter_server.control.edit("queue.open_batch", queue=QUEUE, batch="ANNAN LÄSARE/7")
    assert reader.drain(reader.context()) == 5
    assert told(reader) == ALL_TOLD
    assert batches(specter_server, DONE)[0] == "ANNAN LÄSARE/7"
    assert "ANNAN LÄSARE/7 of article_info was still open" in caplog.text
    assert open_batches(reader) == []
    assert specter_server.control.inspect("batches") == []
    assert "ANNAN%20L%C3%84SARE%2F7" in "".join(path.name for path in journal(reader))


def test_the_same_batch_again_and_again_is_an_alarm(reader, specter_server) -> None:
    """Our acknowledgement does not take effect, so Specter quotes the batch for ever."""

    def swallow(passing) -> None:
        if passing.action == DONE:
            passing.answer = b"1;0;OK"

    with relay_to(specter_server.url, before=swallow) as relay:
        reader.specter_url = relay.url
        with pytest.raises(FatalError, match="again and again") as caught:
            reader.drain(reader.context())
    assert "another program" in str(caught.value)
    assert told(reader) == {"N-1": "100,50", "N-2": "200,50"}
    assert relay.seen[DONE] == 2


def test_killed_after_the_journal_was_written(reader, specter_server, tmp_path) -> None:
    """Nothing is acknowledged that is not in the inbox: the ledger cannot take the rows, so Specter keeps the batch."""
    reader.drain(reader.context())
    specter_server.control.edit("article.change", number="N-3", price="333")
    locked = reader.folder / "journal"
    for path in journal(reader):
        path.unlink()
    for folder in sorted(locked.rglob("*"), reverse=True):
        folder.rmdir()
    locked.rmdir()
    locked.write_text("a file where the journal's folder should be")
    before = len(batches(specter_server, DONE))
    with pytest.raises(JournalError, match="cannot be written"):
        reader.drain(reader.context())
    assert len(batches(specter_server, DONE)) == before
    assert told(reader)["N-3"] == "300,50"
    locked.unlink()
    reader.drain(reader.context())
    assert told(reader)["N-3"] == "333,00"


def test_one_reader_at_a_time_for_an_account(reader, specter_server) -> None:
    """Rule 29: a second one is turned away while the first is at work, and the first is not disturbed."""
    seen: list[str] = []

    def meanwhile(passing) -> None:
        if passing.action == READ and passing.nth == 2:
            try:
                reader.drain(reader.context())
            except LeaseHeldError as error:
                seen.append(str(error))

    with relay_to(specter_server.url, before=meanwhile) as relay:
        reader.specter_url = relay.url
        assert reader.drain(reader.context()) == 5
    assert len(seen) == 1 and f"queue/{ACCOUNT}/{QUEUE}" in seen[0]
    assert told(reader) == ALL_TOLD


def test_a_cut_answer_is_never_taken_for_an_empty_one(reader, specter_server) -> None:
    def cut(passing) -> None:
        if passing.action == READ:
            raise CutError

    with relay_to(specter_server.url, after=cut) as relay:
        reader.specter_url = relay.url
        with pytest.raises(LOST):
            reader.drain(reader.context())
        assert relay.seen[DONE] == 0
