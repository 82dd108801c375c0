"""The bounds of the gate, each with its reason."""

from pydantic import BaseModel, ConfigDict, Field


class GatePolicy(BaseModel):
    """What a candidate must keep to; docs/decisions/0012 tells what is behind the numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    confidence: float = Field(0.95, gt=0.5, lt=1)
    """One-sided, that recall at the champion's operating point has risen."""
    bootstrap_rounds: int = Field(2_000, ge=200)
    greatest_fpr: float = Field(0.02, gt=0, lt=1)
    """At the candidate's own review threshold: more would review one customer in fifty."""
    greatest_calibration_error: float = Field(0.02, gt=0)
    """Always allowed: about the noise of a holdout with some hundred frauds."""
    calibration_slack: float = Field(0.005, ge=0)
    """By which it may exceed the champion's, when that is greater."""
    greatest_group_loss: float = Field(0.05, ge=0)
    """Of recall within a kind of fraud or an amount band; a greater loss counts when it is not
    chance (exact sign test)."""
    group_significance: float = Field(0.05, gt=0, lt=1)
    greatest_latency_ratio: float = Field(1.5, gt=0)
    """Of one row to the champion's: a millisecond has no more room."""
    greatest_bytes: int = Field(16_000_000, gt=0)
    """Of the ONNX file; 300 trees of depth 4 take 0.5 MB."""
    greatest_solo_auc: float = Field(0.97, gt=0.5, lt=1)
    """Of one feature alone; in the suite's world the best honest one reaches 0.75."""
    greatest_memory: float = Field(0.06, gt=0)
    """By which average precision on the holdout may exceed that on the days of the gap, which
    nobody trains on either, more than the champion's does."""
    live_payments: int = Field(0, ge=0)
    """Payments with known labels that it must have scored as a shadow; 0 asks for none."""
