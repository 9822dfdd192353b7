"""Real baskets from CSV files in the shape of UCI's "Online Retail": what was bought, read as it is, dirt and all."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TextIO

from shop_sandbox.abicart.times import parse_time
from shop_sandbox.core.errors import UsageError

COLUMNS = (
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of an invoice. ``quantity`` of a cancellation is turned to what was taken back, above 0."""

    code: str
    description: str
    quantity: Decimal
    price: Decimal


@dataclass(slots=True)
class Invoice:
    """One invoice.

    :param customer: the customer's number as digits; empty for a guest.
    :param at: local time, taken as the shop's.
    :param left_out: why rows cannot be sold → how many.
    """

    number: str
    at: datetime
    customer: str
    country: str
    lines: list[Line] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)

    @property
    def is_cancellation(self) -> bool:
        return self.number[:1].upper() == "C"


def read_invoices(folder: Path, days: tuple[str, ...] = ()) -> list[Invoice]:
    """All invoices of the folder's ``.csv`` and ``.csv.gz`` files, or of these days, in the order of their times.

    Raises ``UsageError`` for a folder or a file that is none of this kind; names file and row.
    """
    files = sorted(path for path in folder.glob("*") if path.name.endswith((".csv", ".csv.gz")))
    if not files:
        raise UsageError(f"baskets: {folder} is no folder with .csv or .csv.gz files")
    invoices: dict[str, Invoice] = {}
    for path in files:
        for place, row in _rows(path):
            day = row["InvoiceDate"][:10]
            if not days or day in days:
                _add(invoices, row, f"{path.name} row {place}")
    return sorted(invoices.values(), key=lambda one: (one.at, one.number))


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    with _open(path) as file:
        reader = csv.DictReader(file)
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise UsageError(f"baskets: {path.name} has no column {', '.join(missing)}")
        for place, row in enumerate(reader, start=2):
            yield place, {name: row[name] or "" for name in COLUMNS}


def _open(path: Path) -> TextIO:
    if path.name.endswith(".gz"):
        return gzip.open(path, "rt", encoding="utf-8", newline="")
    return path.open(encoding="utf-8", newline="")


def _add(invoices: dict[str, Invoice], row: dict[str, str], where: str) -> None:
    number = row["InvoiceNo"].strip()
    at = parse_time(row["InvoiceDate"])
    if not number or at is None:
        raise UsageError(f"baskets: {where} has no InvoiceNo or no InvoiceDate such as 2010-12-01 08:26:00")
    invoice = invoices.setdefault(
        number, Invoice(number, at, row["CustomerID"].strip().split(".")[0], row["Country"].strip())
    )
    quantity, price = _decimal(row["Quantity"]), _decimal(row["UnitPrice"])
    if quantity is None or price is None or not row["StockCode"]:
        reason = "unreadable"
    elif price < 0:
        reason = "negative_price"
    elif (quantity < 0) != invoice.is_cancellation or not quantity:
        reason = "wrong_sign"
    else:
        line = Line(row["StockCode"], row["Description"], abs(quantity), price)
        invoice.lines.append(line)
        return
    invoice.left_out[reason] = invoice.left_out.get(reason, 0) + 1


def _decimal(text: str) -> Decimal | None:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
