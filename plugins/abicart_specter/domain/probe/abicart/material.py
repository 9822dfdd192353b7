"""The answers of a probe as its questions look at them: results and errors, products, orders, rows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any

from abicart_specter.domain.probe.records import Answer
from abicart_specter.domain.probe.verdicts import NotAskedError, NoUseError

Row = dict[str, Any]

CONNECTION_REFUSED = frozenset({1001, 1002, 1003, 1004, 1005, 1007})
"""Codes for a wrong webshop, language, token or session, and for plain http (Abicart reference 2)."""

ORDER_LISTS = ("order_list", "order_batch_")
ARTICLE_LISTS = ("article_list", "article_list_whole")
ROW_ARTICLES = ("order_articles", "order_articles_batch_")


@dataclass(frozen=True, slots=True)
class Reply:
    """One JSON-RPC answer.

    :param code: of its error; ``None``: it has a result.
    :param pointer: whether the error names a place in what was asked.
    :param id_is_null: whether it says to which call it belongs.
    """

    value: Any = None
    code: int | None = None
    pointer: str = ""
    id_is_null: bool = False


class Material:
    """All answers of one probe."""

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        self.answers = answers

    def answer(self, name: str) -> Answer:
        """An answer that came.

        :raises NoUseError: it was not asked for, or no complete answer came.
        """
        answer = self.answers.get(name)
        if answer is None:
            raise NotAskedError(
                f"What would tell ({name}) was not asked: it needs the auth token, or something that did not come.",
                name,
            )
        if not answer.status:
            raise NoUseError(f"No answer came to {name}: {answer.problem}.", name)
        return answer

    def reply(self, name: str) -> Reply:
        """An answer in JSON-RPC form, result or error.

        :raises NoUseError: it is none, or not the call but the connection was refused.
        """
        reply = self.any_reply(name)
        if reply.code in CONNECTION_REFUSED:
            raise NoUseError(
                f"The shop refused {name} with code {reply.code}, before it looked at the call.", name
            )
        return reply

    def any_reply(self, name: str) -> Reply:
        """The same, also where the connection was refused."""
        content = self.content(name)
        if not isinstance(content, dict) or not (
            "result" in content or isinstance(content.get("error"), dict)
        ):
            raise NoUseError(
                f"The answer to {name} is of no known form (HTTP {self.answers[name].status}).", name
            )
        return reply_of(content)

    def content(self, name: str) -> Any:
        """An answer's JSON.

        :raises NoUseError: it is none.
        """
        answer = self.answer(name)
        try:
            return json.loads(answer.body.decode("utf-8-sig"), parse_float=Decimal)
        except (ValueError, RecursionError, InvalidOperation):
            raise NoUseError(f"The answer to {name} is no JSON (HTTP {answer.status}).", name) from None

    def result(self, name: str) -> Any:
        """What a call was answered with.

        :raises NoUseError: an error, or nothing of use.
        """
        reply = self.reply(name)
        if reply.code is not None:
            raise NoUseError(f"The shop refused {name} with code {reply.code}.", name)
        return reply.value

    def rows(self, name: str) -> list[Row]:
        """What a list was answered with; what is no object is left out.

        :raises NoUseError: no list came.
        """
        value = self.result(name)
        if not isinstance(value, list):
            raise NoUseError(f"The answer to {name} is no list.", name)
        return [one for one in value if isinstance(one, dict)]

    def _listed(self, kinds: tuple[str, ...]) -> Iterator[Row]:
        for name in self.answers:
            if name in kinds:
                try:
                    yield from self.rows(name)
                except NoUseError:
                    continue
            elif name.startswith(tuple(kind for kind in kinds if kind.endswith("_"))):
                try:
                    content = self.content(name)
                except NoUseError:
                    continue
                for one in content if isinstance(content, list) else ():
                    if isinstance(one, dict) and isinstance(one.get("result"), dict):
                        yield one["result"]

    @cached_property
    def articles(self) -> list[Row]:
        """Products as they were listed, each once."""
        return list(_once(self._listed(ARTICLE_LISTS)))

    @cached_property
    def orders(self) -> list[Row]:
        """Orders, each once; one whose rows came as objects rather than one whose rows came as uids."""
        found = list(self._listed(ORDER_LISTS))
        return list(_once(sorted(found, key=lambda order: not _has_rows(order))))

    @property
    def items(self) -> list[Row]:
        """Rows of the orders, where they came as objects."""
        return [item for order in self.orders for item in rows_of(order)]

    @cached_property
    def row_articles(self) -> dict[str, Row]:
        """The articles of the orders' rows, by the uid of the row as text."""
        found: dict[str, Row] = {}
        for order in self._listed(ROW_ARTICLES):
            for item in rows_of(order):
                if isinstance(item.get("article"), dict):
                    found[str(item.get("uid"))] = item["article"]
        return found

    def need_orders(self) -> list[Row]:
        """The orders.

        :raises NoUseError: none came.
        """
        if not self.orders:
            self.rows("order_list")
            raise NoUseError("The shop listed no order.", "order_list")
        return self.orders

    def need_items(self) -> list[Row]:
        """The rows of the orders.

        :raises NoUseError: none came.
        """
        self.need_orders()
        if not self.items:
            raise NoUseError("No order came with its rows.", "order_list")
        return self.items

    def need_articles(self) -> list[Row]:
        """The products.

        :raises NoUseError: none came.
        """
        if not self.articles:
            self.rows("article_list")
            raise NoUseError("The shop listed no product.", "article_list")
        return self.articles


def reply_of(content: Row) -> Reply:
    """From a JSON-RPC object."""
    error = content.get("error")
    if not isinstance(error, dict):
        return Reply(content.get("result"), id_is_null=content.get("id") is None)
    code = error.get("code")
    problems = error.get("data")
    pointers = [
        str(one["pointer"])
        for one in (problems if isinstance(problems, list) else ())
        if isinstance(one, dict) and "pointer" in one
    ]
    return Reply(
        code=code if isinstance(code, int) else 0,
        pointer=pointers[0] if pointers else "",
        id_is_null=content.get("id") is None,
    )


def rows_of(order: Row, name: str = "items") -> list[Row]:
    """An order's rows or payments, where they came as objects."""
    value = order.get(name)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def amount(holder: Any, *path: str) -> Decimal | None:
    """A number inside objects; ``None``: there is none."""
    for key in path:
        if not isinstance(holder, dict):
            return None
        holder = holder.get(key)
    if isinstance(holder, bool) or not isinstance(holder, int | Decimal | str):
        return None
    try:
        number = Decimal(holder)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _has_rows(order: Row) -> bool:
    return bool(rows_of(order))


def _once(rows: Iterator[Row] | list[Row]) -> Iterator[Row]:
    seen: set[str] = set()
    for row in rows:
        uid = str(row.get("uid"))
        if uid not in seen:
            seen.add(uid)
            yield row
