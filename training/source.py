"""What a run learns from: a data set that was built, or a folder of history that is cut now."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from training.config import TrainingConfig
from training.datasets.built import BuiltDataset
from training.datasets.dataset import Dataset
from training.datasets.inputs import Inputs
from training.datasets.manifest import MANIFEST_FILE, DatasetManifest
from training.datasets.replay import replay
from training.datasets.split import Split, SplitPlan, split
from training.errors import SplitError
from training.progress import Progress, silent

FIXED: Final = {
    "train": "--train",
    "gap": "--gap",
    "test": "--test",
    "remove_known_accounts": "--keep-known-accounts",
}
"""Choices that a built data set has made already -> the option that would make them again."""


@dataclass(frozen=True, eq=False)
class TrainingSource:
    """Rows, which of them are learned from, and where they came from.

    Args:
        folder: Where it lies.
        id: Equal where the content is.
        dataset: All rows.
        split: What is learned from, and what is measured.
        manifest: What it was made of, JSON.
    """

    folder: Path
    id: str
    dataset: Dataset
    split: Split
    manifest: str

    @classmethod
    def read(cls, config: TrainingConfig, folder: Path, progress: Progress = silent) -> Self:
        """Read a folder of either kind; one with a ``manifest.json`` was built.

        Raises:
            DatasetError: The folder holds neither, or is damaged.
            SplitError: The periods do not fit the data, or are not those it was built for.
        """
        if (folder / MANIFEST_FILE).is_file():
            return cls._of_built(config, folder)
        return cls._of_history(config, folder, progress)

    @classmethod
    def _of_built(cls, config: TrainingConfig, folder: Path) -> Self:
        built = BuiltDataset.read(folder)
        _check_fixed(config, built.manifest, folder)
        told = built.manifest.model_dump_json(indent=2)
        return cls(folder, built.id, built.dataset, built.split, told)

    @classmethod
    def _of_history(cls, config: TrainingConfig, folder: Path, progress: Progress) -> Self:
        inputs = Inputs.of_folder(folder)
        dataset = replay(inputs.history, progress)
        plan = SplitPlan.of(config, dataset)
        sides = split(dataset, plan, remove_known_accounts=config.remove_known_accounts)
        told = json.dumps(_told(config, inputs, dataset, plan), indent=2)
        return cls(folder, dataset.digest, dataset, sides, told)

    def settle(self, config: TrainingConfig) -> TrainingConfig:
        """``config`` with the periods that were left open as they were decided."""
        plan = self.split.plan
        return config.model_copy(update={"train": plan.train, "gap": plan.gap, "test": plan.test})


def _check_fixed(config: TrainingConfig, manifest: DatasetManifest, folder: Path) -> None:
    """A choice that was made when the data set was built cannot be made again."""
    plan = manifest.plan
    built = {
        "train": plan.train,
        "gap": plan.gap,
        "test": plan.test,
        "remove_known_accounts": manifest.remove_known_accounts,
    }
    for name, value in built.items():
        told = getattr(config, name)
        if name in config.model_fields_set and told is not None and told != value:
            raise SplitError(
                f"`{folder}` was built with {name} = {value}, not {told}: "
                f"leave out `{FIXED[name]}`, or build another data set"
            )


def _told(
    config: TrainingConfig, inputs: Inputs, dataset: Dataset, plan: SplitPlan
) -> dict[str, Any]:
    """What is to be known of a history that was cut for this run."""
    return {
        "id": dataset.digest,
        "contract_digest": dataset.contract_digest,
        "as_of": plan.cut_off.isoformat(),
        "train": str(plan.train),
        "gap": str(plan.gap),
        "holdout": str(plan.test),
        "remove_known_accounts": config.remove_known_accounts,
        "counts": dataset.counts(),
        "sources": [source.model_dump() for source in inputs.sources],
    }
