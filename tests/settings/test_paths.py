from __future__ import annotations

from pathlib import Path

import pytest

from abicart_specter.errors import ConfigurationError
from abicart_specter.settings import (
    article_mapping_path,
    include_dir,
    load_shop_by_name,
    mapping_file,
    shop_file,
    shop_files,
    shop_name,
    shops_dir,
)

ROOT = Path(__file__).resolve().parents[2]
SMALLEST = "orders:\n  orders_from: 2026-01-01\n"


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ABICART_SPECTER_INCLUDE_DIR", raising=False)
    monkeypatch.delenv("ABICART_SPECTER_SHOPS_DIR", raising=False)


def test_by_default_the_projects_own_folder_counts() -> None:
    assert include_dir() == ROOT / "include"
    assert shops_dir() == ROOT / "include" / "shops"
    assert "demo" in [shop_name(path) for path in shop_files()]
    assert load_shop_by_name("demo").name == "demo"
    assert article_mapping_path(load_shop_by_name("demo")) == ROOT / "include" / "mappings" / "article.yaml"


def test_include_can_be_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ABICART_SPECTER_INCLUDE_DIR", str(tmp_path))
    assert include_dir() == tmp_path
    assert shops_dir() == tmp_path / "shops"


def test_a_customers_files_can_live_outside_the_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ABICART_SPECTER_SHOPS_DIR", str(tmp_path))
    for name in ("b.yaml", "a.yml", "_draft.yaml", ".hidden.yaml", "note.txt"):
        (tmp_path / name).write_text(SMALLEST, encoding="utf-8")
    assert [path.name for path in shop_files()] == ["a.yml", "b.yaml"]
    assert shop_file("b") == tmp_path / "b.yaml"
    # Without a mapping of the customer's own, the shipped one is used.
    assert mapping_file("article.yaml") == ROOT / "include" / "mappings" / "article.yaml"
    (tmp_path / "mappings").mkdir()
    (tmp_path / "mappings" / "article.yaml").write_text("", encoding="utf-8")
    assert mapping_file("article.yaml") == tmp_path / "mappings" / "article.yaml"


def test_a_missing_folder_or_shop_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ABICART_SPECTER_SHOPS_DIR", str(tmp_path / "none"))
    with pytest.raises(ConfigurationError, match="does not exist"):
        shop_files()
    monkeypatch.setenv("ABICART_SPECTER_SHOPS_DIR", str(tmp_path))
    with pytest.raises(ConfigurationError, match="Shop x has no file in"):
        shop_file("x")
    (tmp_path / "x.yaml").write_text(SMALLEST, encoding="utf-8")
    (tmp_path / "x.yml").write_text(SMALLEST, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"Shop x has two files: x\.yaml and x\.yml"):
        shop_file("x")
    with pytest.raises(ConfigurationError, match=r"There is no mapping file other\.yaml"):
        mapping_file("other.yaml")
