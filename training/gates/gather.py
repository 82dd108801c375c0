"""A folder of payments becomes the evidence of a gate."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from training.config import TrainingConfig
from training.datasets.period import Period
from training.gates.evidence import Evidence
from training.progress import Progress, silent
from training.source import TrainingSource


def gather(
    folder: Path,
    progress: Progress = silent,
    *,
    holdout: Period | None = None,
    gap: timedelta | None = None,
    keep_known_accounts: bool = False,
) -> Evidence:
    """Read a data set that was built, or replay a history and take its last days.

    Args:
        folder: Of either kind, as for :func:`training.run.train`.
        progress: Told of rows.
        holdout: The days that are measured; unset, those it was built for, or the last seven.
        gap: From the training days to them; unset, as it was built, or a week.
        keep_known_accounts: Measure on accounts known as defrauded when they pay, too; a data set
            that was built has decided that.

    Raises:
        DatasetError: The folder holds neither, or is damaged.
        SplitError: It is too short, a side of it holds no fraud, or it was built for other days.
    """
    told: dict[str, Any] = {"test": holdout, "gap": gap}
    told = {name: value for name, value in told.items() if value is not None}
    if keep_known_accounts:
        told["remove_known_accounts"] = False
    source = TrainingSource.read(TrainingConfig(**told), folder, progress)
    return Evidence.of(source.dataset, source.split, source.id)
