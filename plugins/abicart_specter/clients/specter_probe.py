"""What a probe asks a Specter account: the account check in its readings and, where it may, the three change queues.

Nothing is written and no batch is closed. A queue that is read stays open under an id that the caller stored before,
so that the next import reads the same batch again and closes it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from abicart_specter.clients.options import HttpOptions, SpecterConnection
from abicart_specter.clients.probe_allowed import specter_gate
from abicart_specter.clients.probe_transport import RawTransport
from abicart_specter.clients.redact import Redactor
from abicart_specter.clients.specter_answers import Reply
from abicart_specter.clients.specter_batches import AnyAnswer, Queue
from abicart_specter.clients.specter_channel import READ_PAGE, call_query
from abicart_specter.clients.specter_check import CHECK_ACCOUNT, NO_SUCH_ACTION
from abicart_specter.clients.specter_form import encode_pairs
from abicart_specter.clients.specter_key import request_key
from abicart_specter.clients.specter_reads import read_answer
from abicart_specter.clients.transport import HttpRequest
from abicart_specter.clients.unreadable import NotReadable
from abicart_specter.domain.probe.records import Answer
from abicart_specter.domain.probe.specter.material import AGAIN, NO_SUCH, OTHER_ID, PLAIN, READINGS, Parsed

TEXT, OLD_XML, XML = "0", "1", "2"
"""Values of useXML."""

MOST_READ_AGAIN = 8 * 1024 * 1024
"""Bytes. A batch that is larger is read once: three more times would be a burden to Specter, and to this task."""


@dataclass(frozen=True, slots=True)
class QueueReads:
    """What makes reading a queue harmless: the caller remembers.

    :param queues: those to read.
    :param in_flight: ids that we asked with before and have not closed, oldest first. They are used again, so that
        probes that are repeated leave no more of them behind than one.
    :param before: an id is about to be asked with; when this returns, it must be stored.
    :param after: what came, read; only batches that hold something.
    """

    queues: tuple[Queue, ...]
    in_flight: Callable[[Queue], Sequence[str]]
    before: Callable[[Queue, str], None]
    after: Callable[[AnyAnswer], None]


def probe_specter(
    connection: SpecterConnection,
    options: HttpOptions,
    on_secret: Callable[[str], None] | None = None,
    queues: QueueReads | None = None,
) -> list[Answer]:
    """Ask everything that harmless reads can tell: at most ten calls, and four more for each queue.

    :param on_secret: told every key, given or computed, for masking.
    :param queues: lets the change queues be read; without, they are left alone.
    :returns: the answers in the order they came; raw, so they hold product data.
    """
    asker = _Asker(connection, options, on_secret, queues is not None)
    try:
        _ask_account(asker)
        if queues is not None:
            for queue in queues.queues:
                _ask_queue(asker, queue, queues)
    finally:
        asker.close()
    return asker.answers


class _Asker:
    """Signed calls, their answers kept."""

    def __init__(
        self,
        connection: SpecterConnection,
        options: HttpOptions,
        on_secret: Callable[[str], None] | None,
        queues: bool,
    ) -> None:
        self.connection = connection
        self.answers: list[Answer] = []
        self._redactor = Redactor(on_secret)
        self._redactor.add(connection.user_key)
        self._redactor.add(connection.integration_secret)
        self._transport = RawTransport(connection.base_url, options, specter_gate(queues=queues))

    def close(self) -> None:
        self._transport.close()

    def ask(
        self,
        name: str,
        action: str,
        covered: str | None,
        use_xml: str,
        more: dict[str, str] | None = None,
        shown: dict[str, str] | None = None,
    ) -> Answer:
        """One call.

        :param covered: what its key covers; ``None``: the key is wrong.
        :param more: further parameters; ``shown``: what the answer's record says of them.
        """
        key = uuid.uuid4().hex if covered is None else request_key(self.connection, covered)
        self._redactor.tell(key)
        query = call_query(self.connection, action, key, use_xml, more or {})
        asked = {"useXML": use_xml, **(shown or {})}
        request = HttpRequest("GET", READ_PAGE, encode_pairs(query))
        answer = self._transport.get(name, action, asked, request)
        self.answers.append(answer)
        return answer


def _ask_account(asker: _Asker) -> None:
    connection = asker.connection
    covered = {"empty": "", "sbm_id": str(connection.sbm_id)}
    if connection.api_user_id is not None and connection.api_user_id != connection.sbm_id:
        covered["api_user"] = str(connection.api_user_id)
    accepted: list[str] = []
    for name, reading in READINGS.items():
        if reading in covered:
            answer = asker.ask(name, CHECK_ACCOUNT, covered[reading], XML, shown={"key_covers": reading})
            if _is_accepted(answer):
                accepted.append(reading)
    if accepted:
        right = accepted[0]
        shown = {"key_covers": right}
        asker.ask("account_plain", CHECK_ACCOUNT, covered[right], TEXT, shown=shown)
        asker.ask("account_xml_1", CHECK_ACCOUNT, covered[right], OLD_XML, shown=shown)
    for name, use_xml in zip(NO_SUCH, (XML, TEXT, OLD_XML), strict=True):
        asker.ask(name, NO_SUCH_ACTION, "", use_xml)
    if len(accepted) == len(covered):
        # Otherwise the readings that were refused tell how a wrong key is answered, and one wrong key less is sent.
        asker.ask("wrong_key", CHECK_ACCOUNT, None, XML, shown={"key_covers": "wrong"})


def _is_accepted(answer: Answer) -> bool:
    return bool(answer.status) and Parsed(answer).accepted


def _ask_queue(asker: _Asker, queue: Queue, queues: QueueReads) -> None:
    """The batch that is open, or a new one: as XML, as text, once more, and what another id gets meanwhile."""
    in_flight = queues.in_flight(queue)
    batch_no = in_flight[0] if in_flight else uuid.uuid4().hex
    queues.before(queue, batch_no)
    first = _read(asker, queue.value, queue, batch_no, XML)
    read = _batch(queue, batch_no, first)
    if read is None:
        return
    if not read.is_empty:
        queues.after(read)
    if len(first.body) > MOST_READ_AGAIN:
        return
    queues.before(queue, batch_no)
    _read(asker, queue.value + PLAIN, queue, batch_no, TEXT)
    if read.is_empty:
        return
    queues.before(queue, batch_no)
    _read(asker, queue.value + AGAIN, queue, batch_no, XML)
    other = in_flight[1] if len(in_flight) > 1 else uuid.uuid4().hex
    queues.before(queue, other)
    _read(asker, queue.value + OTHER_ID, queue, other, XML)


def _read(asker: _Asker, name: str, queue: Queue, batch_no: str, use_xml: str) -> Answer:
    more = {"batchNo": batch_no}
    shown: dict[str, str] = {}
    if queue is Queue.STOCK and use_xml == XML:
        shown["getMultipleStocksites"] = "1"
    return asker.ask(name, queue.read_action, batch_no, use_xml, more | shown, shown)


def _batch(queue: Queue, batch_no: str, answer: Answer) -> AnyAnswer | None:
    """What was read; ``None``: a refusal, or nothing that can be read."""
    if answer.status != 200:
        return None
    try:
        read = read_answer(queue, batch_no, answer.body)
    except NotReadable:
        return None
    return None if isinstance(read, Reply) else read
