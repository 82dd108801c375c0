"""The copies of the feature state that must agree, each as a store that can be asked."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.pipeline.soak.topics import TopicContents
from features_rs import Store
from fraud.local.command import fraud_command
from fraud.settings import KafkaSettings, Settings
from messaging.vectors import read_vectors
from simulator import schema


class BackfillFailedError(Exception):
    """``fraud backfill`` failed."""


def scorer_store(settings: Settings) -> Store:
    """What a scorer that has ended left on disk."""
    store = Store()
    store.restore(settings.snapshot_path)
    return store


def spark_store(kafka: KafkaSettings) -> Store:
    """What the streaming job published."""
    store = Store()
    store.merge_many([vector.state for vector in read_vectors(kafka)])
    return store


def batch_store(folder: Path, settings: Settings, contents: TopicContents) -> Store:
    """What the batch twin makes of the lake, and of the labels that were produced.

    Raises:
        BackfillFailedError: It failed.
    """
    folder.mkdir(parents=True)
    write_labels(folder / "labels.parquet", contents)
    options = ["--data", "lake", "--labels", str(folder / "labels.parquet")]
    done = fraud_command(settings, "backfill", *options, "--out", str(folder / "states"))
    if done.returncode != 0:
        raise BackfillFailedError(done.stdout + done.stderr)
    store = Store()
    table = pq.read_table(folder / "states", columns=["state"])
    store.merge_many(table["state"].to_pylist())
    return store


def write_labels(path: Path, contents: TopicContents) -> None:
    """The labels as a data set's ``labels.parquet``."""
    rows = [
        {
            "transaction_id": label.transaction_id,
            "fraud": label.fraud,
            "kind": int(label.kind),
            "happened_at": label.happened_at.ToMicroseconds(),
            "known_at": label.known_at.ToMicroseconds(),
            "source": label.source,
        }
        for label in contents.labels
    ]
    plain = [
        pa.field(field.name, field.type.value_type) if pa.types.is_dictionary(field.type) else field
        for field in schema.LABELS
    ]
    pq.write_table(pa.Table.from_pylist(rows, schema=pa.schema(plain)).cast(schema.LABELS), path)
