"""Installed as bin/ and the image do it, with ``plugins/`` on PYTHONPATH besides: everything is there once. And from
``plugins/`` alone, without the distribution, everything works but the form.
"""

from __future__ import annotations

import json
import shutil
import site
import subprocess
import sys
from pathlib import Path

import pytest
from tests.hooks.pressing import ABICART, at
from tests.provider.programs import run

from local_stack.files import PROJECT
from shop_sandbox.pytest_plugin import RunningSandbox

PLUGINS = str(PROJECT / "plugins")

LOOK = """
import json, os
from importlib import import_module
from importlib.metadata import entry_points
from airflow.plugins_manager import AirflowPlugin
from airflow.providers_manager import ProvidersManager

ours = "abicart_specter"
manager = import_module(os.environ.get("MANAGER", "airflow.plugins_manager"))
plugins, errors = manager._get_plugins()
"""
FOUND = """
{
    "entry points": len(entry_points(group="apache_airflow_provider", module="abicart_specter.provider_info")),
    "entry points of plugins": [point.value for point in entry_points(group="airflow.plugins") if ours in point.value],
    "plugins": [plugin.name for plugin in plugins if plugin.name == ours],
    "classes": len({one for one in AirflowPlugin.__subclasses__() if one.name == ours}),
    "errors": {str(file): words for file, words in errors.items() if ours in str(file) + words},
    "types": sorted(
        name for name, hook in ProvidersManager().hooks.items() if hook and hook.package_name == "abicart-specter"
    ),
}
"""


@pytest.mark.parametrize("path", [None, PLUGINS, f"{PLUGINS}:{PLUGINS}"], ids=["link", "path too", "twice"])
@pytest.mark.parametrize("manager", ["airflow.plugins_manager", "airflow.sdk.plugins_manager"])
def test_everything_is_there_once(tmp_path: Path, path: str | None, manager: str) -> None:
    """For servers and for tasks: each of the two has a manager of its own."""
    code = f"{LOOK}\nprint(json.dumps({FOUND.strip()}))"
    assert run(code, tmp_path, path=path, MANAGER=manager) == {
        "entry points": 1,
        "entry points of plugins": [],
        "plugins": ["abicart_specter"],
        "classes": 1,
        "errors": {},
        "types": ["abicart", "specter", "sync_ledger"],
    }


@pytest.fixture(scope="module")
def without_it(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that has all that requirements.txt names, and not the project."""
    folder = tmp_path_factory.mktemp("python")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True, timeout=60)
    [theirs] = (folder / "lib").glob("python*/site-packages")
    [ours] = [Path(one) for one in site.getsitepackages() if Path(one, "airflow").is_dir()]
    left_out = 0
    for entry in ours.iterdir():
        if "abicart_specter" in entry.name:
            left_out += 1
        elif entry.is_dir() or entry.suffix != ".pth":
            (theirs / entry.name).symlink_to(entry)
        else:
            shutil.copy(entry, theirs)
    assert left_out, "the project was not installed here at all"
    return folder / "bin" / "python"


def test_from_plugins_alone_there_is_only_no_form(without_it: Path, tmp_path: Path) -> None:
    found = run(f"{LOOK}\nprint(json.dumps({FOUND.strip()}))", tmp_path, python=without_it)
    assert found == {
        "entry points": 0,
        "entry points of plugins": [],
        "plugins": ["abicart_specter"],
        "classes": 1,
        "errors": {},
        "types": [],
    }


def test_from_plugins_alone_the_dags_are_there_and_a_hook_speaks(
    without_it: Path, tmp_path: Path, abicart_server: RunningSandbox
) -> None:
    code = """
import json, os
from airflow.dag_processing.dagbag import DagBag
bag = DagBag(os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
from abicart_specter.hooks.abicart import AbicartHook
from airflow.sdk import Connection
connection = Connection.get("abicart_demo")
with AbicartHook("demo").get_conn() as client:
    facts = client.webshop()
import abicart_specter
print(json.dumps({
    "errors": bag.import_errors,
    "dags": sorted(bag.dag_ids),
    "type": connection.conn_type,
    "by Airflow": connection.test_connection(),
    "webshop": facts.webshop_id,
    "test": AbicartHook("demo").test_connection()[0],
    "from": abicart_specter.__file__,
}))
"""
    values = json.dumps(at(abicart_server.url, ABICART))
    found = run(code, tmp_path, python=without_it, AIRFLOW_CONN_ABICART_DEMO=values)
    assert found["errors"] == {}
    assert {"product_export__demo", "order_export__demo", "nightly_import__demo"} <= set(found["dags"])
    assert Path(found["from"]).is_relative_to(PLUGINS)
    assert (found["type"], found["webshop"], found["test"]) == ("abicart", 22222, True)
    assert found["by Airflow"] == [False, 'Unknown hook type "abicart"'], "which is what the form would need"
