"""Each system's part of a probe: asked, answered, and what the answers tell. Knows neither ledger nor Airflow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from abicart_specter.clients.abicart_probe import ProbedShop, probe_abicart
from abicart_specter.clients.options import HttpOptions, SpecterConnection
from abicart_specter.clients.specter_probe import QueueReads, probe_specter
from abicart_specter.domain.probe import abicart, specter
from abicart_specter.domain.probe.records import Answer, Finding, SystemProbe

OnSecret = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Probed:
    """What was learnt of one system.

    :param probe: its answers are raw: they hold personal data, and leave only masked.
    :param secrets: every key that went out, in every spelling.
    """

    probe: SystemProbe = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)


def ask_abicart(shop: ProbedShop, options: HttpOptions, on_secret: OnSecret | None = None) -> Probed:
    """Ask the webshop.

    :param on_secret: told the token in every spelling, for masking.
    """
    secrets: list[str] = []
    answers = probe_abicart(shop, options, _both(secrets.append, on_secret))
    return _probed("abicart", shop.base_url, abicart.findings(_by_name(answers)), answers, secrets)


def ask_specter(
    connection: SpecterConnection,
    options: HttpOptions,
    on_secret: OnSecret | None = None,
    queues: QueueReads | None = None,
) -> Probed:
    """Ask the Specter account.

    :param on_secret: told every key, given or computed, for masking.
    :param queues: lets the change queues be read too.
    """
    secrets: list[str] = []
    answers = probe_specter(connection, options, _both(secrets.append, on_secret), queues)
    return _probed("specter", connection.base_url, specter.findings(_by_name(answers)), answers, secrets)


def _probed(
    system: str, address: str, found: tuple[Finding, ...], answers: list[Answer], secrets: list[str]
) -> Probed:
    return Probed(SystemProbe(system, address, found, tuple(answers)), tuple(secrets))


def _by_name(answers: list[Answer]) -> dict[str, Answer]:
    return {one.name: one for one in answers}


def _both(keep: OnSecret, tell: OnSecret | None) -> OnSecret:
    def on_secret(secret: str) -> None:
        keep(secret)
        if tell is not None:
            tell(secret)

    return on_secret
