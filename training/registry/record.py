"""What a run leaves in the registry beside its model."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Self

from training.config import SECTIONS
from training.environment import Environment
from training.report import TrainingReport
from training.source import TrainingSource

SOURCE_TAG: Final = "dataset_source"


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What is logged.

    Args:
        params: What the run was told.
        metrics: What it reached.
        tags: Which data, code, contract and environment it stands on.
        bundle: Folder of the model bundle.
        plots: Folder of pictures.
        files: Folder of everything else, laid out as it is to be found; None for nothing.
    """

    params: Mapping[str, str]
    metrics: Mapping[str, float]
    tags: Mapping[str, str]
    bundle: Path
    plots: Path
    files: Path | None = None

    @classmethod
    def of(
        cls,
        report: TrainingReport,
        source: TrainingSource,
        environment: Environment,
        bundle: Path,
        plots: Path,
        files: Path,
    ) -> Self:
        """The record of a run that ended in ``report``."""
        return cls(
            params=_params(report),
            metrics=metrics_of(report),
            tags={**tags_of(report, environment), SOURCE_TAG: str(source.folder.resolve())},
            bundle=bundle,
            plots=plots,
            files=files,
        )


def tags_of(report: TrainingReport, environment: Environment) -> dict[str, str]:
    """What a run stands on; of equal tags equal models are made."""
    manifest = report.bundle.manifest
    return {
        "dataset_id": report.dataset_id,
        "dataset_digest": report.dataset_digest,
        "contract_digest": manifest.contract_digest,
        "model_sha256": manifest.model_sha256,
        "commit": str(manifest.training["commit"]),
        "lock_sha256": environment.lock_sha256,
    }


def metrics_of(report: TrainingReport) -> dict[str, float]:
    """Every figure of a run under one name."""
    parity = {f"parity_{name}": float(value) for name, value in asdict(report.parity).items()}
    counts = {f"dataset_{name}": float(count) for name, count in report.counts.items()}
    searched = report.search.metrics() if report.search else {}
    return {**report.metrics.flat(), **parity, **counts, **searched}


def _params(report: TrainingReport) -> dict[str, str]:
    """Every choice under one name; what was left open as it was decided."""
    config, summary = report.config, report.bundle.manifest.training
    told = config.model_dump(exclude={*SECTIONS.values(), "train", "gap", "test"})
    trees = config.parameters.model_dump()
    decided = {name: summary[name] for name in ("train", "gap", "test", "n_estimators")}
    return {name: str(value) for name, value in {**told, **trees, **decided}.items()}
