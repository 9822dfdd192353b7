"""Articles that an order names and that Specter may lack go first, or the order is held (fault F42).

Only the creating pass is sent (without ``forceArticleUpdate``): an article that Specter has is left alone, so that
nobody needs to know whether it has it. Bringing it up to date is the product export's work.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from abicart_specter.clients.abicart import AbicartClient
from abicart_specter.clients.specter import SpecterClient
from abicart_specter.domain.catalogue import ARTICLE_FIELDS, REQUIRED_FIELDS, normalise
from abicart_specter.domain.groups import GroupBuilder, bisect_refused
from abicart_specter.domain.imports.stock import sent_as_stock_article
from abicart_specter.domain.mapping import ArticleMapping
from abicart_specter.domain.number_check import check_number
from abicart_specter.domain.number_rule_table import NUMBER_DUPLICATE
from abicart_specter.domain.records import CatalogueItem, ItemKey, Kind, Severity, ShopFacts
from abicart_specter.errors import AbicartSpecterError, RecordError, RefusedError
from abicart_specter.flows.context import FlowContext
from abicart_specter.ledger import Created

log = logging.getLogger(__name__)

OPENING_STOCK = "noItemsInStock"
NUMBERS_AT_ONCE = 100
RULE = "article_missing_in_specter"
REMEDY = "Correct the product in the shop, run the product export for it, then this order goes by itself."


@dataclass(frozen=True, slots=True)
class NamedArticle:
    """An article that an order's row names.

    :param quantity: how many the order takes; the shop has lowered its stock by them already.
    """

    key: ItemKey | None
    article_uid: int | None
    product_number: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class _New:
    item: CatalogueItem
    row: Mapping[str, str]


def ensure_articles(
    ctx: FlowContext,
    abicart: AbicartClient,
    specter: SpecterClient,
    named: Iterable[NamedArticle],
    mapping: ArticleMapping,
    context: Mapping[str, Any],
    before_write: Callable[[], None],
) -> dict[str, str]:
    """See to it that Specter has the articles that orders name.

    :param named: of all orders that are about to go; the same article may be in it many times.
    :param context: what the article mapping reads besides the product.
    :returns: product number → why Specter does not have it, for those that an order must not name.
    """
    new, problems = _to_create(ctx, abicart, list(named), mapping, context)
    if new:
        _create(ctx, specter, new, before_write, problems)
    return problems


def why_articles_cannot_go(
    ctx: FlowContext,
    abicart: AbicartClient,
    named: Iterable[NamedArticle],
    mapping: ArticleMapping,
    context: Mapping[str, Any],
) -> dict[str, str]:
    """As :func:`ensure_articles`, without asking Specter: what it would refuse is not known."""
    return _to_create(ctx, abicart, list(named), mapping, context)[1]


def _to_create(
    ctx: FlowContext,
    abicart: AbicartClient,
    wanted: Sequence[NamedArticle],
    mapping: ArticleMapping,
    context: Mapping[str, Any],
) -> tuple[list[_New], dict[str, str]]:
    """The articles that must be sent first, and why others cannot be."""
    problems: dict[str, str] = {}
    missing = _unknown_to_specter(ctx, wanted)
    if not missing:
        return [], problems
    ordered: dict[str, Decimal] = {}
    for one in wanted:
        ordered[one.product_number] = ordered.get(one.product_number, Decimal(0)) + one.quantity
    items = _items(ctx, abicart, missing, problems)
    return _mapped(ctx, abicart, items, ordered, mapping, context, problems), problems


def _unknown_to_specter(ctx: FlowContext, wanted: Sequence[NamedArticle]) -> dict[str, NamedArticle]:
    """Those that no confirmed write of ours has put into Specter under their number."""
    states = ctx.ledger.item_states(ctx.shop, {one.key for one in wanted if one.key is not None})
    unknown = {
        one.product_number: one
        for one in wanted
        if one.key is None or states[one.key].created_number != one.product_number
    }
    # A product that was deleted from the shop, or whose row names no variant, is still known by its number.
    for number in ctx.ledger.created_numbers(ctx.shop, unknown):
        if unknown[number].key is None or unknown[number].article_uid is None:
            del unknown[number]
    return unknown


def _items(
    ctx: FlowContext,
    abicart: AbicartClient,
    missing: Mapping[str, NamedArticle],
    problems: dict[str, str],
) -> dict[str, CatalogueItem]:
    """The products as the shop has them now, by the number that the order names."""
    facts: ShopFacts = abicart.webshop()
    uids = sorted({one.article_uid for one in missing.values() if one.article_uid is not None})
    fields = list(ARTICLE_FIELDS)
    articles = abicart.get_articles(uids, fields, required=REQUIRED_FIELDS) if uids else []
    by_key = {item.key: item for article in articles for item in normalise(article, facts)}
    by_number = {item.product_number: item for item in by_key.values()}
    found: dict[str, CatalogueItem] = {}
    for number, one in missing.items():
        item = by_key.get(one.key) if one.key is not None else by_number.get(number)
        if item is None:
            problems[number] = "the shop does not have the product any more, and we never sent it to Specter"
        elif item.product_number != number:
            problems[number] = f"the product is now called {item.product_number} in the shop"
        else:
            found[number] = item
    return found


def _mapped(
    ctx: FlowContext,
    abicart: AbicartClient,
    items: Mapping[str, CatalogueItem],
    ordered: Mapping[str, Decimal],
    mapping: ArticleMapping,
    context: Mapping[str, Any],
    problems: dict[str, str],
) -> list[_New]:
    rules, reserved = ctx.settings.number_rules(), ctx.settings.special_numbers_by_number()
    owners, flagged = _owners(ctx, abicart, list(items)), _flagged(ctx, items)
    states = ctx.ledger.item_states(ctx.shop, [item.key for item in items.values()])
    new: list[_New] = []
    for number, item in items.items():
        findings = check_number(number, rules)
        created = states[item.key].created_number
        if findings:
            problems[number] = _sentence_part(findings[0].message)
        elif number in reserved:
            problems[number] = f"the number is reserved for {reserved[number]}"
        elif len(owners.get(number, {item.key})) > 1:
            names = ", ".join(str(key) for key in sorted(owners[number]))
            problems[number] = f"several products have this number: {names}"
        elif item.key in flagged and not owners:
            problems[number] = _sentence_part(flagged[item.key])
        elif created is not None and created != number:
            problems[number] = f"Specter knows the product as {created}; it was renumbered in the shop"
        elif item.is_package:
            problems[number] = "it is a package, and packages are not exported"
        else:
            try:
                mapped = mapping.apply(item, context)
            except RecordError as error:
                problems[number] = _sentence_part(error.message)
                continue
            new.append(_New(item, mapped.row | _opening_stock(mapped.create_only, ordered[number])))
    return new


def _sentence_part(sentence: str) -> str:
    """A sentence as the end of another one."""
    return sentence[:1].lower() + sentence[1:].rstrip(".")


def _opening_stock(create_only: Mapping[str, str], ordered: Decimal) -> dict[str, str]:
    """The shop's stock is what is left after these orders; Specter subtracts them once more when they arrive."""
    fields = dict(create_only)
    if OPENING_STOCK in fields:
        fields[OPENING_STOCK] = str(int(Decimal(fields[OPENING_STOCK])) + int(ordered))
    return fields


