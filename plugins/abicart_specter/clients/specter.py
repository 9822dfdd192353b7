"""The client for Specter: articles in, change queues out, one connection, every call signed."""

from __future__ import annotations

import logging
import random as random_module
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self, TypeVar

from abicart_specter.clients.options import HttpOptions, RequestCounts, SpecterConnection
from abicart_specter.clients.redact import Redactor
from abicart_specter.clients.retry import Effect, Failure
from abicart_specter.clients.specter_answers import Form, Reply, find_reply, form_of, read_reply
from abicart_specter.clients.specter_batches import AnyAnswer, BatchAnswer, OpenBatchError, Queue
from abicart_specter.clients.specter_check import NO_SUCH_ACTION, AccountAnswer, credentials_refused
from abicart_specter.clients.specter_form import CONTENT_TYPE, encode_pairs, encode_rows, encoded_size
from abicart_specter.clients.specter_key import request_key
from abicart_specter.clients.specter_reads import read_answer
from abicart_specter.clients.transport import HttpAnswer, HttpRequest, Transport, http_failure
from abicart_specter.clients.tries import Tries
from abicart_specter.clients.unreadable import NotReadable
from abicart_specter.errors import CredentialsError, RefusedError

log = logging.getLogger(__name__)

T = TypeVar("T")

SYSTEM = "Specter"
READ_PAGE, WRITE_PAGE = "/getInfo.asp", "/putInfo.asp"
NEW_ARTICLES, CHECK_ACCOUNT = "newArticleSubmit", "checkAccountSettings"


@dataclass(frozen=True, slots=True)
class WriteAnswer:
    """A write that Specter accepted.

    :param number: the object's number, if it was told; ``None`` means accepted, number unknown.
    :param words: its own words, fit for a log.
    """

    number: int | None
    code: str
    words: str


