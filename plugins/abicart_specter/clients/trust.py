"""Whom a client trusts: the certificate authorities, and why a server's certificate was not accepted.

Verification cannot be switched off. A server inside a company, or a proxy that opens connections, has a certificate of
an authority of the company's own; its file is named by ``REQUESTS_CA_BUNDLE`` or ``SSL_CERT_FILE``, as usual.
"""

from __future__ import annotations

import os
import ssl
from pathlib import Path

from abicart_specter.errors import ConfigurationError

VARIABLES = ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")
"""The first one that is set counts."""

_UNKNOWN = "its authority is not one that is trusted here"
_REASONS = {
    9: "it is not valid yet",
    10: "it has expired",
    18: _UNKNOWN,
    19: _UNKNOWN,
    20: _UNKNOWN,
    21: _UNKNOWN,
    62: "it is for another server name",
    64: "it is for another server name",
}
"""By OpenSSL's number of what the verification found."""


def authorities(ca_file: str | None) -> str | bool:
    """What requests takes as ``verify``: the file to trust instead of the usual authorities, or ``True`` for those.

    :param ca_file: of the options; without, the environment decides.
    :raises ConfigurationError: the file named is not there.
    """
    named = [(name, os.environ.get(name)) for name in VARIABLES]
    where, file = next(((name, file) for name, file in [("ca_file", ca_file), *named] if file), ("", None))
    if file is None:
        return True
    if not Path(file).exists():
        raise ConfigurationError(
            f"The file of certificate authorities that {where} names is not there: {file}",
            remedy=f"Put it there on every worker, or unset {where}.",
        )
    return file


def why_untrusted(error: ssl.SSLCertVerificationError) -> str:
    """Why a certificate was not accepted, in words of ours."""
    reason = _REASONS.get(error.verify_code)
    return "the server's certificate could not be verified" + (f": {reason}" if reason else "")
