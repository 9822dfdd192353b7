"""Calls to one webshop as all readers of the Abicart client make them: strict results, unknown fields left out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar

from abicart_specter.clients.abicart_errors import INVALID_PARAMS, AbicartRefusedError, says_it_is_gone
from abicart_specter.clients.field_query import FieldQuery
from abicart_specter.clients.jsonrpc import Call, as_object
from abicart_specter.clients.retry import Effect
from abicart_specter.clients.rpc import RpcChannel, effect_of
from abicart_specter.clients.unreadable import NotReadable
from abicart_specter.errors import AbicartSpecterError, ConfigurationError, UnreadableAnswerError

log = logging.getLogger(__name__)

T = TypeVar("T")


class ShopCalls:
    """One webshop's calls.

    :param shop: the shop's name in our files, for messages.
    :param page_size: rows to ask for per page.
    """

    def __init__(self, rpc: RpcChannel, shop: str, page_size: int) -> None:
        self.shop = shop
        self.page_size = page_size
        self._rpc = rpc

    def read(
        self,
        method: str,
        params: Sequence[Any],
        make: Callable[[Any], T],
        before_try: Callable[[], None] | None = None,
    ) -> T:
        """One call that changes nothing, tried again until it is answered.

        :param make: from the result to what is wanted. ``NotReadable`` makes it a failed try.
        """
        return self._rpc.call(method, params, Effect.NONE, make, before_try)

    def call(
        self,
        method: str,
        params: Sequence[Any],
        *,
        idempotent: bool,
        before_try: Callable[[], None] | None = None,
    ) -> Any:
        """See :meth:`AbicartClient.call`."""
        return self._rpc.call(method, params, effect_of(method, idempotent), lambda value: value, before_try)

    def batch(
        self,
        calls: Sequence[tuple[str, Sequence[Any]]],
        *,
        idempotent: bool,
        before_try: Callable[[], None] | None = None,
    ) -> list[Any]:
        """See :meth:`AbicartClient.batch`."""
        effects = {effect_of(method, idempotent) for method, _ in calls}
        gravest = next((e for e in (Effect.ONCE, Effect.REPEATABLE) if e in effects), Effect.NONE)
        return self._rpc.batch([Call(method, params) for method, params in calls], gravest, before_try)

    def get_each(
        self, method: str, uids: Sequence[int], query: Mapping[str, Any]
    ) -> dict[int, dict[str, Any]]:
        """Objects by uid, without those that are gone (Abicart reference 10 #35: 9003, -32602 or null)."""
        found: dict[int, dict[str, Any]] = {}
        results = self.batch([(method, [uid, query]) for uid in uids], idempotent=True)
        for uid, result in zip(uids, results, strict=True):
            if isinstance(result, AbicartSpecterError):
                if not says_it_is_gone(result):
                    raise result
            elif result is not None:
                found[uid] = self.made(as_object, result, method)
        return found

    def asking_known_fields(
        self, query: FieldQuery, ask: Callable[[], T], *, filtered: Collection[str] = ()
    ) -> T:
        """Ask; when a pointer names a field that the shop does not know, ask without it (reference 10 #10).

        :param filtered: fields that the call also filters by. A pointer to one means the filter.
        """
        while True:
            try:
                return ask()
            except AbicartRefusedError as error:
                refusal = error
            # Nothing is without a uid; a pointer to one means the filter by uid.
            self.drop_unknown(query, refusal, not_these={"uid", *filtered})

    def drop_unknown(
        self, query: FieldQuery, error: AbicartRefusedError, *, not_these: Collection[str]
    ) -> None:
        """Take the field that a refusal names out of the query.

        :raises AbicartRefusedError: the same, when it names none or one of ``not_these``.
        :raises ConfigurationError: the caller cannot work without it.
        """
        path = query.named_by_any(error.pointers)
        if error.code != str(INVALID_PARAMS) or path is None or (len(path) == 1 and path[0] in not_these):
            raise error
        name = "/".join(path)
        if query.needs(path):
            raise ConfigurationError(
                f"Shop {self.shop}: Abicart does not know the {query.what} field {name}: {error.words}",
                remedy="The export cannot work without it. Report it: Abicart's interface has changed.",
            )
        log.log(
            logging.DEBUG if path in query.guessed else logging.WARNING,
            "Shop %s: Abicart does not know the %s field %s (%s); reading without it.",
            self.shop,
            query.what,
            name,
            error.words,
        )
        query.drop(path)

    def made(self, make: Callable[[Any], T], value: Any, method: str) -> T:
        """A result from a batch, read strictly."""
        try:
            return make(value)
        except NotReadable as error:
            reason = error.reason
        # Outside the handler, so that nothing of the answer hangs on to the error.
        raise UnreadableAnswerError(f"Shop {self.shop}: Abicart {method}: {reason}.")
