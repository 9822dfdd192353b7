"""What the tests of the product export look at and change: the shop, the Specter account, the ledger's tables."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, parse_qsl

from harness import Export

from abicart_specter.domain.records import ItemKey, Kind, Outcome
from abicart_specter.flows.context import FlowContext
from abicart_specter.ledger import FlagRow, OutcomeRecord

NEW_ARTICLES = "newArticleSubmit"


# The Specter account


@dataclass(frozen=True, slots=True)
class ArticleCall:
    """One ``newArticleSubmit`` as Specter received it. ``size`` is of its body, in bytes."""

    number: int
    force: bool
    rows: list[dict[str, str]]
    size: int
    refused: bool

    @property
    def numbers(self) -> list[str]:
        return [row["articleNo"] for row in self.rows]


def article_calls(specter, *, after: int = 0) -> list[ArticleCall]:
    """Every article write since request ``after``, oldest first."""
    return [_call(one) for one in specter.control.requests(action=NEW_ARTICLES, after=after)]


def _call(request: dict[str, Any]) -> ArticleCall:
    rows: dict[int, dict[str, str]] = {}
    for name, value in parse_qsl(request["body"], keep_blank_values=True, encoding="latin-1"):
        field, _, index = name.rpartition("_")
        rows.setdefault(int(index), {})[field] = value
    force = parse_qs(request["query"]).get("forceArticleUpdate") == ["1"]
    in_order = [rows[index] for index in sorted(rows)]
    return ArticleCall(request["number"], force, in_order, len(request["body"]), bool(request["errors"]))


def last_request(specter) -> int:
    """Number of the newest request that Specter received."""
    return max((one["number"] for one in specter.control.requests()), default=0)


def specter_article(specter, number: str) -> dict[str, Any] | None:
    """An article of the account; ``None`` if it has none of that number."""
    return next(iter(specter.control.inspect("articles", number=number)), None)


def specter_numbers(specter) -> set[str]:
    """Every article number of the account."""
    return {one["number"] for one in specter.control.inspect("articles", limit=100_000)}


def new_article(specter, number: str, **values: Any) -> None:
    """A person in Specter makes an article."""
    specter.control.edit("article.new", number=number, **({"name": "Från Specter"} | values))


# The shop


def items(abicart) -> list[dict[str, Any]]:
    """Every item of the shop, as the sandbox itself knows it."""
    return list(abicart.control.inspect("items", limit=200_000))


def key(item: dict[str, Any]) -> ItemKey:
    return ItemKey(Kind(item["kind"]), item["uid"])


def plain_articles(abicart) -> list[dict[str, Any]]:
    """Those without variants."""
    return [one for one in items(abicart) if one["kind"] == "article"]


def change(abicart, item: dict[str, Any], **patch: Any) -> None:
    """A person in the shop's admin pages changes an article (``uid`` of the item's article)."""
    abicart.control.edit("Article", uid=item["article_uid"], patch=patch)


def renumber(abicart, item: dict[str, Any], number: str | None) -> None:
    """Another product number for an article or a variant."""
    what = "Article" if item["kind"] == "article" else "ArticleVariant"
    abicart.control.edit(what, uid=item["uid"], patch={"articleNumber": number})


def reprice(abicart, item: dict[str, Any], price: str) -> None:
    change(abicart, item, price={"regular": {"SEK": price}})


def add_article(abicart, number: str, price: str = "125", **patch: Any) -> int:
    """A new product; returns its uid."""
    values = {
        "name": {"sv": f"Ny vara {number}"},
        "articleNumber": number,
        "price": {"regular": {"SEK": price}},
        "vatRate": "0.25",
        "stock": {"useStock": True, "stock": 3},
    }
    return int(abicart.control.edit("Article", patch=values | patch)["uid"])


def delete(abicart, item: dict[str, Any]) -> None:
    abicart.control.edit("delete", **{"class": "Article", "uid": item["article_uid"]})


def page_reads(abicart) -> int:
    return int(abicart.control.counters()["calls"].get("Article.list", 0))


# The ledger


def outcomes(export: Export, ctx: FlowContext) -> dict[ItemKey, OutcomeRecord]:
    """Every outcome of a run by item."""
    return {row.record.key: row.record for row in export.ledger.iter_outcomes(ctx.run)}


def with_outcome(export: Export, ctx: FlowContext, outcome: Outcome) -> dict[ItemKey, OutcomeRecord]:
    return {key: record for key, record in outcomes(export, ctx).items() if record.outcome is outcome}


def flags(export: Export, ctx: FlowContext) -> dict[str, dict[ItemKey, FlagRow]]:
    """The flags of a run: rule → item → flag."""
    found: dict[str, dict[ItemKey, FlagRow]] = {}
    for row in export.ledger.iter_flags(ctx.run):
        found.setdefault(row.flag.rule, {})[row.flag.key] = row
    return found


def open_rules(export: Export, item: ItemKey) -> set[str]:
    """Rules of the flags on an item that are not resolved."""
    return {row.flag.rule for row in export.ledger.iter_open_flags("demo") if row.flag.key == item}


def table_dump(export: Export) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of the ledger's file."""
    with closing(sqlite3.connect(export.folder / "ledger.db")) as connection, connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        return {name: sorted(_rows(connection, name), key=repr) for (name,) in names.fetchall()}


def _rows(connection: sqlite3.Connection, table: str) -> Iterator[tuple[Any, ...]]:
    yield from connection.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - names come from the file itself
