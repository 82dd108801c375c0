"""From when a difference counts."""

from pydantic import BaseModel, ConfigDict, Field


class DriftPolicy(BaseModel):
    """A difference counts if it is significant and large: of many payments any trifle is the first.

    Args:
        false_discovery_rate: Of all differences that are called significant, the expected share
            that is not (Benjamini and Hochberg 1995).
        least_ks: Kolmogorov-Smirnov distance below which nothing counts, 0 to 1.
        least_psi: Population stability index below which nothing counts.
        least_fall: Points by which recall or precision must fall, 0 to 1.
        least_rise: Points by which the false-positive rate must rise, 0 to 1.
        least_payments: A window of fewer gets no verdict.
        least_days: A reference of fewer does not tell how far days are from each other.
        least_known: Accounts with a known fraud, or with a flagged payment, below which nothing
            is said of labels.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    false_discovery_rate: float = Field(0.05, gt=0, lt=1)
    least_ks: float = Field(0.05, ge=0, le=1)
    least_psi: float = Field(0.02, ge=0)
    least_fall: float = Field(0.05, ge=0, le=1)
    least_rise: float = Field(0.01, ge=0, le=1)
    least_payments: int = Field(1_000, ge=2)
    least_days: int = Field(7, ge=2)
    least_known: int = Field(20, ge=1)
