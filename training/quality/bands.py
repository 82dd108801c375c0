"""Payments by their amount.

>>> import numpy as np
>>> [BANDS[at].name for at in band_of(np.array([3.0, 75.0, 9_000.0]))]
['under_10', '50_to_200', 'from_1000']
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class AmountBand:
    """Amounts from ``start`` up to the next band's, in units of the base currency."""

    name: str
    start: float


BANDS: Final = (
    AmountBand("under_10", 0.0),
    AmountBand("10_to_50", 10.0),
    AmountBand("50_to_200", 50.0),
    AmountBand("200_to_1000", 200.0),
    AmountBand("from_1000", 1000.0),
)


def band_of(amounts: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """Positions in :data:`BANDS`, int64 [n], of amounts in units of the base currency."""
    starts = np.array([band.start for band in BANDS[1:]])
    return np.searchsorted(starts, amounts, side="right").astype(np.int64)
