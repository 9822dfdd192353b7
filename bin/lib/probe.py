"""bin/probe: the connection probe without Airflow, ledger or settings file. Reads only; never reads Specter's queues.

Keys come from the environment, or are asked for without being shown; never as options, which every process can see.
"""

from __future__ import annotations

import argparse
import getpass
import logging
import os
import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from abicart_specter.clients.abicart_probe import ProbedShop
from abicart_specter.clients.options import HttpOptions, SpecterConnection, check_address
from abicart_specter.clients.probe_transport import REQUESTS_PER_SECOND
from abicart_specter.clients.trust import refuse_plain_http
from abicart_specter.errors import AbicartSpecterError, ConfigurationError
from abicart_specter.flows.probe.ask import ask_abicart, ask_specter
from abicart_specter.flows.probe.probe import Ask, gather, gently, show, write

# Names of variables.
ABICART_TOKEN = "ABICART_TOKEN"  # noqa: S105
SPECTER_USER_KEY = "SPECTER_USER_KEY"
SPECTER_INTEGRATION_SECRET = "SPECTER_INTEGRATION_SECRET"  # noqa: S105
FASTEST = 10.0
DONE, TROUBLE, WRONG_USE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0: asked; 1: a system could not be asked, or did not answer; 2: wrong options."""
    options = _parser().parse_args(arguments)
    lines = logging.StreamHandler(sys.stdout)
    lines.setFormatter(_Lines())
    logging.basicConfig(level=logging.INFO, handlers=[lines])
    try:
        asks = _asks(options)
    except AbicartSpecterError as error:
        sys.stderr.write(f"{error}\n")
        return WRONG_USE
    gathered = gather(asks)
    now = datetime.now(UTC)
    folder = options.out or Path(f"probe-{options.shop}-{now:%Y%m%d-%H%M%S}")
    written = write(options.shop, now, gathered, folder)
    show(options.shop, gathered, written)
    for trouble in gathered.troubles.values():
        sys.stderr.write(f"{trouble}\n")
    return TROUBLE if gathered.troubles else DONE


class _Lines(logging.Formatter):
    """The message alone; of what a person must look at also that it is a warning."""

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        return f"{record.levelname}: {text}" if record.levelno >= logging.WARNING else text


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bin/probe",
        description="Asks Abicart and Specter, by harmless reads alone, which of what is uncertain about them is true. "
        "Writes report.md and probe.json; neither holds keys or personal data.",
        epilog=f"Keys: {ABICART_TOKEN} (empty: only what every visitor may read), {SPECTER_USER_KEY} and "
        f"{SPECTER_INTEGRATION_SECRET} in the environment; what is missing is asked for without being shown. Specter's "
        "change queues are never read from here, since nothing would remember the open batch: use the DAG.",
    )
    parser.add_argument(
        "--shop", type=_name, required=True, metavar="NAME", help="name of the shop, for the files"
    )
    parser.add_argument("--only", choices=("abicart", "specter"), help="ask only this system")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="where the files go (a new folder here)")
    parser.add_argument(
        "--requests-per-second",
        type=_rate,
        default=REQUESTS_PER_SECOND,
        metavar="N",
        help="at most so many to each system (%(default)s; 10 is the most)",
    )
    shop = parser.add_argument_group("Abicart")
    shop.add_argument(
        "--abicart-url", default="https://shop.textalk.se", metavar="URL", help="default: %(default)s"
    )
    shop.add_argument("--webshop", type=int, metavar="ID", help="webshop id; 22222 is the public demo shop")
    specter = parser.add_argument_group("Specter")
    specter.add_argument(
        "--specter-url", default="https://api.specter.se", metavar="URL", help="default: %(default)s"
    )
    specter.add_argument("--sbm-id", type=int, metavar="ID", help="number of the account")
    specter.add_argument("--api-version", type=int, choices=(1, 2), default=2, help="default: %(default)s")
    specter.add_argument(
        "--api-user-id", type=int, metavar="ID", help="version 2, where the account was given one"
    )
    return parser


def _name(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9_]+", text):
        raise argparse.ArgumentTypeError("small letters, digits and _ only")
    return text


def _rate(text: str) -> float:
    rate = float(text)
    if not 0 < rate <= FASTEST:
        raise argparse.ArgumentTypeError(f"above 0, at most {FASTEST:g}")
    return rate


def _asks(options: argparse.Namespace) -> dict[str, Ask]:
    """The systems to ask, each with its keys; all is checked before anything is asked, of a person or of a system.

    :raises AbicartSpecterError: an address is none, or its keys could be read on the way; a number or key is
        missing.
    """
    asks: dict[str, Ask] = {}
    variables: list[str] = []
    if options.only != "specter":
        _check(options, "Abicart", options.abicart_url)
        variables.append(ABICART_TOKEN)
    if options.only != "abicart":
        _check(options, "Specter", options.specter_url)
        variables += [SPECTER_USER_KEY, SPECTER_INTEGRATION_SECRET]
    missing = [name for name in variables if name not in os.environ]
    if missing and not _can_ask():
        raise ConfigurationError(
            f"Not in the environment, and there is no terminal to ask on: {', '.join(missing)}.",
            remedy=f"Set what is missing; {ABICART_TOKEN} may be empty, for what every visitor may read.",
        )
    patience = gently(HttpOptions(), None, options.requests_per_second)
    if options.only != "specter":
        shop = ProbedShop(
            options.shop,
            options.abicart_url,
            _needed(options, "webshop"),
            _key(ABICART_TOKEN, "Abicart's auth token (empty: only what every visitor may read)"),
        )
        asks["abicart"] = lambda: ask_abicart(shop, patience)
    if options.only != "abicart":
        account = SpecterConnection(
            shop=options.shop,
            base_url=options.specter_url,
            sbm_id=_needed(options, "sbm_id"),
            api_version=1 if options.api_version == 1 else 2,
            api_user_id=options.api_user_id,
            user_key=_key(SPECTER_USER_KEY, "Specter's apiUserKey (version 1: md5key1)"),
            integration_secret=_key(
                SPECTER_INTEGRATION_SECRET, "Specter's integrationKey (version 1: md5key2)"
            ),
        )
        asks["specter"] = lambda: ask_specter(account, patience)
    return asks


def _check(options: argparse.Namespace, system: str, url: str) -> None:
    check_address(options.shop, system, url)
    refuse_plain_http(system, url)


def _needed(options: argparse.Namespace, name: str) -> int:
    value = getattr(options, name)
    if not isinstance(value, int) or value < 1:
        raise ConfigurationError(f"--{name.replace('_', '-')} is missing or no number above 0.")
    return value


def _can_ask() -> bool:
    """Whether a person could type a key without its being shown."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return sys.stdin is not None and sys.stdin.isatty()
    return True


def _key(variable: str, words: str) -> str:
    if variable in os.environ:
        return os.environ[variable].strip()
    try:
        return getpass.getpass(f"{words}: ").strip()
    except EOFError:
        raise ConfigurationError(f"{words}: none was entered.", remedy=f"Set {variable}.") from None


if __name__ == "__main__":
    sys.exit(main())
