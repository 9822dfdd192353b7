"""Whom a client trusts: the certificate authorities, why a server's certificate was not accepted, and plain http.

Verification cannot be switched off. A server inside a company, or a proxy that opens connections, has a certificate of
an authority of the company's own; its file is named by ``REQUESTS_CA_BUNDLE`` or ``SSL_CERT_FILE``, as usual.
"""

from __future__ import annotations

import os
import ssl
from pathlib import Path
from urllib.parse import urlsplit

from abicart_specter.errors import ConfigurationError

VARIABLES = ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")
"""The first one that is set counts."""

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
PLAIN_HTTP_VARIABLE = "ABICART_SPECTER_PLAIN_HTTP_HOSTS"
"""Names, separated by commas, the hosts besides this machine that may be spoken to without encryption. It is there
for a trial's sandbox in containers of its own; with a real key in the address, everybody on the way can read it."""

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


def plain_http_hosts() -> frozenset[str]:
    """The hosts to which plain http is allowed."""
    named = (one.strip().lower() for one in os.environ.get(PLAIN_HTTP_VARIABLE, "").split(","))
    return LOOPBACK_HOSTS | {one for one in named if one}


def may_be_read_on_the_way(base_url: str) -> bool:
    """Whether the address is plain http to a host that is neither this machine nor named for it.

    :raises ValueError: it is no address.
    """
    parts = urlsplit(base_url)
    return parts.scheme == "http" and parts.hostname not in plain_http_hosts()


def refuse_plain_http(system: str, base_url: str) -> None:
    """Keys and tokens travel in the address, so nothing may leave in plain http.

    :param system: for the message.
    :raises ConfigurationError: the address may be read on the way.
    """
    if may_be_read_on_the_way(base_url):
        raise ConfigurationError(
            f"The address of {system} is plain http to {urlsplit(base_url).hostname}, but keys travel in it: nothing "
            "was sent.",
            remedy=f"Enter https. Plain http is for this machine, and for the hosts that {PLAIN_HTTP_VARIABLE} names.",
        )
