"""The provider as Airflow reads it: by its own schemas, without importing anything, and with the hooks it names."""

from __future__ import annotations

import json
from importlib.metadata import distribution, entry_points
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from airflow._shared.secrets_masker import should_hide_value_for_key
from airflow.providers_manager import ProvidersManager
from airflow.sdk.providers_manager_runtime import ProvidersManagerTaskRuntime
from tests.provider.programs import run

from abicart_specter import __version__
from abicart_specter.hooks.abicart import AbicartHook
from abicart_specter.hooks.ledger import LedgerHook
from abicart_specter.hooks.specter import SpecterHook
from abicart_specter.provider_info import get_provider_info

NAME = "abicart-specter"
HOOKS: dict[str, Any] = {"abicart": AbicartHook, "specter": SpecterHook, "sync_ledger": LedgerHook}
TYPES = {one["connection-type"]: one for one in get_provider_info()["connection-types"]}
STANDARD = {"host", "port", "login", "password", "schema", "description", "extra"}


def schema(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(files("airflow").joinpath(name).read_text(encoding="utf-8"))
    return loaded


def test_it_is_what_airflow_reads_at_its_start() -> None:
    jsonschema.Draft7Validator(schema("provider_info.schema.json")).validate(get_provider_info())


def test_the_forms_are_what_airflow_asks_of_its_own_providers() -> None:
    forms = schema("provider.yaml.schema.json")["properties"]["connection-types"]
    jsonschema.Draft7Validator.check_schema(forms)
    jsonschema.Draft7Validator(forms).validate(get_provider_info()["connection-types"])


def test_the_distribution_says_who_it_is() -> None:
    info = get_provider_info()
    assert (info["package-name"], info["versions"]) == (NAME, [__version__])
    assert (distribution(NAME).name, distribution(NAME).version) == (NAME, __version__)
    [point] = entry_points(group="apache_airflow_provider", module="abicart_specter.provider_info")
    assert point.load() is get_provider_info


def test_asking_it_imports_nothing(tmp_path: Path) -> None:
    """Every process of Airflow asks at its start."""
    code = (
        "import json, sys; before = set(sys.modules); from abicart_specter.provider_info import get_provider_info;"
        "get_provider_info(); print(json.dumps(sorted({name.partition('.')[0] for name in set(sys.modules) - before})))"
    )
    loaded = set(run(code, tmp_path))
    assert "abicart_specter" in loaded
    assert not loaded & {"airflow", "pandas", "sqlalchemy", "pydantic", "requests", "alembic"}


@pytest.mark.parametrize("manager", [ProvidersManager, ProvidersManagerTaskRuntime])
def test_airflow_finds_it_once_and_can_test_its_connections(
    manager: Any, caplog: pytest.LogCaptureFixture
) -> None:
    found = manager()
    assert found.providers[NAME].version == __version__
    hooks = {name: hook for name, hook in found.hooks.items() if hook and hook.package_name == NAME}
    assert {name: hook.hook_class_name for name, hook in hooks.items()} == {
        name: f"{hook.__module__}.{hook.__name__}" for name, hook in HOOKS.items()
    }
    assert all(hook.connection_testable for hook in hooks.values())
    assert "abicart" not in caplog.text


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_fits_its_type(name: str) -> None:
    hook, kind = HOOKS[name], TYPES[name]
    assert (hook.conn_type, hook.hook_name) == (name, kind["hook-name"])
    assert hook(**{hook.conn_name_attr: "some_id"}).test_connection.__doc__


@pytest.mark.parametrize("name", ["abicart", "specter"])
def test_the_form_has_every_field_that_the_hook_knows(name: str) -> None:
    assert set(TYPES[name]["conn-fields"]) == HOOKS[name].allowed_extra


@pytest.mark.parametrize("name", TYPES)
def test_every_field_says_what_it_is(name: str) -> None:
    kind = TYPES[name]
    behaviour = kind["ui-field-behaviour"]
    assert set(behaviour["relabeling"]) <= STANDARD
    assert set(behaviour["placeholders"]) <= STANDARD
    assert "port" not in behaviour["hidden-fields"], "an empty port cannot be tested in Airflow 3.3.2"
    assert "enter" in behaviour["relabeling"]["port"]
    for field in kind["conn-fields"].values():
        assert field["label"]
        assert field["description"].endswith(".")


@pytest.mark.parametrize("name", TYPES)
def test_what_is_typed_hidden_is_masked_wherever_airflow_shows_it(name: str) -> None:
    """And nothing else is: a masked number would be a riddle."""
    for field, words in TYPES[name]["conn-fields"].items():
        assert should_hide_value_for_key(field) is (words["schema"].get("format") == "password"), field
