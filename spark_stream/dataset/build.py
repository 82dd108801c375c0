"""Builds a data set by Spark: the same rows, and so the same id, as on one machine."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession

from features_rs import contract
from spark_stream.dataset.compute import Payments, features_of
from training.datasets.build import finish
from training.datasets.built import BuiltDataset
from training.datasets.dataset import Dataset
from training.datasets.history import History
from training.datasets.manifest import Source
from training.datasets.split import SplitPlan


def build_by_spark(
    session: SparkSession,
    files: Sequence[Path],
    labels: Any,
    plan: SplitPlan,
    *,
    sources: Iterable[Source] = (),
    remove_known_accounts: bool = True,
) -> BuiltDataset:
    """Build a data set from files of payments and a table of labels.

    The driver holds the rows of the data set and the labels, never the whole history.

    Args:
        session: Where it runs.
        files: Parquet, readable wherever a task may run.
        labels: Arrow table; of a payment there may be several, and of other payments, too.
        plan: The periods, and the moment of training.
        sources: What was read.
        remove_known_accounts: Measure no holdout payment of an account known as defrauded.

    Raises:
        SourceError: Payments or labels are missing or break their contract.
        DatasetError: A payment is there twice.
        SplitError: A side holds no payments, or no fraud to learn from or to find.
    """
    first_us = plan.train.start_us
    payments = Payments.of_files(session, files, plan.test.end_us)
    known = labels.filter(labels["known_at"].is_valid())
    facts = payments.facts_of(session, known["transaction_id"])
    learned = History.of_tables(facts, known, complete=False).learned()
    rows = payments.since(first_us)
    features = features_of(session, payments, learned, rows["transaction_id"], first_us)
    history = History.of_tables(rows, labels, complete=False)
    dataset = Dataset(features, tuple(contract().names), contract().digest, history)
    return finish(dataset, plan, sources=sources, remove_known_accounts=remove_known_accounts)
