"""Every error this package raises, in four branches that decide what happens next.

``RetriableError``
    The outside did not answer properly (transport, 429, 5xx, an answer nobody can read). Trying again may mend it.
``FatalError``
    Credentials, configuration, base currency, ledger missing or swapped. No retry can mend it; a person must.
``RecordError``
    One record is wrong. It is held with the reason, the rest goes on.
``UnconfirmedError``
    A write was sent and its answer was lost. It may or may not have taken effect; nobody may assume either.

Messages name the shop, the record, the field and the remedy, and never hold a secret or personal data.
"""

from __future__ import annotations


class AbicartSpecterError(Exception):
    """Root of all errors of this package.

    :param message: what is wrong, in words its reader understands.
    :param remedy: what the reader can do about it; appended to the text.
    """

    def __init__(self, message: str, *, remedy: str = "") -> None:
        self.message = message
        self.remedy = remedy
        super().__init__(message, remedy)

    def __str__(self) -> str:
        return f"{self.message} Remedy: {self.remedy}" if self.remedy else self.message


class RetriableError(AbicartSpecterError):
    """Trying again later may mend it."""


class TransportError(RetriableError):
    """No usable HTTP answer to a request that has no effect (a read), or one that surely never reached the server."""


class RateLimitedError(RetriableError):
    """The server asked us to slow down (429, or 503 with Retry-After) more often than we may retry.

    :param retry_after: seconds the server asked for, if it said.
    """

    def __init__(self, message: str, *, remedy: str = "", retry_after: float | None = None) -> None:
        super().__init__(message, remedy=remedy)
        self.retry_after = retry_after


class UnreadableAnswerError(RetriableError):
    """A read was answered with something that is not the expected format (HTML page, cut XML, unknown shape)."""


class ServerFaultError(RetriableError):
    """The server says that it failed itself (5xx, JSON-RPC -32603 or -32000…-32099)."""


class CatalogueChangedError(RetriableError):
    """The catalogue kept changing while it was read, so that what was read does not match the shop's own count."""


class OrdersMissedError(RetriableError):
    """The shop counts more orders than it lists."""


class EmptyCatalogueError(RetriableError):
    """The shop answered that it has no articles at all: more likely a fault or missing rights than the truth."""


class LeaseHeldError(RetriableError):
    """Another run holds the lease on these records.

    :param seconds_left: seconds until the lease runs out.
    """

    def __init__(self, message: str, *, remedy: str = "", seconds_left: float = 0.0) -> None:
        super().__init__(message, remedy=remedy)
        self.seconds_left = seconds_left


class FatalError(AbicartSpecterError):
    """No retry can mend it."""


class CredentialsError(FatalError):
    """A system refuses our credentials, or the connection lacks them."""


class ConfigurationError(FatalError):
    """A connection, shop file or mapping file is wrong; the text names file and line."""


class BaseCurrencyError(FatalError):
    """The shop's base currency is not SEK."""


class LedgerError(FatalError):
    """The ledger is missing, not migrated, lost, or belongs to another shop."""


class RefusedError(AbicartSpecterError):
    """A system understood a call and said no. Callers turn it into a held record or a fatal error.

    :param code: the system's own code, as text; shown, never branched on (Specter's are not public).
    :param words: the system's own words.
    """

    def __init__(self, message: str, *, code: str = "", words: str = "", remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.code = code
        self.words = words


class RefusedAlikeError(FatalError):
    """Several whole groups were refused with the same words: the account, not a product, is the cause."""


class RecordError(AbicartSpecterError):
    """One record cannot be sent as it is; it is held.

    :param rule: the flag rule that names the kind of fault.
    """

    def __init__(self, message: str, *, rule: str, remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.rule = rule


class UnconfirmedError(AbicartSpecterError):
    """A write left us and no readable answer came back."""


class IncompleteRunError(AbicartSpecterError):
    """Found and outcomes of a run do not match, or records failed: the run must be red."""
