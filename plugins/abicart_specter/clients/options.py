"""What a client needs to know: where and as whom to speak (connections) and how patiently (options)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from abicart_specter.errors import ConfigurationError, CredentialsError


@dataclass(frozen=True, slots=True)
class HttpOptions:
    """How a client treats its server. Times in seconds.

    :param connect_timeout: for the TCP and TLS handshake.
    :param read_timeout: for each wait for more bytes. One try as a whole, sending included, takes at most
        ``total_timeout``, so that an answer that trickles in byte by byte cannot hold a task.
    :param max_tries: tries of one call, the first included.
    :param base_wait: wait after the first failed try; doubled for each further one.
    :param max_wait: where the doubling stops.
    :param max_retry_after: the longest wait a server may ask for. If it asks for more, the call is given up
        at once with :class:`RateLimitedError`, whose ``retry_after`` says how long.
    :param rate_per_second: most requests a second; ``None`` for no limit.
    :param page_size: rows asked for per page.
    :param batch_size: calls in one JSON-RPC batch.
    :param ca_file: PEM file of the certificate authority to trust instead of the usual ones, for a server
        inside a company; without, ``REQUESTS_CA_BUNDLE`` or ``SSL_CERT_FILE`` may name one. Verification itself cannot
        be switched off.
    :raises ConfigurationError: a value no client could work with.
    """

    connect_timeout: float = 10.0
    read_timeout: float = 60.0
    max_tries: int = 5
    base_wait: float = 0.5
    max_wait: float = 30.0
    max_retry_after: float = 120.0
    rate_per_second: float | None = None
    page_size: int = 100
    batch_size: int = 20
    ca_file: str | None = None

    def __post_init__(self) -> None:
        above_zero = ("connect_timeout", "read_timeout", "max_tries", "page_size", "batch_size")
        not_negative = ("base_wait", "max_wait", "max_retry_after")
        wrong = [name for name in above_zero if not getattr(self, name) > 0]
        wrong += [name for name in not_negative if not getattr(self, name) >= 0]
        if self.rate_per_second is not None and not self.rate_per_second > 0:
            wrong.append("rate_per_second")
        if wrong:
            raise ConfigurationError(
                f"Limits out of range: {', '.join(wrong)}.",
                remedy="Enter numbers above zero in the shop file.",
            )

    @property
    def total_timeout(self) -> float:
        """The longest that one try can take, in seconds."""
        return self.connect_timeout + self.read_timeout


@dataclass(frozen=True, slots=True)
class AbicartConnection:
    """One webshop.

    :param shop: the shop's name in our files, for messages.
    :param base_url: scheme, host and port.
    :param language: language of the shop's messages (ISO 639-1), not of the data.
    """

    shop: str
    base_url: str
    webshop_id: int
    token: str = field(repr=False)
    language: str = "sv"

    def __post_init__(self) -> None:
        check_address(self.shop, "Abicart", self.base_url)
        _check_secret(self.shop, "Abicart", "the auth token", self.token)


@dataclass(frozen=True, slots=True)
class SpecterConnection:
    """One Specter account as one API user.

    :param user_key: v2 apiUserKey, v1 md5key1.
    :param integration_secret: v2 integrationKey, v1 md5key2.
    :param api_user_id: v2 only; ``None`` where the account was given none.
    :param webshop_id: which of the account's webshops an order belongs to, if it has several.
    """

    shop: str
    base_url: str
    sbm_id: int
    api_version: Literal[1, 2]
    api_user_id: int | None
    user_key: str = field(repr=False)
    integration_secret: str = field(repr=False)
    webshop_id: int | None = None

    def __post_init__(self) -> None:
        check_address(self.shop, "Specter", self.base_url)
        _check_secret(self.shop, "Specter", "the user key", self.user_key)
        _check_secret(self.shop, "Specter", "the integration secret", self.integration_secret)


@dataclass(slots=True)
class RequestCounts:
    """What a client has asked of its server so far.

    ``requests`` are those that left us, tries included; one that found no connection is not among them.
    ``writes`` are the calls in them that may change data there; a batch may hold several.
    ``connections_opened`` should be 1 per client.
    """

    requests: int = 0
    retries: int = 0
    writes: int = 0
    connections_opened: int = 0

    def as_dict(self) -> dict[str, int]:
        """The counts by name."""
        return {
            "requests": self.requests,
            "retries": self.retries,
            "writes": self.writes,
            "connections_opened": self.connections_opened,
        }


def check_address(shop: str, system: str, base_url: str) -> None:
    """The address must not carry a user name: it would be sent as Basic auth."""
    try:
        parts = urlsplit(base_url)
        good = (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and (parts.port is None or parts.port > 0)
        )
    except ValueError:
        good = False
    if not good or parts.username is not None or parts.query or parts.fragment:
        raise ConfigurationError(
            f"Shop {shop}: the address of {system} is not of the form https://host:port.",
            remedy=f"Correct host, schema and port of connection {system.lower()}_{shop}.",
        )


def _check_secret(shop: str, system: str, name: str, value: str) -> None:
    if not value.strip():
        raise CredentialsError(
            f"Shop {shop}: {name} of {system} is empty.",
            remedy=f"Enter it in connection {system.lower()}_{shop}.",
        )
