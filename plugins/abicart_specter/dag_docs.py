"""The text that Airflow shows under a DAG's "Docs": a Markdown file beside the DAG file, filled in per shop."""

from __future__ import annotations

from pathlib import Path

from abicart_specter.errors import ConfigurationError
from abicart_specter.settings import load_shop


def dag_doc(dag_file: str, shop_file: Path, shop: str) -> str:
    """The DAG's documentation; a shop file that cannot be used is said at the top.

    :param dag_file: the DAG file's ``__file__``; the text lies beside it with the ending ``.md``.
    """
    text = Path(dag_file).with_suffix(".md").read_text(encoding="utf-8").replace("{shop}", shop)
    try:
        load_shop(shop_file)
    except ConfigurationError as error:
        return f"**This shop's settings cannot be used, so that every run stops at once.** {error}\n\n{text}"
    return text
