"""What every fitted model can do, whichever library fitted it."""

from typing import Any, Protocol, Self

import numpy.typing as npt

from scorer.model.bundle import Calibration
from training.datasets.dataset import Rows


class Trained(Protocol):
    """A model that was fitted."""

    @property
    def estimator(self) -> str:
        """What was fitted, such as ``xgboost``."""

    @property
    def calibration(self) -> Calibration | None:
        """From margin to probability; None where the model's own is taken."""

    @property
    def best_rounds(self) -> int:
        """How many trees are worth keeping."""

    @property
    def trees(self) -> bytes | None:
        """The trees as UBJSON, before any calibration, to explain by; None where there are none."""

    def margins(self, rows: Rows) -> npt.NDArray[Any]:
        """Log odds before calibration, float [k], of rows float32 [k, features]."""

    def probabilities(self, rows: Rows) -> Rows:
        """Probability of fraud, float32 [k], of rows float32 [k, features] with NaN for missing."""

    def gains(self, names: tuple[str, ...]) -> dict[str, float]:
        """Each feature's share of what the trees gained by it, greatest first."""

    def calibrated(self, calibration: Calibration | None) -> Self:
        """The same model with another calibration."""


def shares(names: tuple[str, ...], gains: dict[int, float]) -> dict[str, float]:
    """Gains by column as shares by name, greatest first.

    >>> shares(("amount", "hour"), {0: 1.0, 1: 3.0})
    {'hour': 0.75, 'amount': 0.25}
    """
    total = sum(gains.values()) or 1.0
    ranked = sorted(gains.items(), key=lambda item: -item[1])
    return {names[column]: gain / total for column, gain in ranked}
