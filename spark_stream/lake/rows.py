"""Payments as verification holds them: 36 bytes each, whatever their ids are like."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

type Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Some payments, column by column.

    Args:
        names: uint64 [n, 2], 128 bits that stand for the transaction id.
        times: int64 [n], event time in microseconds since the Unix epoch.
        partitions: int32 [n], of the message.
        offsets: int64 [n], of the message.
    """

    names: npt.NDArray[np.uint64]
    times: Numbers
    partitions: npt.NDArray[np.int32]
    offsets: Numbers

    @classmethod
    def of_batch(cls, batch: Any) -> Self:
        """From an Arrow batch or table with the lake's columns of these names."""
        digests = [
            blake2b(name.encode(), digest_size=16).digest()
            for name in batch["transaction_id"].to_pylist()
        ]
        names = np.frombuffer(b"".join(digests), np.uint64).reshape(-1, 2)
        times = batch["event_time"].cast(pa.int64()).to_numpy(zero_copy_only=False)
        partitions = batch["kafka_partition"].to_numpy(zero_copy_only=False)
        offsets = batch["kafka_offset"].to_numpy(zero_copy_only=False)
        return cls(names, times, partitions, offsets)

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """All of them, in order."""
        return cls(
            np.concatenate([np.empty((0, 2), np.uint64), *(part.names for part in parts)]),
            np.concatenate([np.empty(0, np.int64), *(part.times for part in parts)]),
            np.concatenate([np.empty(0, np.int32), *(part.partitions for part in parts)]),
            np.concatenate([np.empty(0, np.int64), *(part.offsets for part in parts)]),
        )

    def __len__(self) -> int:
        return len(self.times)

    def place(self, row: int) -> tuple[int, int]:
        """Partition and offset of a row."""
        return int(self.partitions[row]), int(self.offsets[row])


def codes_of(columns: Sequence[npt.NDArray[Any]]) -> Numbers:
    """Numbers from 0 that are equal where all columns are.

    >>> codes_of([np.array([7, 3, 7]), np.array([1, 1, 1])]).tolist()
    [1, 0, 1]
    """
    order = np.lexsort(columns[::-1])
    steps = np.zeros(len(order), np.bool_)
    for column in columns:
        values = column[order]
        steps[1:] |= values[1:] != values[:-1]
    codes = np.empty(len(order), np.int64)
    codes[order] = np.cumsum(steps)
    return codes
