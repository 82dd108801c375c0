"""What a data set is built from: payments, labels, and which files they were."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from training.datasets.build import source_of
from training.datasets.history import (
    EVENT_COLUMNS,
    EVENTS_FILE,
    LABEL_COLUMNS,
    LABELS_FILE,
    History,
    read_columns,
)
from training.datasets.manifest import Source


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """What a data set is built from.

    Args:
        history: Payments, and what became known of them.
        sources: The files that hold it.
    """

    history: History
    sources: tuple[Source, ...]

    @classmethod
    def of_folder(cls, folder: Path, labels: Path | None = None) -> Self:
        """A folder with ``events.parquet`` and ``labels.parquet``.

        Args:
            folder: Of the history.
            labels: Another file of labels, which need not be of all payments.

        Raises:
            DatasetError: A file or column is missing, or the tables do not fit each other.
        """
        events = folder / EVENTS_FILE
        if labels is not None:
            return cls.of_tables(
                read_columns(events, EVENT_COLUMNS), *labels_in(labels), [source_of(events)]
            )
        history = History.read(folder)
        return cls(history, (source_of(events), source_of(folder / LABELS_FILE)))

    @classmethod
    def of_tables(
        cls, events: Any, labels: Any, source: Source, files: Iterable[Source] = ()
    ) -> Self:
        """Payments from elsewhere; one without a label is genuine.

        Args:
            events: Payments in order.
            labels: What became known; of other payments, too.
            source: Of the labels.
            files: Of the payments.

        Raises:
            DatasetError: The payments are out of order.
        """
        history = History.of_tables(events, labels, complete=False)
        return cls(history, (*files, source))


def labels_in(path: Path) -> tuple[Any, Source]:
    """A Parquet file of labels.

    Raises:
        DatasetError: It cannot be read, or lacks a column.
    """
    return read_columns(path, LABEL_COLUMNS), source_of(path)
