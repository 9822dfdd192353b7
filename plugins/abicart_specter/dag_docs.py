"""What DAG files need to know of shops: their names, and the text shown under a DAG's "Docs"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from abicart_specter.errors import ConfigurationError
from abicart_specter.settings import load_shop, shop_files, shop_name


def shops() -> Iterator[tuple[str, Path]]:
    """Name and file of every shop. A file that cannot be used still gets its DAGs, which say so: no shop may
    vanish without a word, and none may take the others with it.
    """
    seen: set[str] = set()
    for path in shop_files():
        try:
            name = shop_name(path)
        except ConfigurationError:
            name = re.sub(r"[^a-z0-9_]", "_", path.stem.lower())
        if name not in seen:
            seen.add(name)
            yield name, path


def dag_doc(dag_file: str, shop_file: Path, shop: str) -> str:
    """The DAG's documentation; what is wrong with the shop file stands at the top.

    :param dag_file: the DAG file's ``__file__``; the text lies beside it with the ending ``.md``.
    """
    text = Path(dag_file).with_suffix(".md").read_text(encoding="utf-8").replace("{shop}", shop)
    try:
        shop_name(shop_file)
        load_shop(shop_file)
    except ConfigurationError as error:
        return f"**This shop's file cannot be used, so that every run stops at its first task.** {error}\n\n{text}"
    return text


def stock_minutes(shop_file: Path) -> int | None:
    """``stock.every_minutes`` of a shop; ``None`` for the night, also where the file cannot be used."""
    try:
        return load_shop(shop_file).stock.every_minutes
    except ConfigurationError:
        return None
