"""newOrderSubmit (reference 5.3): an order with its rows, which reserves stock."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from shop_sandbox.core.switches import SwitchBoard
from shop_sandbox.specter import refusals
from shop_sandbox.specter.articles import Row, consecutive_rows
from shop_sandbox.specter.books import Books
from shop_sandbox.specter.calls import SpecterCall
from shop_sandbox.specter.customers import NOT_STORED
from shop_sandbox.specter.records import ZERO, Order, OrderRow
from shop_sandbox.specter.refusals import Refusal

ROW_FIELD = re.compile(r".+_\d+")
ORE = Decimal("0.01")


def submit_order(call: SpecterCall, books: Books, now: float) -> int:
    """The number of the new order, or of the old one where the duplicate control answers so (Q10)."""
    customer_number = call.whole_number("customerid")
    if customer_number not in books.data.customers:
        raise Refusal(refusals.UNKNOWN_CUSTOMER, f"Kunden {customer_number} finns inte")
    external = call.text("externalorderno").strip()
    old = _repeated(call, books, external)
    if old is not None:
        if call.switches["duplicate_order"] == "return_old":
            return old.number
        words = f"Order med externt ordernummer '{external}' finns redan: order {old.number}"
        raise Refusal(refusals.DUPLICATE_ORDER, words)
    rows = [_row(call, books, row) for row in consecutive_rows(call.fields, gaps_refused=True)]
    if not rows:
        raise Refusal(refusals.MISSING_PARAMETER, "Ordern saknar rader")
    order = Order(
        number=books.next_order_number(),
        customer_number=customer_number,
        external_number=external,
        webshop_id=call.text("webshopid").strip(),
        site=_site(call, books),
        at=now,
        rows=rows,
        fields={
            name: value
            for name, value in call.fields.items()
            if name not in NOT_STORED and not ROW_FIELD.fullmatch(name)
        },
    )
    books.add_order(order)
    for row in rows:
        article = books.data.articles.get(row.article_id or 0)
        if article is not None:
            books.reserve(article, order.site, row.quantity)
    return order.number


def _repeated(call: SpecterCall, books: Books, external: str) -> Order | None:
    """The oldest order that the duplicate control finds under that number (Q33)."""
    if not external or call.switches["duplicate_order"] == "off" or call.flag("ignoreexternalordernocontrol"):
        return None
    same_shop = call.switches["duplicate_scope"] == "webshop"
    webshop = call.text("webshopid").strip()
    for order in books.orders_with(external):
        if not same_shop or order.webshop_id == webshop:
            return order
    return None


def _site(call: SpecterCall, books: Books) -> int:
    if not call.text("stocksiteid").strip():
        return books.default_site
    site = call.whole_number("stocksiteid")
    if site not in books.data.account.sites:
        raise Refusal(refusals.BAD_VALUE, f"Lagerplatsen {site} finns inte")
    return site


def _row(call: SpecterCall, books: Books, row: Row) -> OrderRow:
    number = row.get("articleno", "").strip()
    article = books.article(number) if number else None
    if article is None and call.switches["order_unknown_article"] == "refuse":
        raise Refusal(refusals.UNKNOWN_ARTICLE, f"Artikeln '{number}' finns inte")
    values = {
        name: call.decimal_of(row[name], name) if row.get(name, "").strip() else None
        for name in ("noofitems", "priceexclvat", "vatpercent", "discount")
    }
    quantity, price, vat = values["noofitems"], values["priceexclvat"], values["vatpercent"]
    if quantity is None or price is None or vat is None:
        raise Refusal(
            refusals.MISSING_PARAMETER, f"Antal, pris eller moms saknas på raden med artikel '{number}'"
        )
    if article is not None and call.switches["order_row_vat"] == "article":
        vat = article.vat_percent
    kept = Decimal(1).scaleb(-int(call.switches["order_row_decimals"]))
    return OrderRow(
        article_number=number,
        name=row.get("articlename", ""),
        quantity=quantity,
        price=price.quantize(kept, ROUND_HALF_UP),
        vat_percent=vat,
        discount_percent=values["discount"] or ZERO,
        comment=row.get("articlecomment", ""),
        article_id=article.id if article is not None else None,
    )


def totals(order: Order, switches: SwitchBoard) -> dict[str, Any]:
    """What the order comes to, in kronor, rounded as the account does it (Q34). Not part of any answer."""
    per_rate: dict[Decimal, list[Decimal]] = {}
    for row in order.rows:
        amount = row.quantity * row.price * (1 - row.discount_percent / 100)
        per_rate.setdefault(row.vat_percent, []).append(amount.quantize(ORE, ROUND_HALF_UP))
    vat: dict[str, Decimal] = {}
    for rate, amounts in per_rate.items():
        if switches["order_vat"] == "row":
            parts = [(amount * rate / 100).quantize(ORE, ROUND_HALF_UP) for amount in amounts]
            vat[str(rate)] = sum(parts, ZERO)
        else:
            vat[str(rate)] = (sum(amounts, ZERO) * rate / 100).quantize(ORE, ROUND_HALF_UP)
    without_vat = sum((amount for amounts in per_rate.values() for amount in amounts), ZERO)
    total = without_vat + sum(vat.values(), ZERO)
    payable = total.quantize(Decimal(1), ROUND_HALF_UP) if switches.on("order_whole_krona") else total
    return {"without_vat": without_vat, "vat": vat, "total": payable, "rounding": payable - total}
