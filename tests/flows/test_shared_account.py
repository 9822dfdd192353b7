"""Rule 29: shops that share a Specter account run only if the prefixes of their order numbers tell them apart."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness import Export, demo_settings
from hypothesis import given
from hypothesis import strategies as st

from abicart_specter.errors import ConfigurationError
from abicart_specter.flows.check_shop import check_shop
from abicart_specter.flows.shared_account import can_be_told_apart
from abicart_specter.ledger import ShopBinding


@pytest.fixture
def shops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of shop files; the test writes them."""
    monkeypatch.setenv("ABICART_SPECTER_SHOPS_DIR", str(tmp_path))
    return tmp_path


def shop(folder: Path, name: str, prefix: str) -> None:
    text = f'orders:\n  orders_from: 2026-01-01\n  number_prefix: "{prefix}"\n'
    (folder / f"{name}.yaml").write_text(text, encoding="utf-8")


def other_shop(small: Export, *, sbm_id: int = 1000) -> None:
    """Another shop has run with the same ledger, as another API user."""
    small.ledger.bind(ShopBinding("other", 44444, sbm_id, 13))


def with_prefix(small: Export, prefix: str) -> Export:
    small.settings = demo_settings(orders__number_prefix=prefix)
    return small


@pytest.mark.parametrize(
    ("own", "others"),
    [
        ("", ""),
        ("", "B"),
        ("A", ""),
        ("A", "A"),
        ("A", "a"),
        ("A", "A1"),
        ("A20", "A"),
        ("A", "A7-R"),
        ("ß", "ss"),
    ],
)
def test_orders_that_could_get_the_same_number(small: Export, shops: Path, own: str, others: str) -> None:
    shop(shops, "other", others)
    other_shop(small)
    with pytest.raises(
        ConfigurationError, match="shop other uses the same Specter account \\(1000\\)"
    ) as caught:
        check_shop(with_prefix(small, own).context())
    assert "orders.number_prefix in demo and in other" in caught.value.remedy
    ctx = small.context()
    ctx.dry_run = True
    with pytest.raises(ConfigurationError, match="same Specter account"):
        check_shop(ctx)


def test_both_refuse(small: Export, shops: Path) -> None:
    """The one that comes second is known from then on, so that the first one refuses too."""
    shop(shops, "demo", "")
    shop(shops, "other", "B")
    check_shop(small.context())
    small.ledger.bind(ShopBinding("other", 44444, 1000, 12))
    with pytest.raises(ConfigurationError, match="Shop demo: shop other uses"):
        check_shop(small.context())
    shop(shops, "demo", "A")
    check_shop(with_prefix(small, "A").context())


@pytest.mark.parametrize(
    ("own", "others"), [("A", "B"), ("A", "AB"), ("A-", "A"), ("1-", "2-"), ("A1-", "A2-")]
)
def test_orders_that_are_told_apart(small: Export, shops: Path, own: str, others: str) -> None:
    shop(shops, "other", others)
    other_shop(small)
    assert check_shop(with_prefix(small, own).context()).webshop_id == 22222


def test_a_shop_with_an_account_of_its_own(small: Export, shops: Path) -> None:
    shop(shops, "other", "")
    other_shop(small, sbm_id=1001)
    assert check_shop(small.context()).webshop_id == 22222


def test_a_shop_that_is_gone_is_nobody_to_be_told_apart_from(small: Export, shops: Path) -> None:
    other_shop(small)
    assert check_shop(small.context()).webshop_id == 22222


def test_a_shop_whose_file_is_broken_breaks_itself_alone(small: Export, shops: Path, caplog) -> None:
    (shops / "other.yaml").write_text("orders: {orders_from: soon}\n")
    other_shop(small)
    assert check_shop(small.context()).webshop_id == 22222
    assert "shop other, whose file is broken" in caplog.text


PREFIXES = st.text("aAb1-R2", max_size=4)
NUMBERS = st.integers(1, 10**6)
REPEATS = st.sampled_from(["", "-R2", "-R3", "-R12"])


@given(PREFIXES, PREFIXES, NUMBERS, NUMBERS, REPEATS, REPEATS)
def test_no_two_orders_get_the_same_number(
    one: str, other: str, number: int, others: int, repeat: str, others_repeat: str
) -> None:
    if can_be_told_apart(one, other):
        assert f"{one}{number}{repeat}".casefold() != f"{other}{others}{others_repeat}".casefold()
    assert can_be_told_apart(one, other) == can_be_told_apart(other, one)


@given(PREFIXES, NUMBERS, st.integers(0, 5))
def test_a_prefix_with_digits_after_it_is_never_told_apart(prefix: str, number: int, digits: int) -> None:
    longer = prefix + str(number)[:digits]
    assert not can_be_told_apart(prefix, longer)
