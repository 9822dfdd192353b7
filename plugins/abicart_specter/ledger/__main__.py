"""Command line of the ledger.

``python -m abicart_specter.ledger upgrade URL``                      makes or migrates the ledger
``python -m abicart_specter.ledger id URL``                           prints its id
``python -m abicart_specter.ledger status URL``                       shows what is there; exit code 1 if not usable
``python -m abicart_specter.ledger rebind URL SHOP --api-user ID``    the shop's Specter API user was exchanged
``python -m abicart_specter.ledger show-order URL SHOP NUMBER``       everything that is kept of an order
``python -m abicart_specter.ledger forget-order URL SHOP NUMBER``     erases what may go of it, on a person's request
``python -m abicart_specter.ledger backup URL FILE``                  SQLite: copies it, also while it is in use
``python -m abicart_specter.ledger replace URL --lost ID``            an empty ledger stands for one that is lost
``python -m abicart_specter.ledger restored URL [--at TIME]``         this ledger is an old backup, put back
``python -m abicart_specter.ledger vacuum URL``                       SQLite, runs stopped: free space back to the disk
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from abicart_specter.errors import AbicartSpecterError, ConfigurationError
from abicart_specter.ledger.commands import add_commands
from abicart_specter.ledger.engine import Database
from abicart_specter.ledger.facade import Ledger
from abicart_specter.ledger.grants import let_tasks_work
from abicart_specter.ledger.identity import rebind_api_user, require_current
from abicart_specter.ledger.migrate import status, upgrade
from abicart_specter.ledger.orders import OrderLedger
from abicart_specter.ledger.records import ShopBinding

URL_VARIABLE = "ABICART_SPECTER_LEDGER_URL"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; 0 when it succeeded."""
    options = _parser().parse_args(arguments)
    try:
        options.url = _address(options.url)
        return int(options.run(options))
    except AbicartSpecterError as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m abicart_specter.ledger", description="The sync's ledger."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, run: Callable[[argparse.Namespace], int], words: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=words)
        command.add_argument(
            "url", metavar="URL", help=f"sqlite:////absolute/path, postgresql://…, or - for ${URL_VARIABLE}"
        )
        command.set_defaults(run=run)
        return command

    for name, run, words in (
        ("upgrade", _upgrade, "make the ledger, or migrate it to this code's revision"),
        ("id", _id, "print the ledger's id"),
        ("status", _status, "show what is at the address"),
        ("rebind", _rebind, "the Specter API user of a shop was exchanged on purpose"),
        ("show-order", _show_order, "show everything that is kept of an order"),
        ("forget-order", _forget_order, "erase what may go of an order, on a person's request"),
        ("vacuum", _vacuum, "SQLite, with all runs stopped: give free space back to the disk"),
    ):
        command = add(name, run, words)
        if name == "upgrade":
            command.add_argument(
                "--known-id", metavar="ID", help="the ledger that is known: never make another in its place"
            )
            command.add_argument(
                "--tasks-role", metavar="ROLE", help="PostgreSQL: let this role read and write rows"
            )
        if name == "rebind":
            command.add_argument("shop", metavar="SHOP")
            command.add_argument("--api-user", type=int, required=True, metavar="ID")
        if name in ("show-order", "forget-order"):
            command.add_argument("shop", metavar="SHOP")
            command.add_argument("number", metavar="NUMBER", help="the order's number in the shop")
    add_commands(add)
    return parser


def _address(given: str) -> str:
    if given != "-":
        return given
    url = os.environ.get(URL_VARIABLE)
    if not url:
        raise ConfigurationError(f"{URL_VARIABLE} is not set.", remedy="Let it hold the ledger's address.")
    return url


def _upgrade(options: argparse.Namespace) -> int:
    ledger_id = upgrade(options.url, known_id=options.known_id or None)
    if options.tasks_role:
        let_tasks_work(options.url, options.tasks_role)
    _say(f"Ledger {ledger_id} is at this code's revision.")
    return 0


def _id(options: argparse.Namespace) -> int:
    database = Database(options.url)
    try:
        _say(require_current(database))
    finally:
        database.close()
    return 0


def _status(options: argparse.Namespace) -> int:
    found = status(options.url)
    _say(f"state     {found.state}")
    _say(f"revision  {found.revision or '-'} (this code: {found.head})")
    if found.ledger_id:
        _say(f"id        {found.ledger_id}")
    for binding in found.shops:
        _say(f"shop      {_words(binding)}")
    if found.state == "current":
        with Ledger.open(options.url) as ledger:
            for binding in found.shops:
                for line in _orders(ledger.orders, binding.shop):
                    _say(line)
    return 0 if found.state == "current" else 1


def _orders(orders: OrderLedger, shop: str) -> list[str]:
    counts = {state.value: number for state, number in orders.state_counts(shop).items() if number}
    words = ", ".join(f"{number} {state}" for state, number in counts.items()) or "none found yet"
    read_to = orders.scan_state(shop).scanned_to
    lines = [
        f"orders    {shop}: {words}; read to {read_to.isoformat(timespec='seconds') if read_to else '-'}"
    ]
    lines += [
        f"double    {shop}: order {order.number} is in Specter as "
        f"{', '.join((order.specter_order_no or '-', *order.other_numbers))}: cancel all but one"
        for order in orders.double_orders(shop)
    ]
    lines += [
        f"alarm     {shop}: {alarm.words} (since {alarm.opened_at.isoformat(timespec='seconds')})"
        for alarm in orders.open_alarms(shop)
    ]
    return lines


def _rebind(options: argparse.Namespace) -> int:
    database = Database(options.url)
    try:
        require_current(database)
        _say(f"shop      {_words(rebind_api_user(database, options.shop, options.api_user))}")
    finally:
        database.close()
    return 0


def _show_order(options: argparse.Namespace) -> int:
    with Ledger.open(options.url) as ledger:
        traces = ledger.keeping.order_traces(options.shop, options.number)
    for trace in traces:
        _say(f"{trace.place:<9} {'erasable' if trace.erasable else 'stays':<9} {trace.what}")
    if not traces:
        _say(f"The ledger keeps nothing of order {options.number} of shop {options.shop}.")
    return 0


def _forget_order(options: argparse.Namespace) -> int:
    with Ledger.open(options.url) as ledger:
        gone = ledger.keeping.forget_order(options.shop, options.number)
    _say(
        f"{gone} places erased. That the order went, its numbers and hashes stay, so that it is not sent again."
    )
    _say("Besides the ledger: the journal, the reports folder and backups keep it for their own terms; see")
    _say("docs/security.md, “A person asks”.")
    return 0


def _vacuum(options: argparse.Namespace) -> int:
    with Ledger.open(options.url) as ledger:
        before = ledger.keeping.size().total
        ledger.keeping.vacuum()
        _say(f"{before} bytes before, {ledger.keeping.size().total} bytes now")
    return 0


def _words(binding: ShopBinding) -> str:
    user = "none" if binding.api_user_id is None else binding.api_user_id
    return f"{binding.shop}: webshop {binding.webshop_id}, Specter account {binding.sbm_id}, API user {user}"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
