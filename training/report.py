"""What a training run says when it is done."""

from collections.abc import Mapping
from dataclasses import dataclass

from scorer.model.bundle import ModelBundle
from training.bundles.parity import ParityReport
from training.datasets.split import Split
from training.quality.metrics import Metrics
from training.registry.version import RegisteredVersion


@dataclass(frozen=True, slots=True)
class TrainingReport:
    """What was learned from what, how good it is, and where it went.

    Args:
        dataset_digest: Of the replayed history.
        counts: Payments and frauds of the dataset.
        split: Rows of both sides.
        metrics: On the test, through the bundle as it serves.
        parity: What the gate compared.
        gains: Feature -> share of the total gain, greatest first.
        bundle: The model as it travels; its manifest holds the thresholds.
        registered: The version in the registry; None if none was asked for.
    """

    dataset_digest: str
    counts: Mapping[str, int]
    split: Split
    metrics: Metrics
    parity: ParityReport
    gains: Mapping[str, float]
    bundle: ModelBundle
    registered: RegisteredVersion | None = None
