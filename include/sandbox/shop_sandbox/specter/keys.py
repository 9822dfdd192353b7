"""The key parameter (reference 2, seen in client code; v1 a shade less certain)."""

from __future__ import annotations

from hashlib import md5


def request_key(integration_key: str, user_key: str, sbm_id: int, covered: bytes) -> str:
    """The key for ``covered``, the bytes of the field that the action's key covers.

    v1 is the same chain with ``md5key2`` as integration key and ``md5key1`` as user key.
    """
    inner = md5((user_key + str(sbm_id)).encode("latin-1") + covered, usedforsecurity=False).hexdigest()
    return md5((integration_key + inner).encode("latin-1"), usedforsecurity=False).hexdigest()
