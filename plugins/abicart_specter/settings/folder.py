"""The shops folder as a whole: which shops there are, and what is wrong with each one's file.

Whatever a file is or holds, it is that shop's trouble and nobody else's: the functions here always return.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from abicart_specter.errors import ConfigurationError
from abicart_specter.settings.load import load_shop
from abicart_specter.settings.paths import likely_name, mapping_file, shop_file, shop_files, shop_name
from abicart_specter.settings.shop import ShopSettings
from abicart_specter.settings.yaml_file import at, read_yaml


@dataclass(frozen=True, slots=True)
class ShopInFolder:
    """A shop, its file, and whether it can be used.

    :param name: the file's name; where that cannot be a shop's name, the nearest that can.
    :param settings: ``None``: no run of the shop gets past its first task.
    :param problem: what is wrong, for a person; empty if nothing is. With ``settings``, some runs still work.
    """

    name: str
    path: Path
    settings: ShopSettings | None
    problem: str


def look_at(path: Path) -> ShopInFolder:
    """What a shop file is good for. Does not raise."""
    name, settings, problem = likely_name(path), None, ""
    try:
        shop_name(path)
        shop_file(name)  # there may be two
        settings = load_shop(path)
        problem = _missing_mappings(path, settings)
    except ConfigurationError as error:
        problem = str(error)
    except Exception as error:  # what nobody foresaw in one file must not take the other shops with it
        problem = (
            f"{path.parent.name}/{path.name}: the file cannot be used ({type(error).__name__}). "
            "Remedy: Compare the file with demo.yaml."
        )
    return ShopInFolder(name, path, settings, _printable(problem))


def all_files() -> list[ShopInFolder]:
    """Every file of the folder that is meant as a shop's.

    :raises ConfigurationError: the folder does not exist.
    """
    return [look_at(path) for path in shop_files()]


def _missing_mappings(path: Path, settings: ShopSettings) -> str:
    found = []
    for key, name in settings.mappings.model_dump().items():
        try:
            mapping_file(name)
        except ConfigurationError as error:
            line = read_yaml(path).line(("mappings", key))
            found.append(f"{at(path, line)}: mappings.{key}: {error}")
    return "\n".join(found)


def _printable(text: str) -> str:
    """Names of files may hold bytes that are no characters; Airflow's database takes characters only."""
    return re.sub("[\ud800-\udfff]", "\ufffd", text)
