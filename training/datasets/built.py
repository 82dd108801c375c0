"""A data set that was built once: what is learned from, what is measured, and an id for both."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from features_rs import contract
from training.datasets.dataset import Dataset, Index
from training.datasets.digest import digest_table
from training.datasets.manifest import (
    MANIFEST_FILE,
    PARTS,
    DatasetManifest,
    Part,
    PartName,
)
from training.datasets.split import Split
from training.datasets.table import from_table, measured_rows, schema_of, to_table
from training.errors import DatasetError


@dataclass(frozen=True, eq=False)
class BuiltDataset:
    """Rows in the order of time: training, gap, holdout.

    Args:
        dataset: All rows. Of a training row ``fraud``, ``kind`` and ``known_at_us`` are what was
            known at the manifest's ``as_of``; what became known later is nowhere in it.
        split: What is learned from, and what is measured.
        gap: int64 positions of the rows between both.
        manifest: What was built from what.
    """

    dataset: Dataset
    split: Split
    gap: Index
    manifest: DatasetManifest

    @property
    def id(self) -> str:
        """SHA-256 of the content: the same inputs give the same id on any machine."""
        return self.manifest.id

    def write(self, folder: Path) -> None:
        """Write the files of the parts and, when they are complete, the manifest.

        Args:
            folder: Made if it is not there; a data set that is in it is replaced.

        Raises:
            OSError: The folder cannot be written.
        """
        folder.mkdir(parents=True, exist_ok=True)
        (folder / MANIFEST_FILE).unlink(missing_ok=True)
        for name, table in part_tables(self.dataset, self.split):
            path = folder / self.manifest.parts[name].file
            partial = path.with_suffix(".partial")
            pq.write_table(table, partial, compression="zstd")
            partial.replace(path)
        self.manifest.write(folder)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read a folder and see whether it is what its id says.

        Raises:
            DatasetError: A file is missing or not as it was written, or the features are of
                another contract than this build computes; names file or digests.
        """
        manifest = DatasetManifest.read(folder)
        if manifest.contract_digest != contract().digest:
            raise DatasetError(
                f"`{folder}` is of feature contract {manifest.contract_digest}, this build "
                f"computes {contract().digest}: build the data set again"
            )
        tables = {name: _read_part(folder, manifest, name) for name in PARTS}
        dataset = from_table(
            pa.concat_tables(tables.values()), manifest.feature_names, manifest.contract_digest
        )
        train, gap = len(tables["train"]), len(tables["gap"])
        split = Split(
            plan=manifest.plan,
            train=np.arange(train),
            train_fraud=dataset.fraud[:train],
            test=measured_rows(tables["holdout"], train + gap),
        )
        return cls(dataset, split, np.arange(train, train + gap), manifest)


def part_tables(dataset: Dataset, split: Split) -> Iterator[tuple[PartName, Any]]:
    """Each part's rows; ``dataset`` begins with the training and ends with the holdout."""
    measured = np.zeros(len(dataset), np.bool_)
    measured[split.test] = True
    gap, holdout = len(split.train), dataset.history.rows_from(split.plan.test.start_us)
    ends = gap, holdout, len(dataset)
    for name, start, stop in zip(PARTS, (0, gap, holdout), ends, strict=True):
        rows = slice(start, stop)
        yield name, to_table(dataset, rows, measured[rows])


def part_of(name: PartName, table: Any) -> Part:
    """What a manifest says of a table."""
    payments, frauds = len(table), int(table["fraud"].to_numpy().sum())
    known = payments - table["known_at"].null_count
    return Part(
        file=f"{name}.parquet",
        digest=digest_table(table),
        payments=payments,
        frauds=frauds,
        labels_known=known,
        measured=int(table["measured"].to_numpy().sum()),
        fraud_share=frauds / max(payments, 1),
        known_label_share=known / max(payments, 1),
    )


def _read_part(folder: Path, manifest: DatasetManifest, name: PartName) -> Any:
    expected = manifest.parts[name]
    path = folder / expected.file
    try:
        table = pq.read_table(path).cast(schema_of(manifest.feature_names))
    except FileNotFoundError as exc:
        raise DatasetError(f"`{folder}` is incomplete: it has no {expected.file}") from exc
    except (OSError, ValueError) as exc:
        raise DatasetError(f"Failed to read `{path}`: {exc}; build the data set again") from exc
    found = part_of(name, table)
    if found != expected:
        raise DatasetError(
            f"`{path}` is not as it was written: its content has digest {found.digest}, "
            f"the manifest says {expected.digest}; build the data set again"
        )
    return table
