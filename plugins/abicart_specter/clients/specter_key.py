"""The ``key`` parameter with which every call to Specter is signed.

Specter reference 2: v2 seen in running client code, v1 only in a comment of it, so a shade less certain. It is
the same chain; what v1 calls md5key1 and md5key2 are the connection's user key and integration secret. MD5 is
their choice, not ours.
"""

from __future__ import annotations

import hashlib

from abicart_specter.clients.options import SpecterConnection
from abicart_specter.errors import RecordError

CHARSET = "iso-8859-1"


def request_key(connection: SpecterConnection, covered: str) -> str:
    """32 lower-case hex digits.

    :param covered: the text that the function's key covers: the first row's article number, the batch number,
        the customer's name or number.
    :raises RecordError: it does not fit ISO-8859-1, so no key for it exists.
    """
    wrong = next((char for char in covered if ord(char) > 0xFF), None)
    if wrong is not None:
        raise RecordError(
            f"Shop {connection.shop}: the text that signs the call holds U+{ord(wrong):04X}, "
            "which Specter cannot take.",
            rule="text_outside_latin1",
            remedy="Use letters and digits that exist in ISO-8859-1.",
        )
    inner = _md5_hex(f"{connection.user_key}{connection.sbm_id}{covered}")
    return _md5_hex(f"{connection.integration_secret}{inner}")


def _md5_hex(text: str) -> str:
    return hashlib.md5(text.encode(CHARSET), usedforsecurity=False).hexdigest()
