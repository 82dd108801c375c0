"""Something that is not as it was."""

import math
import struct
from dataclasses import dataclass

from scorer.decision import to_float32


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that was recorded, and what it should be.

    Args:
        name: Of the value.
        recorded: As it is kept; None where there is none.
        found: As it was found again; None where there is none.
    """

    name: str
    recorded: str | None
    found: str | None


def bits(value: float) -> int:
    """The bits of a float32; every NaN has the same, since which one it is says nothing.

    >>> [f"{bits(value):08x}" for value in (1.0, -0.0, float("nan"))]
    ['3f800000', '80000000', '7fc00000']
    """
    number = math.nan if math.isnan(value) else value
    return int(struct.unpack("<I", struct.pack("<f", number))[0])


def told(value: float) -> str:
    """A float32 as a person reads it, with its bits; what has more digits is rounded first.

    >>> told(0.9)
    '0.899999976 (3f666666)'
    """
    return f"{to_float32(value):.9g} ({bits(value):08x})"
