"""newArticleSubmit (reference 5.2): many articles in one call, fields numbered from 1."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from shop_sandbox.specter import refusals
from shop_sandbox.specter.books import Books
from shop_sandbox.specter.calls import SpecterCall
from shop_sandbox.specter.records import ZERO, Article, Queue
from shop_sandbox.specter.refusals import Refusal

Row = dict[str, str]

TEXTS = {
    "name": "name",
    "barcode": "bar_code",
    "manufacturingcountrycode": "country",
    "articletype": "article_type",
    "commoditycode": "commodity_code",
}
NUMBERS = {
    "priceexclvat": "price",
    "buyprice": "buy_price",
    "stockprice": "stock_price",
    "vatpercent": "vat_percent",
    "productweight": "weight",
    "productvolume": "volume",
    "standardoldprice": "old_price",
}
SUPPLIER_TEXTS = {
    "supplierno": "supplier_number",
    "suppliername": "supplier_name",
    "supplierarticleno": "supplier_article_number",
}
SUPPLIER_NUMBERS = {"supplierbuyprice": "supplier_buy_price"}
HANDLED = {
    "articleno",
    "createarticlestock",
    "noitemsinstock",
    "showstandardoldprice",
    *TEXTS,
    *NUMBERS,
    *SUPPLIER_TEXTS,
    *SUPPLIER_NUMBERS,
}
DEFAULT_VAT = Decimal(25)
STRICT_CHARACTERS = frozenset("åäöÅÄÖ&%¤#€,")


@dataclass(slots=True)
class Plan:
    """A row that was understood: its number, the attributes to set, its opening stock if it has one."""

    number: str
    values: dict[str, Any]
    stock_article: bool
    opening_stock: Decimal | None
    extra: dict[str, str]


def numbered_rows(fields: dict[str, str]) -> dict[int, Row]:
    """Fields with a row number, by that number."""
    rows: dict[int, Row] = {}
    for name, value in fields.items():
        field_name, _, index = name.rpartition("_")
        if field_name and index.isdecimal():
            row = rows.get(int(index))
            if row is None:
                row = rows[int(index)] = {}
            row[field_name] = value
    return rows


def consecutive_rows(fields: dict[str, str], *, gaps_refused: bool) -> list[Row]:
    """The rows 1, 2, 3 …; one after a gap is refused or ignored."""
    rows = numbered_rows(fields)
    found: list[Row] = []
    while (row := rows.get(len(found) + 1)) is not None:
        found.append(row)
    if len(found) < len(rows) and gaps_refused:
        raise Refusal(refusals.MISSING_PARAMETER, f"Rad {len(found) + 1} saknas")
    return found


class ArticleWriter:
    """One newArticleSubmit call."""

    def __init__(self, call: SpecterCall, books: Books) -> None:
        self._call = call
        self._books = books
        self._switches = call.switches
        self._supplier = call.flag("addsupplier")
        self._stored: list[Article] = []

    def run(self) -> str:
        """Do it; returns the number to answer. Raises ``Refusal``, after storing what Q11's switch says."""
        rows = consecutive_rows(self._call.fields, gaps_refused=self._switches["row_gaps"] == "refused")
        if not rows:
            raise Refusal(refusals.MISSING_PARAMETER, "Parametern articleNo_1 saknas")
        limit = self._switches["max_article_rows"]
        if limit and len(rows) > limit:
            raise Refusal(refusals.TOO_MANY_ROWS, f"För många rader: {len(rows)}, högst {limit}")
        plans, first_error = self._understood(rows)
        if first_error is not None and self._switches["partial_rows"] == "all_or_nothing":
            raise first_error
        force = self._call.flag("forcearticleupdate")
        for plan in plans:
            self._store(plan, force=force)
        if first_error is not None:
            raise first_error
        return self._answer_number()

    def _understood(self, rows: list[Row]) -> tuple[list[Plan], Refusal | None]:
        """The good rows, or those before the first bad one, and the first refusal."""
        plans: list[Plan] = []
        first_error: Refusal | None = None
        for index, row in enumerate(rows, start=1):
            try:
                plans.append(self._plan(row))
            except Refusal as error:
                if first_error is None:
                    number = row.get("articleno", "")
                    first_error = Refusal(error.code, f"Rad {index}, artikel '{number}': {error.words}")
                if self._switches["partial_rows"] != "all_good":
                    break
        return plans, first_error

    def _plan(self, row: Row) -> Plan:
        number = row.get("articleno", "")
        self._check_number(number)
        values: dict[str, Any] = {}
        for field_name, attribute in TEXTS.items():
            if field_name in row:
                values[attribute] = row[field_name]
        self._read_numbers(row, NUMBERS, values)
        if self._supplier:
            for field_name, attribute in SUPPLIER_TEXTS.items():
                if field_name in row:
                    values[attribute] = row[field_name]
            self._read_numbers(row, SUPPLIER_NUMBERS, values)
        described = self._switches["description_name"].lower()
        if described in row:
            values["description"] = row[described]
        if "showstandardoldprice" in row:
            values["show_old_price"] = row["showstandardoldprice"].strip() == "1"
        limit = self._switches["article_name_max_length"]
        if limit and len(values.get("name", "")) > limit:
            if self._switches["too_long"] == "refuse":
                raise Refusal(refusals.TOO_LONG, f"Benämningen är för lång, högst {limit} tecken")
            values["name"] = values["name"][:limit]
        new = self._books.article(number) is None
        if new and self._switches.on("name_required") and not values.get("name", "").strip():
            raise Refusal(refusals.MISSING_PARAMETER, "Benämning saknas")
        opening = row.get("noitemsinstock", "").strip()
        return Plan(
            number=number,
            values=values,
            stock_article=row.get("createarticlestock", "").strip() == "1",
            opening_stock=self._call.decimal_of(opening, "noItemsInStock") if opening else None,
            extra={name: value for name, value in row.items() if name not in HANDLED and name != described},
        )

    def _read_numbers(self, row: Row, names: dict[str, str], values: dict[str, Any]) -> None:
        for field_name, attribute in names.items():
            text = row.get(field_name)
            if text:
                values[attribute] = self._call.decimal_of(text, field_name)

    def _check_number(self, number: str) -> None:
        if not number.strip():
            raise Refusal(refusals.MISSING_PARAMETER, "Artikelnummer saknas")
        rule = self._switches["article_number_rule"]
        if rule != "none" and any(sign.isspace() or sign == "\xa0" for sign in number):
            raise Refusal(refusals.BAD_ARTICLE_NUMBER, "Artikelnumret innehåller mellanslag")
        if rule == "strict" and not STRICT_CHARACTERS.isdisjoint(number):
            raise Refusal(refusals.BAD_ARTICLE_NUMBER, "Artikelnumret innehåller otillåtna tecken")
        limit = self._switches["article_number_max_length"]
        if limit and len(number) > limit:
            raise Refusal(refusals.TOO_LONG, f"Artikelnumret är för långt, högst {limit} tecken")
        if number in self._switches["refused_numbers"]:
            raise Refusal(refusals.BAD_ARTICLE_NUMBER, "Artikelnumret är inte tillåtet")

    def _store(self, plan: Plan, *, force: bool) -> None:
        article = self._books.article(plan.number)
        new = article is None
        if article is None:
            article = self._books.new_article(plan.number)
        self._stored.append(article)
        if not new and not force:
            return
        if not new and self._switches["omitted_fields"] == "cleared":
            clear_article(article, with_supplier=self._supplier)
        for attribute, value in plan.values.items():
            setattr(article, attribute, value)
        article.extra.update(plan.extra)
        article.updates += 0 if new else 1
        stock_changed = self._store_stock(article, plan, new=new)
        if self._switches.on("own_writes_on_queue"):
            self._books.mark(Queue.ARTICLE_INFO, article.id)
            if stock_changed:
                self._books.mark(Queue.STOCK, article.id)

    def _store_stock(self, article: Article, plan: Plan, *, new: bool) -> bool:
        if plan.stock_article and not article.stock:
            self._books.site_stock(article, self._books.default_site)
        if plan.opening_stock is None or not article.stock:
            return False
        if not new and self._switches["stock_on_update"] == "ignored":
            return False
        self._books.site_stock(article, self._books.default_site).shelf = plan.opening_stock
        return True

    def _answer_number(self) -> str:
        which = self._switches["article_answer_id"]
        if which == "none":
            return ""
        if which == "rows":
            return str(len(self._stored))
        return str(self._stored[0 if which == "first" else -1].id)


def clear_article(article: Article, *, with_supplier: bool) -> None:
    """Every field a write can set, back to empty (Q13); identity and stock stay."""
    cleared: list[tuple[dict[str, str], Callable[[str], Any]]] = [
        (TEXTS, lambda attribute: "GW" if attribute == "article_type" else ""),
        (NUMBERS, lambda attribute: DEFAULT_VAT if attribute == "vat_percent" else ZERO),
    ]
    if with_supplier:
        cleared += [(SUPPLIER_TEXTS, lambda _: ""), (SUPPLIER_NUMBERS, lambda _: ZERO)]
    for names, empty in cleared:
        for attribute in names.values():
            setattr(article, attribute, empty(attribute))
    article.show_old_price = False
    article.description = ""
    article.extra = {}
