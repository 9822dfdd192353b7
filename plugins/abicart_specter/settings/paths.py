"""Where the project's own files are: settings of shops, field mappings."""

from __future__ import annotations

import os
import re
from pathlib import Path

from abicart_specter.errors import ConfigurationError

INCLUDE_DIR_VARIABLE = "ABICART_SPECTER_INCLUDE_DIR"
SHOPS_DIR_VARIABLE = "ABICART_SPECTER_SHOPS_DIR"

_SHOP_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


def include_dir() -> Path:
    """The folder with ``shops`` and ``mappings``: ``$ABICART_SPECTER_INCLUDE_DIR``, else ``include`` beside the
    folder that holds this package's ``plugins``.
    """
    moved = os.environ.get(INCLUDE_DIR_VARIABLE)
    return Path(moved).expanduser() if moved else Path(__file__).resolve().parents[3] / "include"


def shops_dir() -> Path:
    """The folder of the shop files: ``$ABICART_SPECTER_SHOPS_DIR``, else ``shops`` in :func:`include_dir`."""
    moved = os.environ.get(SHOPS_DIR_VARIABLE)
    return Path(moved).expanduser() if moved else include_dir() / "shops"


def shop_files() -> list[Path]:
    """All shop files, sorted by name. Names that begin with a dot or an underscore are left out.

    :raises ConfigurationError: the folder does not exist.
    """
    folder = shops_dir()
    if not folder.is_dir():
        raise ConfigurationError(
            f"The folder of the shop files does not exist: {folder}",
            remedy=f"Create it, or let {SHOPS_DIR_VARIABLE} name the right one.",
        )
    return sorted(
        path
        for path in folder.iterdir()
        if path.suffix.lower() in (".yaml", ".yml") and path.name[0] not in "._"
    )


def shop_name(path: Path) -> str:
    """The shop's name: the file's name without its ending.

    :raises ConfigurationError: the name does not fit the ids of DAGs and connections.
    """
    name = path.stem
    if path.suffix.lower() in (".yaml", ".yml") and not path.suffix.islower():
        raise ConfigurationError(
            f"{path.parent.name}/{path.name}: a shop file's ending is .yaml, in small letters.",
            remedy="Rename the file.",
        )
    if not _SHOP_NAME.fullmatch(name):
        raise ConfigurationError(
            f"{path.parent.name}/{path.name}: a shop's name may hold a–z, 0–9 and _, must begin with a letter and "
            "be at most 40 characters long, because DAGs and connections are called by it.",
            remedy="Rename the file.",
        )
    return name


def likely_name(path: Path) -> str:
    """The file's name made into one that DAGs can have: ``Min Butik.yaml`` → ``min_butik``."""
    return re.sub(r"[^a-z0-9_]", "_", path.stem.lower())[:40]


def shop_file(shop: str) -> Path:
    """The file of a shop.

    :raises ConfigurationError: there is none, or there are two.
    """
    files = shop_files()
    found = [path for path in files if path.stem == shop]
    if len(found) == 1:
        return found[0]
    if found:
        raise ConfigurationError(
            f"Shop {shop} has two files: {found[0].name} and {found[1].name}.", remedy="Remove one of them."
        )
    for path in files:
        if likely_name(path) == shop:
            shop_name(path)  # says what is wrong with the name
    raise ConfigurationError(
        f"Shop {shop} has no file in {shops_dir()}.",
        remedy=f"Create {shop}.yaml after the model of demo.yaml.",
    )


def mapping_file(name: str) -> Path:
    """A field mapping by its file name: in ``mappings`` beside the shop files if there, else in ``include``.

    :raises ConfigurationError: there is no such file.
    """
    folders = [shops_dir() / "mappings", include_dir() / "mappings"]
    for folder in folders:
        if (folder / name).is_file():
            return folder / name
    raise ConfigurationError(
        f"There is no mapping file {name} in {folders[0]} or {folders[1]}.",
        remedy="Correct the name under “mappings” in the shop file, or put the file there.",
    )
