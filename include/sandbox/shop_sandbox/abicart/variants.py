"""Variants come and go with an article's choice options (Abicart reference 5.2, inferred)."""

from __future__ import annotations

from itertools import product
from typing import Any

from shop_sandbox.abicart.errors import Problem, problem
from shop_sandbox.abicart.model import Article, ArticleVariant
from shop_sandbox.abicart.times import whole_second
from shop_sandbox.abicart.view import View
from shop_sandbox.abicart.wire import as_uid


def check_choice_options(view: View, value: Any, pointer: str) -> tuple[Any, list[Problem]]:
    """``{choice uid: [option uids]}`` of choices and options that exist and belong together."""
    if value in (None, []):
        value = {}
    if not isinstance(value, dict):
        return None, [problem("Must be an object", pointer)]
    problems: list[Problem] = []
    wanted: dict[int, tuple[int, ...]] = {}
    for choice_key, options in value.items():
        place = f"{pointer}/{choice_key}"
        choice = view.shop.choices.get(as_uid(choice_key))
        if choice is None:
            problems.append(problem("Unknown choice", place))
        elif not isinstance(options, list) or not options:
            problems.append(problem("Must be an array with at least one option", place))
        else:
            uids = [as_uid(one) or 0 for one in options]
            problems.extend(
                problem("Unknown option", f"{place}/{at}")
                for at, uid in enumerate(uids)
                if uid not in choice.options
            )
            wanted[choice.uid] = tuple(uids)
    return wanted, problems


def write_choice_options(view: View, article: Article, value: dict[int, tuple[int, ...]]) -> None:
    """Keep the variants that still are, drop those that are no more, add the new ones: no number, stock 0."""
    shop = view.shop
    before = {tuple(sorted(one.defined_by.items())): one for one in shop.variants_of(article)}
    after: list[int] = []
    for options in product(*value.values()) if value else ():
        defined_by = {str(choice): str(option) for choice, option in zip(value, options, strict=True)}
        known = before.pop(tuple(sorted(defined_by.items())), None)
        if known is None:
            known = ArticleVariant(shop.variants.new_uid(), article.uid, defined_by, whole_second(view.now))
            shop.add("variants", known)
        after.append(known.uid)
    for gone in before.values():
        shop.remove("variants", gone.uid)
    article.choice_options = value
    article.variants = tuple(after)
