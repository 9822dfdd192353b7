"""Dealing records to chunks: each partition in exactly one, and no task for a handful of records."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abicart_specter.domain.imports.records import ImportPart
from abicart_specter.flows.dealing import deal
from abicart_specter.flows.imports.chunks import ImportChunk
from abicart_specter.flows.imports.stock.chunks import StockChunk
from abicart_specter.flows.orders.plan import OrderChunk
from abicart_specter.flows.plan_chunks import Chunk

PARTITIONS, SMALLEST_CHUNK = 16, 25


@given(
    st.dictionaries(st.integers(0, PARTITIONS - 1), st.integers(0, 400), max_size=PARTITIONS),
    st.integers(1, 16),
)
def test_every_record_is_in_one_chunk(sizes: dict[int, int], most: int) -> None:
    chunks = deal(sizes, most, SMALLEST_CHUNK)
    held = [partition for chunk in chunks for partition in chunk.partitions]
    assert sorted(held) == sorted(partition for partition, size in sizes.items() if size)
    assert sum(chunk.records for chunk in chunks) == sum(sizes.values())
    assert len(chunks) <= most
    assert [chunk.chunk for chunk in chunks] == list(range(1, len(chunks) + 1))
    assert all(chunk.of == len(chunks) for chunk in chunks)


def test_few_records_are_one_task() -> None:
    assert len(deal(dict.fromkeys(range(16), 3), 8, SMALLEST_CHUNK)) == 1
    assert len(deal(dict.fromkeys(range(16), SMALLEST_CHUNK), 8, SMALLEST_CHUNK)) == 8
    assert deal({}, 8, SMALLEST_CHUNK) == []


def test_chunks_are_about_equally_large() -> None:
    chunks = deal(dict.fromkeys(range(16), 100), 4, SMALLEST_CHUNK)
    assert [chunk.records for chunk in chunks] == [400] * 4


@pytest.mark.parametrize(
    "chunk",
    [
        Chunk(1, 2, (3, 5), 70),
        OrderChunk(1, 2, (3, 5), 70),
        ImportChunk(ImportPart.VAT, 1, 2, (3, 5), 70),
        StockChunk(1, 2, (3, 5), 70),
    ],
)
def test_a_chunk_survives_xcom(chunk: Any) -> None:
    assert type(chunk).from_xcom(json.loads(json.dumps(chunk.as_xcom()))) == chunk
