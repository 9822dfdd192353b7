"""Signed calls to one Specter account over one connection, tried again where that is allowed."""

from __future__ import annotations

import random as random_module
import time
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from abicart_specter.clients.options import HttpOptions, RequestCounts, SpecterConnection
from abicart_specter.clients.redact import Redactor
from abicart_specter.clients.retry import Effect, Failure
from abicart_specter.clients.specter_answers import Reply
from abicart_specter.clients.specter_batches import OpenBatchError
from abicart_specter.clients.specter_key import request_key
from abicart_specter.clients.transport import HttpAnswer, HttpRequest, Transport, http_failure
from abicart_specter.clients.tries import Tries
from abicart_specter.clients.unreadable import NotReadable
from abicart_specter.domain.orders.masking import hide
from abicart_specter.errors import RefusedError

T = TypeVar("T")

SYSTEM = "Specter"
READ_PAGE, WRITE_PAGE = "/getInfo.asp", "/putInfo.asp"


class SpecterChannel:
    """One Specter account as one API user.

    :param sleep: waits between tries.
    :param random: from 0 to 1, for the jitter of waits.
    :param clock: monotonic seconds, for the rate limiter and the time limits.
    :param on_secret: told every key, given or computed, for masking.
    """

    def __init__(
        self,
        connection: SpecterConnection,
        options: HttpOptions,
        *,
        sleep: Callable[[float], None] = time.sleep,
        random: Callable[[], float] = random_module.random,
        clock: Callable[[], float] = time.monotonic,
        on_secret: Callable[[str], None] | None = None,
    ) -> None:
        self.connection = connection
        self._redactor = Redactor(on_secret)
        self._redactor.add(connection.user_key)
        self._redactor.add(connection.integration_secret)
        self._transport = Transport(connection.base_url, options, clock=clock)
        self._tries = Tries(
            SYSTEM, connection.shop, options, self.counts, sleep=sleep, random=random, clock=clock
        )

    @property
    def counts(self) -> RequestCounts:
        """What was asked so far."""
        return self._transport.counts

    def close(self) -> None:
        """Close the connection."""
        self._transport.close()

    def run(
        self,
        action: str,
        effect: Effect,
        request: HttpRequest,
        read: Callable[[bytes], T],
        before_try: Callable[[], None] | None = None,
    ) -> T:
        """One call.

        :param action: names the call in messages.
        :param read: from the answer's body to what is wanted. ``NotReadable`` makes it a failed try.
        :raises UnconfirmedError: a write that may have had its effect.
        """

        def attempt() -> T | Failure:
            answer = self._transport.send(request)
            if isinstance(answer, Failure):
                return answer
            return _read(answer, read)

        return self._tries.run(action, effect, attempt, before_try)

    def key(self, covered: str) -> str:
        """The key that signs a call, told to those who mask.

        :raises RecordError: the text does not fit ISO-8859-1.
        """
        key = request_key(self.connection, covered)
        self._redactor.tell(key)
        return key

    def query(self, action: str, key: str, use_xml: str = "2", **more: str) -> list[tuple[str, str]]:
        """What every call has in its address."""
        return call_query(self.connection, action, key, use_xml, more)

    def words(self, text: str, personal: Iterable[str] | None = None, known: Iterable[str] = ()) -> str:
        """Specter's own words, fit for a message.

        :param personal: texts that must not be in it, longest first; ``None`` where words are about no person.
        :param known: what may be shown although it looks like a person's.
        """
        # Before the words are cut: half a name would no longer be known for one.
        return self._redactor.words(
            text if personal is None else hide(self._redactor.clean(text), personal, known)
        )

    def refused(
        self, action: str, reply: Reply, personal: Iterable[str] | None = None, known: Iterable[str] = ()
    ) -> RefusedError:
        """The error for a reply that says no."""
        words, code = (self.words(text, personal, known) for text in (reply.words, reply.code))
        message = f"Shop {self.connection.shop}: {SYSTEM} refuses {action}: {words} (code {code})."
        if reply.open_batch is not None:
            return OpenBatchError(message, batch_no=reply.open_batch, words=words)
        return RefusedError(message, code=code, words=words)


def call_query(
    connection: SpecterConnection, action: str, key: str, use_xml: str, more: Mapping[str, str]
) -> list[tuple[str, str]]:
    """What a call to this account has in its address.

    :param more: the function's own parameters.
    """
    pairs = [("action", action), ("sbmId", str(connection.sbm_id))]
    if connection.api_version == 2 and connection.api_user_id is not None:
        pairs.append(("apiUserId", str(connection.api_user_id)))
    return [*pairs, ("useXML", use_xml), ("key", key), *more.items()]


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
