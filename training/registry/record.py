"""What a run leaves in the registry beside its model."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from training.config import TrainingConfig
from training.report import TrainingReport


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What is logged.

    Args:
        params: What the run was told.
        metrics: What it reached.
        tags: Which data, code and contract it stands on.
        bundle: Folder of the model bundle.
        plots: Folder of pictures.
    """

    params: Mapping[str, str]
    metrics: Mapping[str, float]
    tags: Mapping[str, str]
    bundle: Path
    plots: Path

    @classmethod
    def of(cls, config: TrainingConfig, report: TrainingReport, bundle: Path, plots: Path) -> Self:
        """The record of a run that was told ``config`` and ended in ``report``."""
        summary = report.bundle.manifest.training
        return cls(
            params=_params(config, summary),
            metrics=_metrics(report),
            tags={
                "dataset_digest": report.dataset_digest,
                "contract_digest": report.bundle.manifest.contract_digest,
                "model_sha256": report.bundle.manifest.model_sha256,
                "commit": str(summary["commit"]),
            },
            bundle=bundle,
            plots=plots,
        )


def _params(config: TrainingConfig, summary: Mapping[str, Any]) -> dict[str, str]:
    """Every choice under one name; what was left open as it was decided."""
    told = config.model_dump(exclude={"model", "train", "gap", "test"})
    trees = config.model.model_dump()
    decided = {name: summary[name] for name in ("train", "gap", "test", "n_estimators")}
    return {name: str(value) for name, value in {**told, **trees, **decided}.items()}


def _metrics(report: TrainingReport) -> dict[str, float]:
    parity = {f"parity_{name}": float(value) for name, value in asdict(report.parity).items()}
    counts = {f"dataset_{name}": float(count) for name, count in report.counts.items()}
    return {**report.metrics.flat(), **parity, **counts}
