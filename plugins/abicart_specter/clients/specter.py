"""The client for Specter: articles in, change queues out, one connection, every call signed."""

from __future__ import annotations

import logging
import random as random_module
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Self, TypeVar

from abicart_specter.clients.options import HttpOptions, RequestCounts, SpecterConnection
from abicart_specter.clients.retry import Effect
from abicart_specter.clients.specter_answers import (
    Form,
    Reply,
    form_of,
    read_reply,
    read_write_reply,
)
from abicart_specter.clients.specter_batches import AnyAnswer, BatchAnswer, Queue
from abicart_specter.clients.specter_channel import READ_PAGE, SYSTEM, WRITE_PAGE, SpecterChannel
from abicart_specter.clients.specter_check import AccountAnswer, check_account
from abicart_specter.clients.specter_form import CONTENT_TYPE, encode_pairs, encode_rows, encoded_size
from abicart_specter.clients.specter_reads import read_answer
from abicart_specter.clients.specter_writes import (
    NEW_CUSTOMER,
    NEW_ORDER,
    WriteAnswer,
    customer_body,
    customer_is_matched,
    customer_key_text,
    order_body,
    order_name,
    personal_texts,
)
from abicart_specter.clients.transport import HttpRequest
from abicart_specter.clients.unreadable import NotReadable

log = logging.getLogger(__name__)

T = TypeVar("T")

NEW_ARTICLES = "newArticleSubmit"


