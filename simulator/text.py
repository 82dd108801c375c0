"""Identifiers as Arrow text of one width, made from numbers without a Python loop."""

import numpy as np
import pyarrow as pa

from simulator.arrays import Flags, Ints

_DIGITS = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)
# A bijection on 64-bit numbers (an odd factor and shifts), so that a device's name tells nothing.
_MIX = np.uint64(0x9E3779B97F4A7C15)


def numbered(prefix: str, numbers: Ints, digits: int) -> pa.StringArray:
    """``prefix`` and each number, padded with zeros.

    >>> numbered("m", np.array([7, 42]), 3).to_pylist()
    ['m007', 'm042']
    """
    powers = 10 ** np.arange(digits - 1, -1, -1, dtype=np.int64)
    return _text(prefix, numbers[:, None] // powers % 10, None)


def scrambled(prefix: str, numbers: Ints, missing: Flags) -> pa.StringArray:
    """``prefix`` and 16 hexadecimal digits that differ when the numbers do; null where missing."""
    mixed = numbers.astype(np.uint64) * _MIX
    mixed = (mixed ^ (mixed >> np.uint64(29))) * _MIX
    shifts = np.arange(60, -4, -4, dtype=np.uint64)
    return _text(prefix, (mixed[:, None] >> shifts) & np.uint64(15), missing)


def _text(prefix: str, digits: np.ndarray, missing: Flags | None) -> pa.StringArray:
    """An Arrow array straight over the characters' bytes."""
    rows, width = len(digits), len(prefix) + digits.shape[1]
    characters = np.empty((rows, width), dtype=np.uint8)
    characters[:, : len(prefix)] = np.frombuffer(prefix.encode(), dtype=np.uint8)
    characters[:, len(prefix) :] = _DIGITS[digits.astype(np.int64)]
    offsets = np.arange(rows + 1, dtype=np.int32) * np.int32(width)
    valid = None if missing is None else pa.array(~missing).buffers()[1]
    buffers = [valid, pa.py_buffer(offsets), pa.py_buffer(characters)]
    return pa.StringArray.from_buffers(rows, buffers[1], buffers[2], buffers[0])
