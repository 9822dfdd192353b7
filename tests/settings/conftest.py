"""Shop files written for one test each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from abicart_specter.errors import ConfigurationError
from abicart_specter.settings import ShopSettings, load_shop

ROOT = Path(__file__).resolve().parents[2]
SMALLEST = "orders:\n  orders_from: 2026-01-01\n"


@pytest.fixture
def load(tmp_path: Path) -> Callable[[str], ShopSettings]:
    """Settings from the text of a shop file, to which the only required setting is added if it is not there."""

    def from_text(text: str) -> ShopSettings:
        path = tmp_path / "shop1.yaml"
        path.write_text(text if "orders:" in text else text + SMALLEST, encoding="utf-8")
        return load_shop(path)

    return from_text


@pytest.fixture
def refused(load: Callable[[str], ShopSettings]) -> Callable[[str], ConfigurationError]:
    """The error that a shop file's text causes."""

    def error_of(text: str) -> ConfigurationError:
        with pytest.raises(ConfigurationError) as caught:
            load(text)
        return caught.value

    return error_of


@pytest.fixture(scope="session")
def demo_path() -> Path:
    """The shop file that the project ships."""
    return ROOT / "include" / "shops" / "demo.yaml"
