"""Builds a data set: history through the kernel, cut by time, labels as they were known."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from features_rs import contract
from training.datasets.built import BuiltDataset, part_of, part_tables
from training.datasets.dataset import Dataset, Index
from training.datasets.history import History
from training.datasets.manifest import DatasetManifest, Source, id_of
from training.datasets.replay import replay
from training.datasets.split import Split, SplitPlan, split
from training.errors import DatasetError
from training.progress import Progress, silent


def build(
    history: History,
    plan: SplitPlan,
    *,
    sources: Iterable[Source] = (),
    remove_known_accounts: bool = True,
    progress: Progress = silent,
) -> BuiltDataset:
    """Build a data set from history.

    Args:
        history: All payments that came before the holdout's end, and what became known of them.
            What is before the training gives the features their past.
        plan: The periods, and the moment of training.
        sources: What the history was read from.
        remove_known_accounts: Measure no holdout payment of an account known as defrauded.
        progress: Told of rows.

    Raises:
        DatasetError: The kernel refuses a payment or a label.
        SplitError: A side holds no payments, or no fraud to learn from or to find.
    """
    first, end = history.rows_from(plan.train.start_us), history.rows_from(plan.test.end_us)
    if first == end:
        raise DatasetError(f"there are no payments from {plan.train.first} to {plan.test.last}")
    dataset = replay(history.between(0, end), progress, first=first)
    return finish(dataset, plan, sources=sources, remove_known_accounts=remove_known_accounts)


def finish(
    dataset: Dataset,
    plan: SplitPlan,
    *,
    sources: Iterable[Source] = (),
    remove_known_accounts: bool = True,
) -> BuiltDataset:
    """The same from payments that were replayed already, however that was done.

    Args:
        dataset: The payments from the training's first day to the holdout's last.
        plan: As for :func:`build`.
        sources: As for :func:`build`.
        remove_known_accounts: As for :func:`build`.

    Raises:
        SplitError: A side holds no payments, or no fraud to learn from or to find.
    """
    sides = split(dataset, plan, remove_known_accounts=remove_known_accounts)
    known = _as_known(dataset, sides)
    parts = {name: part_of(name, table) for name, table in part_tables(known, sides)}
    manifest = DatasetManifest(
        id=id_of(plan, dataset.contract_digest, parts),
        contract_version=contract().version,
        contract_digest=dataset.contract_digest,
        feature_names=dataset.feature_names,
        as_of=plan.cut_off,
        train=str(plan.train),
        gap=plan.gap,
        holdout=str(plan.test),
        remove_known_accounts=remove_known_accounts,
        parts=parts,
        frauds_known_share=_share(sides.train_fraud, dataset.fraud[sides.train]),
        sources=tuple(sources),
    )
    return BuiltDataset(known, sides, _gap(dataset, sides), manifest)


def source_of(path: Path, name: str | None = None) -> Source:
    """A file and its digest.

    Raises:
        DatasetError: It cannot be read.
    """
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return Source(name=name or path.name, sha256=digest, size_bytes=path.stat().st_size)
    except OSError as exc:
        raise DatasetError(f"Failed to read `{path}`: {exc.strerror}") from exc


def _as_known(dataset: Dataset, sides: Split) -> Dataset:
    """With nothing in the training rows that became known after the moment of training."""
    history = dataset.history.as_known(len(sides.train), sides.plan.cut_off_us)
    return Dataset(dataset.features, dataset.feature_names, dataset.contract_digest, history)


def _gap(dataset: Dataset, sides: Split) -> Index:
    return np.arange(len(sides.train), dataset.history.rows_from(sides.plan.test.start_us))


def _share(known: npt.NDArray[np.bool_], truth: npt.NDArray[np.bool_]) -> float:
    return int((known & truth).sum()) / max(int(truth.sum()), 1)
