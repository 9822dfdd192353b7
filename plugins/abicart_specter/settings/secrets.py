"""Refuses shop files that hold a secret: those belong in the Airflow connections, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator

from abicart_specter.settings.yaml_file import Place, YamlDocument

_SECRET_KEY = re.compile(
    r"passw|secret|token|api_?key|user_?key|md5|integration_?key|private_?key|credential|^auth(?:_|$)|^key[0-9]?$",
    re.IGNORECASE,
)
_SECRET_VALUE = re.compile(
    r"[0-9a-fA-F]{32,}|\{?[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\}?|eyJ[A-Za-z0-9_-]{10,}\..*"
)
_ACCOUNT_KEY = re.compile(
    r"^(?:sbm_?id|smb_?id|api_?user_?id|webshop_?id|host|base_?url|url)$", re.IGNORECASE
)


def find_secrets(document: YamlDocument) -> Iterator[tuple[Place, str]]:
    """Places that look like a secret or an account, with what is wrong; never with the value."""
    yield from _walk(document.data, ())


def _walk(value: object, place: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            words = _key_problem(str(key))
            if words:
                yield (*place, key), words
            else:
                yield from _walk(inner, (*place, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _walk(inner, (*place, index))
    elif isinstance(value, str) and _SECRET_VALUE.fullmatch(value.strip()):
        yield place, "the value looks like a key or token, and secrets may not be in a shop file"


def _key_problem(key: str) -> str:
    if _SECRET_KEY.search(key):
        return "secrets may not be in a shop file"
    if _ACCOUNT_KEY.search(key):
        return "addresses and account numbers are not in a shop file"
    return ""