def _owners(ctx: FlowContext, abicart: AbicartClient, numbers: Sequence[str]) -> dict[str, set[ItemKey]]:
    """Who has these numbers in the shop now. Empty where the shop does not let itself be asked so."""
    owners: dict[str, set[ItemKey]] = {}
    for start in range(0, len(numbers), NUMBERS_AT_ONCE):
        part = numbers[start : start + NUMBERS_AT_ONCE]
        selection = {"filters": {"/articleNumber": {"in": list(part)}}, "limit": 10 * NUMBERS_AT_ONCE}
        articles, variants = abicart.batch(
            [
                ("Article.list", [["uid", "articleNumber", "variants"], selection]),
                ("ArticleVariant.list", [["uid", "articleNumber"], selection]),
            ],
            idempotent=True,
        )
        if isinstance(articles, AbicartSpecterError) or isinstance(variants, AbicartSpecterError):
            continue  # no filter by number (Abicart reference 10 #25): the validation's flags must do
        for one in articles:
            if not one.get("variants"):
                owners.setdefault(one["articleNumber"], set()).add(ItemKey(Kind.ARTICLE, int(one["uid"])))
        for one in variants:
            owners.setdefault(one["articleNumber"], set()).add(ItemKey(Kind.VARIANT, int(one["uid"])))
    return owners


def _flagged(ctx: FlowContext, items: Mapping[str, CatalogueItem]) -> dict[ItemKey, str]:
    """What the last validation of the catalogue found wrong with these products."""
    keys = {item.key for item in items.values()}
    return {
        row.flag.key: row.flag.message
        for row in ctx.ledger.iter_open_flags(ctx.shop)
        if row.flag.key in keys and row.flag.severity is Severity.ERROR and row.flag.rule == NUMBER_DUPLICATE
    }


def _create(
    ctx: FlowContext,
    specter: SpecterClient,
    new: Sequence[_New],
    before_write: Callable[[], None],
    problems: dict[str, str],
) -> None:
    limits = ctx.settings.limits
    builder: GroupBuilder[_New] = GroupBuilder(
        limits.group_rows, limits.group_bytes, lambda one, index: specter.encoded_size(one.row, index)
    )

    def submit(part: Sequence[_New]) -> None:
        try:
            specter.submit_articles([one.row for one in part], force=False, before_try=before_write)
        except RecordError as error:
            raise RefusedError(error.message, code=error.rule, words=error.message) from error
        created = [
            Created(one.item.key, one.row["articleNo"], sent_as_stock_article(one.row)) for one in part
        ]
        ctx.ledger.record_created(ctx.shop, created)

    groups = [group for one in new for group in builder.add(one)] + list(builder.rest())
    for group in groups:
        for one, refusal in bisect_refused(group, submit, RefusedError):
            problems[one.row["articleNo"]] = f"Specter refuses the article: {refusal.words}"
    created = [one.row["articleNo"] for one in new if one.row["articleNo"] not in problems]
    if created:
        log.info(
            "Shop %s: %s articles that orders name were sent to Specter first: %s%s",
            ctx.shop,
            len(created),
            ", ".join(created[:20]),
            " …" if len(created) > 20 else "",
        )
