from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from abicart_specter.domain.masters import SHOP_EDIT_OVERRULED, Master, replace_by_master, shop_value
from abicart_specter.domain.records import CatalogueItem

Item = Callable[..., CatalogueItem]
ROW = {"articleNo": "ART-001", "name": "Blå mössa", "priceExclVAT": "159.20", "vatPercent": "25"}
ALL = tuple(Master)


@dataclass(frozen=True)
class Known:
    shop_value: str | None
    specter_value: str | None


def replaced(
    item: CatalogueItem, masters: tuple[Master, ...], **pairs: Known
) -> tuple[dict[str, str], list[str]]:
    row, flags = replace_by_master(item, ROW, pairs, masters)
    return row, [flag.message for flag in flags]


def test_without_imports_the_shop_is_master_of_everything(item: Item) -> None:
    assert replaced(item(), (), price=Known("199", "80.00"), name=Known("x", "y")) == (ROW, [])


def test_without_anything_known_from_specter_the_shops_value_stays(item: Item) -> None:
    assert replaced(item(), ALL) == (ROW, [])
    assert replaced(item(), ALL, price=Known("199", None)) == (ROW, [])


@pytest.mark.parametrize(
    ("master", "pair", "field", "value"),
    [
        (Master.PRICE, Known("199", "150.00"), "priceExclVAT", "150.00"),
        (Master.PRICE, Known("199", "150,5"), "priceExclVAT", "150.50"),
        (Master.PRICE, Known("199", "1.234,50"), "priceExclVAT", "1234.50"),
        (Master.PRICE, Known("199", "150.125"), "priceExclVAT", "150.125"),
        (Master.VAT, Known("0.25", "12.000"), "vatPercent", "12"),
        (Master.NAME, Known("Blå mössa", "Mössa, blå"), "name", "Mössa, blå"),
    ],
)
def test_specters_last_value_goes_instead_of_the_shops(
    item: Item, master: Master, pair: Known, field: str, value: str
) -> None:
    row, flags = replaced(item(), (master,), **{master.value: pair})
    assert row == ROW | {field: value}
    assert flags == []


@pytest.mark.parametrize("specter", ["159.20", "159,2", "159.2000"])
def test_equal_values_keep_the_rows_own_writing(item: Item, specter: str) -> None:
    assert replaced(item(), ALL, price=Known("180", specter)) == (ROW, [])


def test_a_field_is_only_replaced_while_its_import_is_on(item: Item) -> None:
    row, _ = replaced(item(), (Master.NAME,), price=Known("199", "1.00"), name=Known("x", "Ny"))
    assert row == ROW | {"name": "Ny"}


@pytest.mark.parametrize(
    ("changes", "master", "pair", "words"),
    [
        (
            {"pricing": None, "price": {"regular": {"SEK": Decimal("210.00")}}},
            Master.PRICE,
            Known("199.00", "150.00"),
            "The price was changed in the shop to '210', but Specter is master of it: '150.00' is sent.",
        ),
        (
            {"vatRate": Decimal("0.12"), "pricing": None},
            Master.VAT,
            Known("0.25", "6"),
            "The vat was changed in the shop to '0.12', but Specter is master of it: '6' is sent.",
        ),
        (
            {"name": {"sv": "Ny mössa"}},
            Master.NAME,
            Known("Blå mössa", "Mössa"),
            "The name was changed in the shop to 'Ny mössa', but Specter is master of it: 'Mössa' is sent.",
        ),
    ],
)
def test_a_shop_edit_of_specters_field_is_flagged_with_both_values(
    item: Item, changes: dict[str, Any], master: Master, pair: Known, words: str
) -> None:
    edited = item(**changes)
    _, flags = replace_by_master(edited, ROW, {master.value: pair}, (master,))
    assert [(flag.rule, flag.message, flag.key) for flag in flags] == [
        (SHOP_EDIT_OVERRULED, words, edited.key)
    ]


def test_a_value_that_is_still_the_settled_one_is_no_edit(item: Item) -> None:
    assert replaced(item(), ALL, price=Known("199.000", "150.00"))[1] == []


def test_a_field_that_the_mapping_does_not_send_is_not_added(item: Item) -> None:
    row, _ = replace_by_master(item(), {"articleNo": "A"}, {"price": Known("1", "2")}, ALL)
    assert row == {"articleNo": "A"}


def test_shop_values_are_written_one_way(item: Item) -> None:
    cap = item()
    assert [shop_value(cap, master) for master in Master] == ["Blå mössa", None, "199", None, "0.25"]
    assert shop_value(item(vatRate=None, price=None, pricing=None), Master.PRICE) is None
