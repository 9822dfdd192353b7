"""What the tests of the Specter client share."""

from __future__ import annotations

from decimal import Decimal

from abicart_specter.clients.options import HttpOptions
from abicart_specter.clients.specter import SpecterClient
from abicart_specter.clients.specter_batches import (
    Queue,
)
from abicart_specter.errors import (
    RefusedError,
)

ROWS = [
    {
        "articleNo": "BLA-1",
        "name": 'Blå "mössa" & vante - é',
        "priceExclVAT": "159.20",
        "vatPercent": "25",
    },
    {"articleNo": "ROD-2", "name": "Röd vante", "priceExclVAT": "80.00", "vatPercent": "12"},
]
IMPATIENT = HttpOptions(connect_timeout=0.5, read_timeout=0.5, max_tries=3)


def stored(control) -> list[tuple[str, str, Decimal, Decimal]]:
    return [
        (one["number"], one["name"], Decimal(str(one["price"])), Decimal(str(one["vat_percent"])))
        for one in control.inspect("articles")
    ]


WANTED = [
    ("BLA-1", 'Blå "mössa" & vante - é', Decimal("159.20"), Decimal(25)),
    ("ROD-2", "Röd vante", Decimal("80.00"), Decimal(12)),
]


SPECTER_FAULTS = [
    {"kind": "refuse"},
    {"kind": "drop_before"},
    {"kind": "drop_before", "how": "reset"},
    {"kind": "drop_after"},
    {"kind": "drop_after", "how": "reset"},
    {"kind": "cut"},
    {"kind": "cut", "how": "chunked"},
    {"kind": "cut", "how": "clean", "keep": 0.05},
    {"kind": "html_500"},
    {"kind": "html_500", "work": "before"},
    {"kind": "too_many", "seconds": 1.0},
    {"kind": "unavailable", "seconds": 1.0},
    {"kind": "unavailable", "seconds": 0.0},
    {"kind": "slow", "seconds": 1.5},
]
SPECTER_FAULT_NAMES = [" ".join(str(value) for value in fault.values()) for fault in SPECTER_FAULTS]


def drained(client: SpecterClient, queue: Queue) -> list:
    """All rows, batch after batch until one is empty, as a flow would do it."""
    rows: list = []
    for number in range(100):
        try:
            answer = client.read_batch(queue, f"B-{queue}-{number}")
        except RefusedError as error:
            # An empty queue may be answered with an error nobody knows: the caller must decide. (Question 5.)
            assert error.words == "Inget att rapportera"
            return rows
        assert answer.queue is queue
        rows += answer.rows
        client.acknowledge(queue, answer.batch_no)
        if answer.is_empty:
            return rows
    raise AssertionError("the queue does not end")
