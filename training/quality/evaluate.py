"""Measures a model as it serves: a bundle's probabilities on a slice of a dataset."""

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from features_rs import contract
from fraud.settings import RegistrySettings
from scorer.model.bundle import ModelBundle
from scorer.model.registry import RegistrySource
from scorer.model.session import ModelSession
from training.datasets.built import BuiltDataset
from training.datasets.dataset import Dataset, Index, Rows
from training.datasets.history import History
from training.datasets.manifest import MANIFEST_FILE
from training.datasets.period import Period
from training.datasets.replay import replay
from training.datasets.split import known_as_defrauded
from training.errors import SplitError
from training.models.threshold import Thresholds
from training.progress import Progress, silent
from training.quality.metrics import Metrics, measure

BATCH_ROWS = 65_536
KNOWN_SINCE = timedelta(days=14)


def evaluate(
    bundle: ModelBundle,
    folder: Path,
    period: Period | None = None,
    progress: Progress = silent,
    *,
    remove_known_accounts: bool = True,
) -> Metrics:
    """Measure ``bundle`` on the payments of ``period``, of a history or of a built data set.

    Args:
        bundle: The model with its thresholds.
        folder: A history, which is replayed: what is before the period gives the features their
            past. Or a built data set, whose holdout is measured.
        period: Days to measure; unset, the history's last seven or the whole holdout.
        progress: Told of each step.
        remove_known_accounts: Leave out accounts that had a fraud within the two weeks before the
            period, or in it, and were known for it on the day they pay. A built data set has
            decided this.

    Raises:
        DatasetError: The folder does not hold a dataset.
        MetricsError: The period holds no fraud, or nothing else.
        ModelError: The bundle is of another contract, or does not run.
    """
    bundle.verify_contract(contract())
    if (folder / MANIFEST_FILE).is_file():
        built = BuiltDataset.read(folder)
        dataset, period = built.dataset, period or built.split.plan.test
        rows = np.intersect1d(built.split.test, dataset.rows_in(period))
    else:
        dataset = replay(History.read(folder), progress)
        last_day = int(dataset.day[-1])
        period = period or Period.of_days(last_day - 6, last_day)
        rows = _rows_of(dataset, period, remove_known_accounts=remove_known_accounts)
    if not len(rows):
        raise SplitError(f"the dataset has no payments to measure in {period}")
    return measure_bundle(bundle, dataset, rows)


def _rows_of(dataset: Dataset, period: Period, *, remove_known_accounts: bool) -> Index:
    rows = dataset.rows_in(period)
    if not remove_known_accounts:
        return rows
    since_us = period.start_us - KNOWN_SINCE // timedelta(microseconds=1)
    return rows[~known_as_defrauded(dataset, since_us)[rows]]


def measure_bundle(bundle: ModelBundle, dataset: Dataset, rows: Index) -> Metrics:
    """Measure a bundle on ``rows`` of a dataset, scored through the class that serves it.

    Raises:
        MetricsError: The rows hold no fraud, or nothing else.
        ModelError: The bundle does not run.
    """
    manifest = bundle.manifest
    thresholds = Thresholds(manifest.review_threshold, manifest.decline_threshold)
    return measure(dataset, rows, bundle_probabilities(bundle, dataset, rows), thresholds)


def bundle_probabilities(bundle: ModelBundle, dataset: Dataset, rows: Index) -> Rows:
    """Probabilities of fraud, float32 [k], by the class that serves.

    Raises:
        ModelError: The bundle does not run.
    """
    session = ModelSession(bundle.model)
    parts = [
        session.probabilities(dataset.features[rows[start : start + BATCH_ROWS]])
        for start in range(0, len(rows), BATCH_ROWS)
    ]
    return np.concatenate(parts)


def fetch_bundle(settings: RegistrySettings, version: str) -> ModelBundle:
    """The bundle of a version.

    Args:
        settings: Where it is.
        version: Its number, or an alias that it has now.

    Raises:
        ModelNotFoundError: There is no such version.
        RegistryError: The registry cannot be asked.
        BundleError: The version's files are damaged or missing.
    """
    if settings.directory is not None:
        return ModelBundle.read(settings.directory / version)
    source = RegistrySource(settings)
    find = source.find_version if version.isdecimal() else source.find
    with TemporaryDirectory() as name:
        source.fetch(find(version), Path(name))
        return ModelBundle.read(Path(name))
