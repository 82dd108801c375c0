"""Where ``fraud dataset build`` reads from."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from fraud.cli.errors import CommandError
from fraud.cli.recorded import recorded
from training.datasets.build import source_of
from training.datasets.history import EVENTS_FILE, LABELS_FILE
from training.datasets.inputs import Inputs, labels_in
from training.datasets.manifest import Source

HISTORY: Final = Path(".fraud/history")


@dataclass(frozen=True, slots=True)
class Places:
    """What the options of the command point to.

    Args:
        data: Folder of a history; unless another place is said, :data:`HISTORY`.
        lake: Folder of a lake.
        labels: Parquet file of labels.
        last: Day of the last payment that is needed.
    """

    data: Path | None
    lake: Path | None
    labels: Path | None
    last: date

    def inputs(self) -> Inputs:
        """Payments and labels, read."""
        if self.lake is None:
            return Inputs.of_folder(self._folder, self.labels)
        from spark_stream.lake.files import payments_until

        # Before the payments: it is the sooner that they are found to be missing.
        found = self._labels()
        payments = payments_until(self._table(self.lake), self.last)
        return Inputs.of_tables(payments, *found, self._sources())

    def files(self) -> tuple[list[Path], Any, list[Source]]:
        """Files of payments, a table of labels, and what both are."""
        labels, source = self._labels()
        return [path for _, path in self._files()], labels, [*self._sources(), source]

    def _sources(self) -> list[Source]:
        return [source_of(path, name) for name, path in self._files()]

    def _files(self) -> Iterator[tuple[str, Path]]:
        if self.lake is None:
            yield EVENTS_FILE, self._folder / EVENTS_FILE
            return
        from spark_stream.lake.files import files_until

        yield from files_until(self._table(self.lake), self.lake, self.last)

    def _labels(self) -> tuple[Any, Source]:
        if self.labels is None and self.lake is not None:
            from training.datasets.recorded import read_recorded

            with recorded() as dsn:
                return read_recorded(dsn)
        return labels_in(self.labels or self._folder / LABELS_FILE)

    @property
    def _folder(self) -> Path:
        return self.data or HISTORY

    def _table(self, lake: Path) -> Any:
        # The lake's library is needed by nobody else here.
        from spark_stream.lake.errors import NoLakeError
        from spark_stream.lake.table import open_table

        if self.data is not None:
            raise CommandError(
                f"`--data {self.data}` and `--lake {lake}`: payments are read from one"
            )
        try:
            return open_table(lake)
        except NoLakeError as error:
            raise CommandError(str(error)) from error
