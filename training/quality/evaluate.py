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
from training.datasets.dataset import Dataset, Index, Rows
from training.datasets.history import History
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
    """Replay a dataset and measure ``bundle`` on the payments of ``period``.

    Args:
        bundle: The model with its thresholds.
        folder: The dataset; what is before the period gives the features their past.
        period: Days to measure; unset, the dataset's last seven.
        progress: Told of each step.
        remove_known_accounts: Leave out accounts that had a fraud within the two weeks before the
            period, or in it, and were known for it on the day they pay.

    Raises:
        DatasetError: The folder does not hold a dataset.
        MetricsError: The period holds no fraud, or nothing else.
        ModelError: The bundle is of another contract, or does not run.
    """
    bundle.verify_contract(contract())
    dataset = replay(History.read(folder), progress)
    last_day = int(dataset.day[-1])
    period = period or Period.of_days(last_day - 6, last_day)
    rows = dataset.rows_in(period)
    if remove_known_accounts:
        since_us = period.start_us - KNOWN_SINCE // timedelta(microseconds=1)
        rows = rows[~known_as_defrauded(dataset, since_us)[rows]]
    if not len(rows):
        raise SplitError(f"the dataset has no payments in {period}")
    return measure_bundle(bundle, dataset, rows)


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


def fetch_bundle(settings: RegistrySettings, alias: str) -> ModelBundle:
    """The bundle of the version that ``alias`` names now.

    Raises:
        ModelNotFoundError: No version has the alias.
        RegistryError: The registry cannot be asked.
        BundleError: The version's files are damaged or missing.
    """
    if settings.directory is not None:
        return ModelBundle.read(settings.directory / alias)
    source = RegistrySource(settings)
    try:
        with TemporaryDirectory() as name:
            source.fetch(source.find(alias), Path(name))
            return ModelBundle.read(Path(name))
    finally:
        source.close()
