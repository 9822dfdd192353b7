"""Pairs of values: replaced by each confirmed write, with what an import intends beside them (rules 22, 24, 34)."""

from __future__ import annotations

from datetime import UTC, datetime

from ledger_samples import article_key, variant_key

from abicart_specter.ledger import Ledger, Pair, PairOrigin, PairValues

ONE = article_key(1)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def pair(ledger: Ledger, field: str = "price") -> Pair:
    return ledger.pairs("demo", [ONE])[ONE][field]


def test_an_item_without_pairs_has_none(ledger: Ledger) -> None:
    assert ledger.pairs("demo", [ONE, variant_key(1)]) == {ONE: {}, variant_key(1): {}}


def test_each_confirmed_write_replaces_the_pair(url: str) -> None:
    with Ledger.open(url, clock=lambda: NOON) as ledger:
        ledger.settle_pairs("demo", [PairValues(ONE, "price", "249.00", "199.20")], PairOrigin.EXPORT)
        assert pair(ledger) == Pair("249.00", "199.20", NOON, PairOrigin.EXPORT)
        ledger.settle_pairs("demo", [PairValues(ONE, "price", "250.00", "200.00")], PairOrigin.IMPORT)
        assert pair(ledger) == Pair("250.00", "200.00", NOON, PairOrigin.IMPORT)


def test_what_an_import_intends_stands_beside_the_settled_pair_until_it_is_confirmed(ledger: Ledger) -> None:
    ledger.settle_pairs("demo", [PairValues(ONE, "price", "249.00", "199.20")], PairOrigin.EXPORT)
    ledger.intend_pairs("demo", [PairValues(ONE, "price", "250.00", "200.00")])
    open_pair = pair(ledger)
    assert (open_pair.shop_value, open_pair.intended_shop_value) == ("249.00", "250.00")
    assert open_pair.intended_at is not None
    ledger.settle_pairs("demo", [PairValues(ONE, "price", "250.00", "200.00")], PairOrigin.IMPORT)
    settled = pair(ledger)
    assert (settled.shop_value, settled.intended_shop_value, settled.intended_at) == ("250.00", None, None)


def test_another_settlement_leaves_the_intent_open(ledger: Ledger) -> None:
    ledger.intend_pairs("demo", [PairValues(ONE, "name", None, "Ny")])
    assert pair(ledger, "name").settled_at is None
    ledger.settle_pairs("demo", [PairValues(ONE, "name", "Gammal", "Gammal")], PairOrigin.EXPORT)
    after = pair(ledger, "name")
    assert (after.shop_value, after.intended_specter_value) == ("Gammal", "Ny")
    ledger.settle_pairs("demo", [PairValues(ONE, "name", None, "Ny")], PairOrigin.UNDO)
    assert pair(ledger, "name").intended_at is None


def test_none_and_the_empty_text_are_two_values(ledger: Ledger) -> None:
    ledger.intend_pairs("demo", [PairValues(ONE, "name", "", None)])
    ledger.settle_pairs("demo", [PairValues(ONE, "name", None, "")], PairOrigin.IMPORT)
    after = pair(ledger, "name")
    assert (after.shop_value, after.specter_value) == (None, "")
    assert after.intended_shop_value == ""


def test_fields_items_and_shops_are_kept_apart(ledger: Ledger) -> None:
    values = [
        PairValues(ONE, "price", "1", "1"),
        PairValues(ONE, "vat", "2", "2"),
        PairValues(variant_key(1), "price", "3", "3"),
    ]
    ledger.settle_pairs("demo", values, PairOrigin.EXPORT)
    ledger.settle_pairs("other", [PairValues(ONE, "price", "4", "4")], PairOrigin.EXPORT)
    found = ledger.pairs("demo", [ONE, variant_key(1)])
    assert {
        (key, field): known.shop_value for key, fields in found.items() for field, known in fields.items()
    } == {
        (ONE, "price"): "1",
        (ONE, "vat"): "2",
        (variant_key(1), "price"): "3",
    }
