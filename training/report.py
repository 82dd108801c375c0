"""What a training run says when it is done."""

from collections.abc import Mapping
from dataclasses import dataclass

from scorer.model.bundle import ModelBundle
from training.bundles.parity import ParityReport
from training.config import TrainingConfig
from training.datasets.split import Split
from training.quality.metrics import Metrics
from training.registry.version import RegisteredVersion
from training.search.trials import SearchReport


@dataclass(frozen=True, slots=True)
class TrainingReport:
    """What was learned from what, how good it is, and where it went.

    Args:
        config: What the run was told, and what it decided where that was left open.
        dataset_id: Of what was learned from, equal where the content is.
        dataset_digest: Of the rows.
        counts: Payments and frauds of the dataset.
        split: Rows of both sides.
        metrics: On the test, through the bundle as it serves.
        parity: What was compared of trained and exported model.
        gains: Feature -> share of the total gain, greatest first.
        bundle: The model as it travels; its manifest holds the thresholds.
        search: How the hyperparameters were found; None where they were given.
        registered: The version in the registry; None if none was asked for.
    """

    config: TrainingConfig
    dataset_id: str
    dataset_digest: str
    counts: Mapping[str, int]
    split: Split
    metrics: Metrics
    parity: ParityReport
    gains: Mapping[str, float]
    bundle: ModelBundle
    search: SearchReport | None = None
    registered: RegisteredVersion | None = None
