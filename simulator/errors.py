"""What can go wrong while payments are made or imported.

::

    SimulatorError (Exception)
    └── ImportFailedError       a foreign file cannot be made into payments
        ├── UnreadableFileError     it is not there, or not a Parquet file
        ├── MissingColumnError      it lacks a column, or has it in an unusable type
        └── BadValueError           one value is out of range; names column, row and value

A world that cannot be (no customers, a rate above 1) is refused by :class:`WorldConfig` with
``pydantic.ValidationError``.
"""

from pathlib import Path


class SimulatorError(Exception):
    """Anything of the simulator."""


class ImportFailedError(SimulatorError):
    """A foreign file cannot be made into payments."""


class UnreadableFileError(ImportFailedError):
    """The file is not there, or not a Parquet file."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"Failed to read `{path}`: {reason}")
        self.path = path


class MissingColumnError(ImportFailedError):
    """The file lacks a column, or has it in an unusable type."""

    def __init__(self, path: Path, column: str, found: str) -> None:
        super().__init__(f"`{path}` has no usable column `{column}`: {found}")
        self.path = path
        self.column = column


class BadValueError(ImportFailedError):
    """One value is out of range.

    Args:
        column: Where it stands.
        row: Counted from 0 over the whole file.
        value: As found.
        wanted: What is allowed.
    """

    def __init__(self, column: str, row: int, value: object, wanted: str) -> None:
        super().__init__(f"Column `{column}`, row {row}: {value!r} is not {wanted}")
        self.column = column
        self.row = row
        self.value = value
