"""What was found, measure by measure."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Test(StrEnum):
    """How a measure is taken."""

    __test__ = False  # pytest takes the name for a class of tests

    KOLMOGOROV_SMIRNOV = "ks"
    STABILITY_INDEX = "psi, chi-square"
    EXACT = "worse by, fisher"


class Measure(BaseModel):
    """One feature, the probability, or a rate on labels.

    Args:
        subject: The feature's name, ``probability``, ``recall``, ``precision`` or
            ``false_positive_rate``.
        test: How it was taken.
        statistic: How large the difference is: a distance, an index, or what a rate lost.
        p_value: How likely by chance.
        adjusted_p_value: The same among all measures (Benjamini and Hochberg).
        threshold: From which on the statistic counts.
        drifted: Whether it is significant and counts.
    """

    model_config = ConfigDict(frozen=True)

    subject: str
    test: Test
    statistic: float
    p_value: float
    adjusted_p_value: float
    threshold: float
    drifted: bool


class DriftReport(BaseModel):
    """A window of live payments against a version's reference.

    Args:
        model_name: Of the registered model.
        model_version: Of the registry.
        window_start: Payments decided from then on.
        window_end: Until then, exclusive.
        payments: How many there were.
        measures: All of them, what drifted first.
        notes: What was left out, and why.
    """

    model_config = ConfigDict(frozen=True)

    model_name: str
    model_version: str
    window_start: datetime
    window_end: datetime
    payments: int
    measures: tuple[Measure, ...]
    notes: tuple[str, ...] = ()

    @property
    def drifted(self) -> bool:
        """Whether anything did."""
        return bool(self.drifts)

    @property
    def drifts(self) -> tuple[Measure, ...]:
        """What did."""
        return tuple(each for each in self.measures if each.drifted)
