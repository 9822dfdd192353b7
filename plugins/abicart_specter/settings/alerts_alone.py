"""Who is told of alerts, from a shop file that cannot be used: that part of it is often in order."""

from __future__ import annotations

import re
from itertools import takewhile
from pathlib import Path

from pydantic import ValidationError

from abicart_specter.errors import ConfigurationError
from abicart_specter.settings.alerts import AlertSettings
from abicart_specter.settings.paths import likely_name, shop_files
from abicart_specter.settings.yaml_file import LARGEST_FILE, parse_yaml

_BEGINS = re.compile(r"alerts\s*:")


def alerts_alone(shop: str) -> AlertSettings | None:
    """The part ``alerts`` of the shop's file, or of the first of its files in which it is in order; ``None``: of none.

    :raises ConfigurationError: the folder of the shop files does not exist.
    """
    for path in shop_files():
        if likely_name(path) == shop and path.is_file() and (found := _of_file(path)) is not None:
            return found
    return None


def _of_file(path: Path) -> AlertSettings | None:
    try:
        with path.open("rb") as file:
            # one wrong byte elsewhere must not hide the addresses; one among them makes an address that is refused
            text = file.read(LARGEST_FILE).decode("utf-8-sig", errors="replace")
        return AlertSettings.model_validate(parse_yaml(path, _block(text)).data["alerts"])
    except (ConfigurationError, ValidationError, OSError):
        return None


def _block(text: str) -> str:
    """The lines of the part, whatever stands before and after it."""
    lines = iter(text.splitlines())
    first = next((line for line in lines if _BEGINS.match(line)), "")
    return "\n".join([first, *takewhile(lambda line: not line or line[0] in " \t#", lines)])
