"""Dealing orders to chunks: each partition in exactly one, and no task for a handful of orders."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from abicart_specter.flows.orders.plan import PARTITIONS, SMALLEST_CHUNK, OrderChunk, deal


@given(
    st.dictionaries(st.integers(0, PARTITIONS - 1), st.integers(0, 400), max_size=PARTITIONS),
    st.integers(1, 16),
)
def test_every_order_is_in_one_chunk(sizes: dict[int, int], most: int) -> None:
    chunks = deal(sizes, most)
    held = [partition for chunk in chunks for partition in chunk.partitions]
    assert sorted(held) == sorted(partition for partition, size in sizes.items() if size)
    assert sum(chunk.orders for chunk in chunks) == sum(sizes.values())
    assert len(chunks) <= most
    assert [chunk.chunk for chunk in chunks] == list(range(1, len(chunks) + 1))
    assert all(chunk.of == len(chunks) for chunk in chunks)


def test_few_orders_are_one_task() -> None:
    assert len(deal(dict.fromkeys(range(16), 3), 8)) == 1
    assert len(deal(dict.fromkeys(range(16), SMALLEST_CHUNK), 8)) == 8
    assert deal({}, 8) == []


def test_chunks_are_about_equally_large() -> None:
    chunks = deal(dict.fromkeys(range(16), 100), 4)
    assert [chunk.orders for chunk in chunks] == [400] * 4


def test_a_chunk_survives_xcom() -> None:
    chunk = deal({3: 30, 5: 40}, 8)[0]
    assert OrderChunk.from_xcom(chunk.as_xcom()) == chunk
