"""Which VAT rate an article is to have, and whether prices may be imported at all under it (rule 32)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from abicart_specter.domain.imports import held as rules
from abicart_specter.domain.imports.article_values import ArticleValues
from abicart_specter.domain.imports.held import Problem
from abicart_specter.domain.imports.records import ItemTold
from abicart_specter.domain.imports.told_values import fraction, known
from abicart_specter.domain.masters import Master
from abicart_specter.domain.money import shortest
from abicart_specter.domain.prices import percent
from abicart_specter.domain.records import ShopFacts


@dataclass(frozen=True, slots=True)
class VatTold:
    """Specter's VAT of one item: as told, and as a fraction where it is one."""

    one: ItemTold
    text: str | None
    rate: Decimal | None
    pending: bool


@dataclass(frozen=True, slots=True)
class RatePlan:
    """What to do with an article's VAT rate.

    :param change: the rate to write, as a fraction; ``None``: none.
    :param agreed: Specter's news is what the shop has.
    :param vat_problem: why the news is held.
    :param price_problem: why no price may be written.
    """

    change: Decimal | None = None
    agreed: bool = False
    vat_problem: Problem | None = None
    price_problem: Problem | None = None


def vat_told(one: ItemTold) -> VatTold:
    """An item's VAT in Specter."""
    found = known(one, "vat", Master.VAT)
    if found is None:
        return VatTold(one, None, None, False)
    return VatTold(one, found.text, fraction(found.text), found.pending)


def plan_rate(
    told: Sequence[VatTold],
    values: ArticleValues,
    facts: ShopFacts,
    *,
    import_vat: bool,
    import_price: bool,
    read_only: bool,
) -> RatePlan:
    """The article's rate.

    :param told: of all items of the article.
    :param read_only: the shop refuses to have its rates written (Abicart reference 10, question 41).
    """
    pending = import_vat and any(one.pending for one in told)
    unreadable = next((one for one in told if one.text is not None and one.rate is None), None)
    if unreadable is not None:
        problem = Problem(
            rules.NUMBER_UNREADABLE,
            f"Specter's VAT is “{(unreadable.text or '')[:40]}”, which is no rate from 0 to 100 percent.",
            "Correct the article's VAT in Specter.",
        )
        return RatePlan(vat_problem=problem if pending else None, price_problem=problem)
    if pending:
        return _news(told, values, facts, import_price=import_price, read_only=read_only)
    differing = [one for one in told if one.rate is not None and one.rate != values.rate]
    if values.rate is None:
        return RatePlan(price_problem=_no_rate())
    if not differing:
        return RatePlan()
    return RatePlan(price_problem=_differs(differing, values.rate, import_vat))


def _news(
    told: Sequence[VatTold], values: ArticleValues, facts: ShopFacts, *, import_price: bool, read_only: bool
) -> RatePlan:
    # Where the news is what the shop has, nothing is written, whatever is known of the other variants.
    if all(one.rate == values.rate for one in told if one.pending):
        return RatePlan(agreed=True)
    unknown = [one for one in told if one.rate is None]
    if unknown:
        return _both(
            Problem(
                rules.VARIANT_UNKNOWN,
                "The VAT rate belongs to the whole product, and Specter's is not known of "
                f"{rules.listed((one.one, '') for one in unknown)}.",
                "Correct the number of a variant that is held for it, then export; or save it once in Specter.",
            )
        )
    rates = {one.rate for one in told if one.rate is not None}
    if len(rates) > 1:
        shown = rules.listed((one.one, f"{_percent(one.rate)}") for one in told)
        return _both(
            Problem(
                rules.VARIANT_VAT_DIFFERS,
                f"The VAT rate belongs to the whole product, and Specter's differ: {shown}.",
                "Give all variants the same VAT in Specter.",
            )
        )
    wanted = rates.pop()
    both = f"{_percent(values.rate)} in the shop, {_percent(wanted)} in Specter"
    if not facts.vat_supported:
        return _both(
            Problem(
                rules.VAT_NOT_SUPPORTED,
                f"The shop sells without VAT and Specter's article has {_percent(wanted)}.",
                "Set the article's VAT to 0 % in Specter, or switch VAT on in the shop.",
            )
        )
    if read_only:
        return _both(
            Problem(
                rules.VAT_READ_ONLY,
                f"The VAT rate differs ({both}), and the shop does not let it be written; so the price is not either.",
                "Change the product's VAT by hand in the shop.",
            )
        )
    if not import_price:
        return RatePlan(
            vat_problem=Problem(
                rules.VAT_WITHOUT_PRICE,
                f"The VAT rate differs ({both}). It is only written together with its price, and imports.price is off.",
                "Switch imports.price on, or change VAT and price by hand in the shop.",
            )
        )
    return RatePlan(change=wanted)


def _both(problem: Problem) -> RatePlan:
    return RatePlan(vat_problem=problem, price_problem=problem)


def _no_rate() -> Problem:
    return Problem(
        rules.SHOP_VAT_UNKNOWN,
        "The product has no VAT rate in the shop, so its price there cannot be computed.",
        "Choose a VAT rate in the shop.",
    )


def _differs(differing: Sequence[VatTold], rate: Decimal, import_vat: bool) -> Problem:
    shown = rules.listed((one.one, _percent(one.rate)) for one in differing)
    remedy = (
        "Somebody changed the rate in the shop: change it back, or change it in Specter and save the article."
        if import_vat
        else "Change the rate in the shop or in Specter so that they are alike, or switch imports.vat on."
    )
    return Problem(
        rules.VAT_DIFFERS,
        f"The shop's VAT rate is {_percent(rate)} and Specter's is not ({shown}); a price without VAT would become a "
        "wrong price.",
        remedy,
    )


def _percent(rate: Decimal | None) -> str:
    return "no rate" if rate is None else f"{shortest(percent(rate))} %"
