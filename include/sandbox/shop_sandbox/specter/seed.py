"""What a Specter server starts with: demo accounts, and if asked for articles made by code."""

from __future__ import annotations

import random
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter, ValidationError

from shop_sandbox.core.errors import UsageError
from shop_sandbox.core.switches import SwitchBoard
from shop_sandbox.specter.books import Books
from shop_sandbox.specter.records import Account, AccountData, ApiUser

DEMO_ACCOUNTS = (
    Account(1000, 2, "demo-integration-key", {12: ApiUser("demo-user-key")}),
    Account(1001, 1, "demo-md5key2", {0: ApiUser("demo-md5key1")}),
)
MAKES = ("Björkö", "Fjäll", "Hav & Hem", "Lönn", "Norrsken", "Saltö", "Tall", "Älv")
THINGS = ("bordslampa", "filt", "kaffekopp", "kudde", "skål", "tröja", "vas", "örngott")
RATES = (Decimal(25), Decimal(25), Decimal(25), Decimal(12), Decimal(6), Decimal(0))
_ACCOUNTS: TypeAdapter[list[Account]] = TypeAdapter(list[Account])
_COPY: TypeAdapter[Account] = TypeAdapter(Account)


def build(options: Mapping[str, Any], switches: SwitchBoard) -> dict[int, Books]:
    """The accounts by sbmId.

    ``accounts`` (a list; without it the two demo accounts), ``articles`` (how many, in the first account),
    ``seed``. Articles are stock articles and on no queue. Anything else raises ``UsageError``.
    """
    unknown = set(options) - {"accounts", "articles", "seed"}
    if unknown:
        raise UsageError(
            f"the Specter seed takes accounts, articles and seed, not {', '.join(sorted(unknown))}"
        )
    accounts = _accounts(options.get("accounts"))
    books = {account.sbm_id: Books(AccountData(account), switches) for account in accounts}
    count = options.get("articles", 0)
    if type(count) is not int or count < 0:
        raise UsageError(f"articles is how many, not {count!r}")
    _add_articles(next(iter(books.values())), count, options.get("seed", 1))
    return books


def _accounts(wanted: Any) -> list[Account]:
    if wanted is None:
        return [_COPY.validate_python(_COPY.dump_python(account)) for account in DEMO_ACCOUNTS]
    try:
        accounts = _ACCOUNTS.validate_python(wanted)
    except ValidationError as error:
        raise UsageError(f"accounts: {error}") from error
    if not accounts or any(
        not one.users or not one.sites or one.api_version not in (1, 2) for one in accounts
    ):
        raise UsageError("an account needs users, sites and api_version 1 or 2; a v1 account's user is 0")
    return accounts


def _add_articles(books: Books, count: int, seed: Any) -> None:
    draw = random.Random(seed)  # noqa: S311 - repeatable data, nothing secret
    prices = [Decimal(cents).scaleb(-2) for cents in range(990, 99990, 990)]
    for index in range(1, count + 1):
        article = books.new_article(f"SP-{index:06d}")
        article.name = f"{draw.choice(MAKES)} {draw.choice(THINGS)} {index}"
        article.price = draw.choice(prices)
        article.vat_percent = draw.choice(RATES)
        books.site_stock(article, books.default_site).shelf = Decimal(draw.randrange(200))