class SpecterClient:
    """One Specter account as one API user.

    Use as a context manager. One request at a time; may be shared between threads.

    :param sleep: waits between tries; a test may pass its own.
    :param random: from 0 to 1, for the jitter of waits.
    :param clock: monotonic seconds, for the rate limiter.
    :param on_secret: told every key, given or computed, for masking.
    """

    def __init__(
        self,
        connection: SpecterConnection,
        options: HttpOptions | None = None,
        *,
        sleep: Callable[[float], None] = time.sleep,
        random: Callable[[], float] = random_module.random,
        clock: Callable[[], float] = time.monotonic,
        on_secret: Callable[[str], None] | None = None,
    ) -> None:
        self.connection = connection
        self.options = options or HttpOptions()
        self._redactor = Redactor(on_secret)
        self._redactor.add(connection.user_key)
        self._redactor.add(connection.integration_secret)
        self._transport = Transport(connection.base_url, self.options)
        self._tries = Tries(
            SYSTEM, connection.shop, self.options, self.counts, sleep=sleep, random=random, clock=clock
        )

    @property
    def counts(self) -> RequestCounts:
        """What was asked so far."""
        return self._transport.counts

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._transport.close()

    def check_account(self) -> AccountAnswer:
        """Ask whether our credentials are accepted. Changes nothing.

        What the key of this call covers is not known, so each likely reading is tried until one is accepted.

        :raises CredentialsError: they are not: our key fares no better than a wrong one.
        """
        connection = self.connection
        readings = ["", str(connection.sbm_id)]
        if connection.api_user_id is not None:
            readings.append(str(connection.api_user_id))
        refusals: list[Reply] = []
        for covered in readings:
            reply = self._ask(CHECK_ACCOUNT, self._key(covered))
            if reply is None or reply.accepted:
                return AccountAnswer(recognised=reply is not None)
            refusals.append(reply)
        no_such_action = self._ask(NO_SUCH_ACTION, self._key(""))
        wrong_key = self._ask(CHECK_ACCOUNT, uuid.uuid4().hex)
        if credentials_refused(refusals, no_such_action, wrong_key, CHECK_ACCOUNT):
            raise CredentialsError(
                f"Shop {connection.shop}: Specter does not accept our credentials: {refusals[0].words} "
                f"(code {refusals[0].code}).",
                remedy=f"Check login, password and extra of connection specter_{connection.shop} with Specter.",
            )
        return AccountAnswer(recognised=False)

    def submit_articles(
        self,
        rows: Sequence[Mapping[str, str]],
        *,
        force: bool,
        before_try: Callable[[], None] | None = None,
    ) -> WriteAnswer:
        """Create articles, or with ``force`` create and update them. All rows or none, as far as is known.

        Doing it twice is the same as doing it once, so it is tried again when an answer is lost.

        :param rows: field names as on the wire but without number, with texts that fit ISO-8859-1.
        :param before_try: called right before each try leaves; may raise to stop.
        :raises RefusedError: Specter says no.
        :raises RecordError: a row does not fit on the wire.
        :raises UnconfirmedError: it may or may not be done.
        :raises TransportError, RateLimitedError: it is surely not done.
        """
        if not rows:
            raise ValueError("no rows")
        body = encode_rows(rows, self._unnumbered(rows))
        query = self._query(NEW_ARTICLES, self._key(rows[0]["articleNo"]), use_xml="1")
        if force:
            query.append(("forceArticleUpdate", "1"))
        request = HttpRequest("POST", WRITE_PAGE, encode_pairs(query), body, CONTENT_TYPE, writes=1)
        reply = self._run(NEW_ARTICLES, Effect.REPEATABLE, request, read_reply, before_try)
        if not reply.accepted:
            raise self._refused(NEW_ARTICLES, reply)
        return WriteAnswer(reply.number, self._redactor.words(reply.code), self._redactor.words(reply.words))

    def encoded_size(self, row: Mapping[str, str], index: int) -> int:
        """Bytes that a row takes in a call's body as number ``index``."""
        return encoded_size(row, index)

    def read_batch(self, queue: Queue, batch_no: str) -> AnyAnswer:
        """Open a batch of changes under our own id, or read it again while it is open.

        An empty answer is believed only when it comes twice: one whose body was lost looks just like it.

        :raises OpenBatchError: another batch is open; ``batch_no`` is its id.
        :raises RefusedError: Specter says no.
        """
        query = self._query(queue.read_action, self._key(batch_no), batchNo=batch_no)
        if queue is Queue.STOCK:
            query.append(("getMultipleStocksites", "1"))
        request = HttpRequest("GET", READ_PAGE, encode_pairs(query))

        def read(body: bytes) -> AnyAnswer | Reply:
            return read_answer(queue, batch_no, body)

        answer = self._run(queue.read_action, Effect.NONE, request, _if_it_comes_twice(read))
        if isinstance(answer, Reply):
            raise self._refused(queue.read_action, answer)
        if answer.skipped:
            log.warning(
                "Shop %s: %s %s: %s rows without a number were skipped.",
                self.connection.shop,
                SYSTEM,
                queue.read_action,
                answer.skipped,
            )
        return answer

    def acknowledge(self, queue: Queue, batch_no: str) -> None:
        """Close a batch; its changes leave the queue. Call only when they are stored.

        A refusal is taken for "closed already" and logged: if the batch is still open, the next read says so, and
        its content is read and stored again, which does no harm (Specter reference, question 17).

        :raises UnconfirmedError: it may or may not be closed; closing it again does no harm.
        """
        action = queue.acknowledge_action
        query = self._query(action, self._key(batch_no), batchNo=batch_no)
        request = HttpRequest("GET", READ_PAGE, encode_pairs(query), writes=1)

        def read(body: bytes) -> Reply:
            return Reply(True, "", "") if form_of(body) is Form.BLANK else read_reply(body)

        reply = self._run(action, Effect.REPEATABLE, request, _if_it_comes_twice(read))
        if not reply.accepted:
            log.warning(
                "Shop %s: %s %s of batch %s was refused, so it is taken for closed: %s",
                self.connection.shop,
                SYSTEM,
                action,
                batch_no,
                self._redactor.words(reply.words),
            )

    def _ask(self, action: str, key: str) -> Reply | None:
        """A call without parameters, its words clean; ``None`` for an answer of a form nobody knows."""
        request = HttpRequest("GET", READ_PAGE, encode_pairs(self._query(action, key)))
        reply = self._run(action, Effect.NONE, request, find_reply)
        if reply is None:
            return None
        clean = self._redactor.words
        return replace(reply, code=clean(reply.code), words=clean(reply.words))

    def _run(
        self,
        action: str,
        effect: Effect,
        request: HttpRequest,
        read: Callable[[bytes], T],
        before_try: Callable[[], None] | None = None,
    ) -> T:
        def attempt() -> T | Failure:
            answer = self._transport.send(request)
            if isinstance(answer, Failure):
                return answer
            return _read(answer, read)

        return self._tries.run(action, effect, attempt, before_try)

    def _key(self, covered: str) -> str:
        key = request_key(self.connection, covered)
        self._redactor.tell(key)
        return key

    def _query(self, action: str, key: str, use_xml: str = "2", **more: str) -> list[tuple[str, str]]:
        """What every call has in its address."""
        pairs = [("action", action), ("sbmId", str(self.connection.sbm_id))]
        if self.connection.api_version == 2 and self.connection.api_user_id is not None:
            pairs.append(("apiUserId", str(self.connection.api_user_id)))
        return [*pairs, ("useXML", use_xml), ("key", key), *more.items()]

    def _unnumbered(self, rows: Sequence[Mapping[str, str]]) -> list[tuple[str, str]]:
        """``addSupplier`` makes Specter look at supplier fields (Specter reference 5.2)."""
        has_supplier = any(name.startswith("supplier") for row in rows for name in row)
        return [("addSupplier", "1")] if has_supplier else []

    def _refused(self, action: str, reply: Reply) -> RefusedError:
        words, code = self._redactor.words(reply.words), self._redactor.words(reply.code)
        message = f"Shop {self.connection.shop}: {SYSTEM} refuses {action}: {words} (code {code})."
        if reply.open_batch is not None:
            return OpenBatchError(message, batch_no=reply.open_batch, words=words)
        return RefusedError(message, code=code, words=words)


def _read(answer: HttpAnswer, read: Callable[[bytes], T]) -> T | Failure:
    """The body decides. With a status other than 200 only a refusal in Specter's own form is believed
    (Specter reference, question 30)."""
    try:
        value = read(answer.body)
    except NotReadable as error:
        return http_failure(answer, error.reason)
    if answer.status != 200 and not (isinstance(value, Reply) and not value.accepted):
        return http_failure(answer, "the answer has an unexpected status")
    return value


def _if_it_comes_twice(read: Callable[[bytes], T]) -> Callable[[bytes], T]:
    """Believes an answer that says nothing only the second time within one call.

    Nothing at all, or plain text without a row, is also what is left of an answer that was cut; whole XML is not.
    """
    doubtful = 0

    def careful(body: bytes) -> T:
        nonlocal doubtful
        value = read(body)
        says_nothing = form_of(body) is Form.BLANK or (isinstance(value, BatchAnswer) and value.is_empty)
        if says_nothing and form_of(body) is not Form.XML:
            doubtful += 1
            if doubtful == 1:
                raise NotReadable("the answer says nothing")
        return value

    return careful
