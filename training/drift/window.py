"""Live payments that are held against a reference."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from training.drift.decay import Caught


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """What was decided from one moment to another.

    Args:
        model_name: Of the registered model.
        model_version: Whose reference it is held against.
        start: Decided from then on.
        end: Until then, exclusive.
        payments: How many there were; the rows may be a sample of them.
        features: float32 [n, features], NaN for missing; of all versions' payments.
        weekday: int8 [n], Monday is 0.
        probability: float32 [n]; NaN where another version decided.
        caught: Of the version's older payments, whose labels have had time to come; None for none.
        notes: What could not be read, and why.
    """

    model_name: str
    model_version: str
    start: datetime
    end: datetime
    payments: int
    features: npt.NDArray[np.float32]
    weekday: npt.NDArray[np.int8]
    probability: npt.NDArray[np.float32]
    caught: Caught | None = None
    notes: tuple[str, ...] = ()