class SpecterClient:
    """One Specter account as one API user.

    Use as a context manager. One request at a time; may be shared between threads.

    :param sleep: waits between tries; a test may pass its own.
    :param random: from 0 to 1, for the jitter of waits.
    :param clock: monotonic seconds, for the rate limiter and the time limits.
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
        self._channel = SpecterChannel(
            connection, self.options, sleep=sleep, random=random, clock=clock, on_secret=on_secret
        )

    @property
    def counts(self) -> RequestCounts:
        """What was asked so far."""
        return self._channel.counts

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._channel.close()

    def check_account(self) -> AccountAnswer:
        """Ask whether our credentials are accepted. Changes nothing.

        What the key of this call covers is not known, so each likely reading is tried until one is accepted.

        :raises CredentialsError: they are not: our key fares no better than a wrong one.
        """
        return check_account(self._channel)

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
        query = self._channel.query(NEW_ARTICLES, self._channel.key(rows[0]["articleNo"]), use_xml="1")
        if force:
            query.append(("forceArticleUpdate", "1"))
        request = HttpRequest("POST", WRITE_PAGE, encode_pairs(query), body, CONTENT_TYPE, writes=1)
        return self._written(NEW_ARTICLES, Effect.REPEATABLE, request, before_try)

    def submit_customer(
        self,
        fields: Mapping[str, str],
        *,
        force: bool,
        ignore_email: bool,
        ignore_organisation_number: bool,
        personal: Sequence[str] = (),
        before_try: Callable[[], None] | None = None,
    ) -> WriteAnswer:
        """Create a customer, or find the one that matches; ``number`` is its customer number.

        Tried again when an answer is lost, but only where the repeat would find what the first call made
        (:func:`customer_is_matched`); else the call is sent once.

        :param fields: names as on the wire, with texts that fit ISO-8859-1.
        :param force: overwrite the customer that matches.
        :param personal: texts besides these fields that Specter's words may quote and no message may show.
        :param before_try: called right before each try leaves; may raise to stop.
        :raises RefusedError: Specter says no.
        :raises RecordError: it does not fit on the wire, or the customer has no name; nothing was sent.
        :raises UnconfirmedError: it may or may not be done.
        :raises TransportError, RateLimitedError: it is surely not done.
        """
        ignored = {"ignore_email": ignore_email, "ignore_organisation_number": ignore_organisation_number}
        body = customer_body(fields, **ignored)
        query = self._channel.query(NEW_CUSTOMER, self._channel.key(customer_key_text(fields)), use_xml="1")
        if force:
            query.append(("forceCustomerUpdate", "1"))
        effect = Effect.REPEATABLE if customer_is_matched(fields, **ignored) else Effect.ONCE
        once = effect is Effect.ONCE
        request = HttpRequest(
            "POST", WRITE_PAGE, encode_pairs(query), body, CONTENT_TYPE, writes=1, once=once
        )
        return self._written(NEW_CUSTOMER, effect, request, before_try, [*personal_texts(fields), *personal])

    def submit_order(
        self,
        customer_no: int,
        fields: Mapping[str, str],
        rows: Sequence[Mapping[str, str]],
        *,
        personal: Sequence[str] = (),
        before_try: Callable[[], None] | None = None,
    ) -> WriteAnswer:
        """Create an order; ``number`` is Specter's order number, ``None`` if it was accepted but not told.

        Sent once, whatever happens: only who knows the order may repeat it.

        :param fields: names as on the wire, without ``customerId``; ``externalOrderNo`` names it in messages.
        :param rows: field names as on the wire but without number.
        :param personal: texts that Specter's words may quote and no message may show, longest first.
        :param before_try: called right before it leaves; may raise to stop.
        :raises RefusedError: Specter says no; nothing was done.
        :raises UnconfirmedError: it left, and no answer came that could be read.
        :raises RecordError: it does not fit on the wire; nothing was sent.
        :raises TransportError, RateLimitedError: it is surely not done.
        """
        body = order_body(customer_no, fields, rows)
        query = self._channel.query(NEW_ORDER, self._channel.key(str(customer_no)), use_xml="1")
        if self.connection.webshop_id is not None:
            query.append(("webshopId", str(self.connection.webshop_id)))
        request = HttpRequest(
            "POST", WRITE_PAGE, encode_pairs(query), body, CONTENT_TYPE, writes=1, once=True
        )
        action = f"{NEW_ORDER} of {order_name(fields)}"
        known = [fields.get("externalOrderNo", ""), *(row.get("articleNo", "") for row in rows)]
        return self._written(action, Effect.ONCE, request, before_try, personal, known)

    def encoded_size(self, row: Mapping[str, str], index: int) -> int:
        """Bytes that a row takes in a call's body as number ``index``."""
        return encoded_size(row, index)

    def read_batch(self, queue: Queue, batch_no: str) -> AnyAnswer:
        """Open a batch of changes under our own id, or read it again while it is open.

        An empty answer is believed only when it comes twice: one whose body was lost looks just like it.

        :raises OpenBatchError: another batch is open; ``batch_no`` is its id.
        :raises RefusedError: Specter says no.
        """
        query = self._channel.query(queue.read_action, self._channel.key(batch_no), batchNo=batch_no)
        if queue is Queue.STOCK:
            query.append(("getMultipleStocksites", "1"))
        request = HttpRequest("GET", READ_PAGE, encode_pairs(query))

        def read(body: bytes) -> AnyAnswer | Reply:
            return read_answer(queue, batch_no, body)

        answer = self._channel.run(queue.read_action, Effect.NONE, request, _if_it_comes_twice(read))
        if isinstance(answer, Reply):
            raise self._channel.refused(queue.read_action, answer)
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
        query = self._channel.query(action, self._channel.key(batch_no), batchNo=batch_no)
        request = HttpRequest("GET", READ_PAGE, encode_pairs(query), writes=1)

        def read(body: bytes) -> Reply:
            return Reply(True, "", "") if form_of(body) is Form.BLANK else read_reply(body)

        reply = self._channel.run(action, Effect.REPEATABLE, request, _if_it_comes_twice(read))
        if not reply.accepted:
            log.warning(
                "Shop %s: %s %s of batch %s was refused, so it is taken for closed: %s",
                self.connection.shop,
                SYSTEM,
                action,
                batch_no,
                self._channel.words(reply.words),
            )

    def _written(
        self,
        action: str,
        effect: Effect,
        request: HttpRequest,
        before_try: Callable[[], None] | None,
        personal: Sequence[str] | None = None,
        known: Sequence[str] = (),
    ) -> WriteAnswer:
        reply = self._channel.run(action, effect, request, read_write_reply, before_try)
        if not reply.accepted:
            raise self._channel.refused(action, reply, personal, known)
        code, words = (self._channel.words(text, personal, known) for text in (reply.code, reply.words))
        return WriteAnswer(reply.number, code, words)

    def _unnumbered(self, rows: Sequence[Mapping[str, str]]) -> list[tuple[str, str]]:
        """``addSupplier`` makes Specter look at supplier fields (Specter reference 5.2)."""
        has_supplier = any(name.startswith("supplier") for row in rows for name in row)
        return [("addSupplier", "1")] if has_supplier else []


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
