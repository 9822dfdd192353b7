"""What DAG files need to know of shops: their names, and the text shown under a DAG's "Docs"."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path

from abicart_specter.settings import all_files, look_at, shop_files
from abicart_specter.settings.paths import likely_name


def shops() -> Iterator[tuple[str, Path]]:
    """Name and file of every shop. A file that cannot be used still gets its DAGs, which say so: no shop may
    vanish without a word, and none may take the others with it. Where two files come to one name, the DAGs are of
    the one that really has it; ``shop_problems`` tells of both.
    """
    found: dict[str, Path] = {}
    for path in shop_files():
        name = likely_name(path)
        if name not in found or (path.stem == name and found[name].stem != name):
            found[name] = path
    yield from sorted(found.items())


def dag_doc(dag_file: str, shop_file: Path, shop: str) -> str:
    """The DAG's documentation; what is wrong with the shop file stands at the top.

    :param dag_file: the DAG file's ``__file__``; the text lies beside it with the ending ``.md``.
    """
    text = Path(dag_file).with_suffix(".md").read_text(encoding="utf-8").replace("{shop}", shop)
    seen = look_at(shop_file)
    if not seen.problem:
        return text
    stopped = "every run" if seen.settings is None else "every run that needs it"
    problem = escape(seen.problem, quote=False)
    words = f"**This shop's file cannot be used, so that {stopped} stops at its first task.** {problem}"
    return f"{words}\n\n{text}"


def shop_problems() -> str:
    """What is wrong in the shops folder, a paragraph per file; empty if nothing is."""
    return "\n\n".join(f"Shop {one.name}: {one.problem}" for one in all_files() if one.problem)


def stock_minutes(shop_file: Path) -> int | None:
    """``stock.every_minutes`` of a shop; ``None`` for the night, also where the file cannot be used."""
    settings = look_at(shop_file).settings
    return None if settings is None else settings.stock.every_minutes
