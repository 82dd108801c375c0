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
    greatest_calibration_error: float = Field(0.7, gt=0)
    """As a share of the frauds: a constant zero has 1."""
    calibration_slack: float = Field(0.1, ge=0)
    """What may be added to an honest twin's error: twice what was seen of honest candidates."""
    greatest_group_loss: float = Field(0.05, ge=0)
    """Of recall within a kind of fraud or an amount band; a greater loss counts when it is not
    chance (exact sign test)."""
    group_significance: float = Field(0.05, gt=0, lt=1)
    greatest_latency_ratio: float = Field(1.5, gt=0)
    """Of one row to the champion's: a millisecond has no more room."""
    greatest_bytes: int = Field(16_000_000, gt=0)
    """Of the ONNX file; 300 trees of depth 4 take 0.5 MB."""
    greatest_solo_auc: float = Field(0.92, gt=0.5, lt=1)
    """Of one feature alone: half as many pairs in the wrong order as the best honest one that was
    found, which reaches 0.83."""
    memory_confidence: float = Field(0.99, gt=0.5, lt=1)
    """One-sided, that it knows the holdout better than training days can tell."""
    greatest_memory: float = Field(0.075, gt=0)
    """Share of an honest twin's log loss that it may spare on the holdout more than in the gap."""
    greatest_gain: float = Field(0.3, gt=0, lt=1)
    """Share of what a twin spares that has learned gap and holdout too, which it may spare at all:
    honest ones were found up to 0.14, liars from 0.34."""
    least_gain: float = Field(0.05, gt=0)
    """Share of the twin's log loss that may be spared wherever nothing can be learned by heart."""
    reproduced: bool = False
    """Whether it must have been trained again."""
    live_payments: int = Field(0, ge=0)
    """Payments with known labels that it must have scored as a shadow; 0 asks for none."""
