"""From when a difference counts."""

from pydantic import BaseModel, ConfigDict, Field


class DriftPolicy(BaseModel):
    """A difference counts if it is significant and large: of many payments any trifle is the first.

    Args:
        false_discovery_rate: Of all differences that are called significant, the expected share
            that is not (Benjamini and Hochberg 1995).
        least_ks: Kolmogorov-Smirnov distance below which nothing counts, 0 to 1.
        least_psi: Population stability index below which nothing counts.
        least_drop: Points of recall or precision that a model must lose, 0 to 1.
        own_factor: How many times as far as the days of training were from each other.
        least_payments: A window of fewer gets no verdict.
        least_known: Accounts with a known fraud, or with a flagged payment, below which nothing
            is said of labels.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    false_discovery_rate: float = Field(0.01, gt=0, lt=1)
    least_ks: float = Field(0.05, ge=0, le=1)
    least_psi: float = Field(0.02, ge=0)
    least_drop: float = Field(0.05, ge=0, le=1)
    own_factor: float = Field(2.0, ge=0)
    least_payments: int = Field(1_000, ge=2)
    least_known: int = Field(20, ge=1)
