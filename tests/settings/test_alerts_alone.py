"""Whom a shop file names is known while the rest of it cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from abicart_specter.errors import ConfigurationError
from abicart_specter.settings import alerts_alone, load_shop, look_at

ALERTS = """\
alerts:
  # who
  language: en

  email:
    to: [owner@example.com]
"""
GOOD = f"orders:\n  orders_from: 2026-01-01\n{ALERTS}live: true\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ABICART_SPECTER_SHOPS_DIR", str(tmp_path))
    return tmp_path


def test_of_a_good_file_it_is_what_the_file_says(folder: Path) -> None:
    path = folder / "east.yaml"
    path.write_text(GOOD, encoding="utf-8")
    assert alerts_alone("east") == load_shop(path).alerts


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("nonsense: 1\n", ""),
        ("orders:\n\torders_from: 2026-01-01\n", ""),
        ("orders: [\n", ""),
        ("", "orders: [\n"),
        ("", 'shop: "begins and never ends\n'),
        ("text: \x07\n", ""),
        ("live: true\n", "live: true\n"),
    ],
)
def test_mistakes_elsewhere(folder: Path, before: str, after: str) -> None:
    path = folder / "east.yaml"
    path.write_text(before + ALERTS + after, encoding="utf-8")
    assert look_at(path).settings is None
    found = alerts_alone("east")
    assert found is not None
    assert (found.language, found.email.to) == ("en", ["owner@example.com"])


def test_a_wrong_byte_elsewhere_and_a_name_that_no_shop_can_have(folder: Path) -> None:
    (folder / "Min Butik.yml").write_bytes(b"name: K\xf6k\r\n" + ALERTS.replace("\n", "\r\n").encode())
    found = alerts_alone("min_butik")
    assert found is not None
    assert found.email.to == ["owner@example.com"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"live: true\n",
        b"alerts:\n",
        b"alerts: [\n",
        b"alerts:\n  email:\n    to: [nobody]\n",
        b"alerts:\n  email:\n    to: [\xe5gare@example.com]\n  nonsense: 1\n",
        b" alerts:\n  email:\n    to: [owner@example.com]\n",
    ],
)
def test_where_it_is_not_in_order_nobody_is_known(folder: Path, content: bytes) -> None:
    (folder / "east.yaml").write_bytes(content)
    assert alerts_alone("east") is None


def test_of_two_files_the_first_that_is_in_order(folder: Path) -> None:
    (folder / "east.yaml").write_text("alerts: [\n", encoding="utf-8")
    (folder / "east.yml").write_text(GOOD, encoding="utf-8")
    assert alerts_alone("east") is not None
    assert alerts_alone("west") is None


def test_without_a_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ABICART_SPECTER_SHOPS_DIR", str(folder / "gone"))
    with pytest.raises(ConfigurationError, match="does not exist"):
        alerts_alone("east")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
@example(b"alerts" + b"[" * 200)
@example(b"alerts: &a\n  x: *a\n")
def test_whatever_the_file_holds_it_returns(folder: Path, content: bytes) -> None:
    for begin in (b"", b"alerts:", b"alerts:\n  email:\n    "):
        (folder / "east.yaml").write_bytes(begin + content)
        alerts_alone("east")
