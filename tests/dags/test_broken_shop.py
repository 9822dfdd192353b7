"""A shop file that cannot be used breaks that shop alone, and everybody can see why."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.dags.parsing import REPO, load_dags

DEMO = (REPO / "include/shops/demo.yaml").read_text("utf-8")


@pytest.fixture
def shops_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ABICART_SPECTER_SHOPS_DIR", str(tmp_path))
    (tmp_path / "good.yaml").write_text(DEMO, "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("file_name", "text", "dag", "words"),
    [
        ("bad.yaml", DEMO.replace("base_currency: SEK", "base_currency: EUR"), "bad", "base_currency"),
        ("bad.yaml", DEMO + "\nno_such_key: 1\n", "bad", "no_such_key"),
        ("bad.yaml", "orders: [", "bad", "bad.yaml"),
        ("My Shop.yaml", DEMO, "my_shop", "Rename the file"),
    ],
)
def test_the_others_go_on(shops_dir: Path, file_name: str, text: str, dag: str, words: str) -> None:
    (shops_dir / file_name).write_text(text, "utf-8")
    bag = load_dags()
    assert bag.import_errors == {}
    assert {"product_export__good", f"product_export__{dag}"} <= set(bag.dags)
    assert words in bag.dags[f"product_export__{dag}"].doc_md
    assert bag.dags[f"product_export__{dag}"].doc_md.startswith("**This shop's file cannot be used")
    assert bag.dags["product_export__good"].doc_md.startswith("# Product export of good")


def test_a_new_shop_file_is_a_new_set_of_dags(shops_dir: Path) -> None:
    (shops_dir / "second.yaml").write_text(DEMO, "utf-8")
    flows = {path.stem for path in (REPO / "dags").glob("*.py")}
    assert set(load_dags().dags) == {f"{flow}__{shop}" for flow in flows for shop in ("good", "second")}
