"""Airflow executes every file under ``plugins/`` that it is not told to ignore, under its bare name: a file called
``calendar.py`` would replace the standard library's. Only the entry file may be scanned."""

from __future__ import annotations

from airflow._shared.module_loading import find_path_from_directory
from tests.dags.parsing import REPO


def test_only_the_entry_file_is_scanned() -> None:
    plugins = REPO / "plugins"
    scanned = {
        path.removeprefix(f"{plugins}/")
        for path in find_path_from_directory(str(plugins), ".airflowignore", "glob")
        if path.endswith(".py")
    }
    assert scanned == {"abicart_specter_plugin.py"}
