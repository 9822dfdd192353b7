"""A row's content as one short text, by which a flow knows that nothing changed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping


def row_hash(row: Mapping[str, str]) -> str:
    """SHA-256 over names and texts, whatever their order. Stable over processes and versions of Python."""
    digest = hashlib.sha256()
    for name in sorted(row):
        for part in (name, row[name]):
            data = part.encode("utf-8", "surrogatepass")
            digest.update(len(data).to_bytes(4, "big"))
            digest.update(data)
    return digest.hexdigest()
