"""What the button *Test* in the form of a connection, and ``airflow connections test``, get as their answer.

Airflow runs the test in the api-server when the button is pressed, in a worker when it is asked to by its API, and in
its own process on the command line; always with an id that the connection need not have. So nothing here looks at
the id but to leave it out of the words, and everything asked for is read from the connection alone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from abicart_specter.clients.options import HttpOptions
from abicart_specter.errors import AbicartSpecterError

log = logging.getLogger(__name__)

PATIENCE = HttpOptions(
    connect_timeout=5, read_timeout=10, max_tries=2, base_wait=0.3, max_wait=1, max_retry_after=2
)
"""Somebody is waiting before the screen."""


def tried(ask: Callable[[], str], prefix: str, *names: str) -> tuple[bool, str]:
    """The answer of ``ask``, or what is wrong and what to do about it, in one line.

    :param prefix: what every message begins with where no form is open; left out.
    :param names: of the connection, as messages call it; a person who is looking at it reads "this connection".
    """
    try:
        return True, ask()
    except AbicartSpecterError as error:
        message = error.message.removeprefix(prefix)
        words = " ".join(part for part in (message[:1].lower() + message[1:], error.remedy) if part)
    except (
        Exception
    ) as error:  # Airflow shows any other's text as it is, and that may hold an address with a key
        log.error("A connection test ended in an unforeseen %s", type(error).__name__)
        return (
            False,
            f"The test itself failed ({type(error).__name__}); nothing is known about the connection.",
        )
    for name in sorted(set(names), key=len, reverse=True):
        for said in (f"the Airflow connection {name}", f"connection {name}"):
            words = words.replace(said, "this connection")
    words = words.removeprefix("this connection: ")
    return False, words[:1].upper() + words[1:]
