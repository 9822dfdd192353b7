from __future__ import annotations

from abicart_specter.domain.mapping_file import ARTICLE_WIRE_NAMES
from abicart_specter.domain.special_numbers import special_row
from abicart_specter.settings import ShopSettings


def test_special_numbers_are_articles_without_price_and_stock(shop: ShopSettings) -> None:
    rows = [special_row(special) for special in shop.special_numbers()]
    assert [row["articleNo"] for row in rows] == [
        "PRESENTKORT",
        "RABATT",
        "AVGIFT",
        "FRAKT",
        "POSTFORSKOTT",
        "AVRUNDNING",
    ]
    for row in rows:
        assert set(row) <= set(ARTICLE_WIRE_NAMES)
        assert row["priceExclVAT"] == "0.00"
        assert row["createArticleStock"] == "0"
        "".join(row.values()).encode("latin-1")


def test_money_that_is_no_sale_has_no_vat(shop: ShopSettings) -> None:
    vat = {special.role: special.vat_percent for special in shop.special_numbers()}
    assert vat["gift card"] == vat["rounding"] == "0"
    assert vat["delivery"] == "25"
