"""A shop file that cannot be used breaks that shop alone, and everybody can see why."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from airflow.serialization.serialized_objects import DagSerialization
from tests.dags.parsing import REPO, flow_files, load_dags

from abicart_specter.errors import ConfigurationError
from abicart_specter.settings import load_shop_by_name

SHOWS = "shop_files.py"

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
    assert list(bag.import_errors) == [SHOWS]
    assert f"Shop {dag}: " in bag.import_errors[SHOWS]
    assert words in bag.import_errors[SHOWS]
    assert {"product_export__good", f"product_export__{dag}"} <= set(bag.dags)
    assert words in bag.dags[f"product_export__{dag}"].doc_md
    assert bag.dags[f"product_export__{dag}"].doc_md.startswith("**This shop's file cannot be used")
    assert bag.dags["product_export__good"].doc_md.startswith("# Product export of good")


def test_many_kinds_at_once(shops_dir: Path) -> None:
    """Each shop keeps its DAGs, so that its history stays in sight, and one import error tells of all."""
    (shops_dir / "empty.yaml").write_bytes(b"")
    (shops_dir / "folder.yaml").mkdir()
    os.mkfifo(shops_dir / "pipe.yaml")
    (shops_dir / "latin1.yaml").write_bytes(b"# \xe5\n")
    (shops_dir / os.fsdecode(b"\xe5re.yaml")).write_text(DEMO, "utf-8")
    (shops_dir / "deep.yaml").write_text("orders: " + "[" * 5000)
    (shops_dir / "large.yaml").write_bytes(b"# x\n" * 100_000)
    (shops_dir / "number.yaml").write_text(
        "orders: {orders_from: 2026-01-01, sweep_days: " + "9" * 5000 + "}"
    )
    (shops_dir / "nowhere.yaml").symlink_to("gone.yaml")
    (shops_dir / "twice.yaml").write_text(DEMO, "utf-8")
    (shops_dir / "twice.yml").write_text(DEMO, "utf-8")
    (shops_dir / "mapped.yaml").write_text(DEMO.replace("order: order.yaml", "order: ours.yaml"), "utf-8")
    broken = {path.stem for path in shops_dir.iterdir()} - {"good", os.fsdecode(b"\xe5re")} | {"_re"}
    bag = load_dags()
    assert list(bag.import_errors) == [SHOWS]
    bag.import_errors[SHOWS].encode("utf-8")
    for shop in broken:
        assert f"\n\nShop {shop}: " in bag.import_errors[SHOWS]
    assert "Shop good" not in bag.import_errors[SHOWS]
    assert set(bag.dags) == {f"{path.stem}__{shop}" for path in flow_files() for shop in {"good", *broken}}
    for dag in bag.dags.values():
        DagSerialization.to_dict(dag)
        dag.doc_md.encode("utf-8")
        assert ("cannot be used" in dag.doc_md) == (not dag.dag_id.endswith("__good"))


def test_a_misnamed_file_takes_no_other_shops_place(shops_dir: Path) -> None:
    (shops_dir / "Good.yaml").write_text("orders: [", "utf-8")
    every_20 = DEMO.replace("  every_minutes:", "  every_minutes: 20")
    (shops_dir / "good.yaml").write_text(every_20, "utf-8")
    bag = load_dags()
    assert {dag.split("__")[1] for dag in bag.dags} == {"good"}
    assert "cannot be used" not in bag.dags["stock_import__good"].doc_md
    assert (
        DagSerialization.to_dict(bag.dags["stock_import__good"])["dag"]["timetable"]["__var"]["expression"]
        == "*/20 * * * *"
    )
    assert "Good.yaml: a shop's name may hold" in bag.import_errors[SHOWS]


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("Min Butik.yaml", DEMO, "shops/Min Butik.yaml: a shop's name may hold"),
        ("min_butik.yaml", "orders: [", "shops/min_butik.yaml, line 1: this is not valid YAML"),
    ],
)
def test_its_runs_stop_with_the_same_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str, words: str
) -> None:
    folder = tmp_path / "shops"
    folder.mkdir()
    monkeypatch.setenv("ABICART_SPECTER_SHOPS_DIR", str(folder))
    (folder / name).write_text(text, "utf-8")
    assert words in load_dags().dags["product_export__min_butik"].doc_md
    with pytest.raises(ConfigurationError) as caught:
        load_shop_by_name("min_butik")
    assert words in str(caught.value)


def test_a_new_shop_file_is_a_new_set_of_dags(shops_dir: Path) -> None:
    (shops_dir / "second.yaml").write_text(DEMO, "utf-8")
    flows = {path.stem for path in flow_files()}
    assert set(load_dags().dags) == {f"{flow}__{shop}" for flow in flows for shop in ("good", "second")}
