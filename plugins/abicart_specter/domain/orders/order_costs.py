"""Costs and discounts as the shop writes them (Abicart reference 6.1 and 6.2, official)."""

from __future__ import annotations

from decimal import Decimal

from abicart_specter.domain.money import EXACT, QUOTIENT
from abicart_specter.domain.orders.order_values import OrderReader
from abicart_specter.domain.orders.records import Cost, ShopDiscount

ZERO = Decimal(0)


def read_cost(
    reader: OrderReader, value: object, field: str, currency: str, *, is_sum: bool = False
) -> Cost | None:
    """A cost; ``None`` when there is none. Of its three amounts one may be missing.

    :param is_sum: of rows that may have several VAT rates and may be negative, so that its own rate can be anything
        (Abicart reference 6.1): VAT over the rest of nearly nothing. It is kept as told.
    :raises RecordError: it cannot be read, or is in another currency than the order.
    """
    cost = reader.mapping(value, field)
    if not cost:
        return None
    other = reader.text(cost.get("currency"), f"{field}.currency").upper()
    if other and other != currency:
        raise reader.refusal(f"{field}.currency", "it is not the order's currency")
    inc = reader.number(cost.get("incVat"), f"{field}.incVat")
    ex = reader.number(cost.get("exVat"), f"{field}.exVat")
    vat = reader.number(cost.get("vat"), f"{field}.vat")
    if inc is None and ex is not None and vat is not None:
        inc = EXACT.add(ex, vat)
    if inc is None:
        raise reader.refusal(f"{field}.incVat", "it is missing")
    if ex is None:
        if vat is None:
            raise reader.refusal(f"{field}.exVat", "it is missing")
        ex = EXACT.subtract(inc, vat)
    if vat is None:
        vat = EXACT.subtract(inc, ex)
    rate = read_share(reader, cost.get("vatRate"), f"{field}.vatRate", any_size=is_sum)
    if rate is None:
        rate = QUOTIENT.divide(vat, ex) if ex else ZERO
    if rate < 0 and not is_sum:
        raise reader.refusal(f"{field}.vatRate", "a VAT rate below zero")
    return Cost(inc, ex, vat, rate)


def read_share(reader: OrderReader, value: object, field: str, *, any_size: bool = False) -> Decimal | None:
    """A rate as a share; a number above 1 is a percentage (Abicart reference 10, question 28)."""
    number = reader.number(value, field)
    if number is None or number <= 1:
        return number
    if number > 100 and not any_size:
        raise reader.refusal(field, "a rate above 100 percent")
    return QUOTIENT.divide(number, Decimal(100))


def read_discount(reader: OrderReader, value: object, field: str) -> ShopDiscount | None:
    """What a discount takes off, as positive amounts whichever sign the shop gives them; ``None`` for none."""
    found = reader.mapping(value, field)
    if not found:
        return None
    inc = reader.number(found.get("incVat"), f"{field}.incVat")
    ex = reader.number(found.get("exVat"), f"{field}.exVat")
    rate = read_share(reader, found.get("rate"), f"{field}.rate")
    if not inc and not ex and not rate:
        return None
    return ShopDiscount(
        name=reader.text(found.get("name"), f"{field}.name"),
        inc=None if inc is None else abs(inc),
        ex=None if ex is None else abs(ex),
        rate=None if rate is None else abs(rate),
    )
