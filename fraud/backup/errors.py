"""What can go wrong with a backup.

Tree::

    BackupError (LocalServiceError)
    ├── BackupDamagedError    a file of it is missing, or not as it was written
    └── TargetNotEmptyError   something is there already that would be written over
"""

from pathlib import Path

from fraud.errors import LocalServiceError


class BackupError(LocalServiceError):
    """A backup cannot be made or brought back."""


class BackupDamagedError(BackupError):
    """A file of a backup is missing, or not as it was written."""

    def __init__(self, folder: Path, name: str, reason: str) -> None:
        super().__init__(
            f"Failed to restore `{folder}`: `{name}` {reason}; nothing was written: "
            "use another backup"
        )
        self.name = name


class TargetNotEmptyError(BackupError):
    """Something is there already that would be written over."""

    def __init__(self, what: str, where: str, found: str) -> None:
        super().__init__(
            f"Failed to write {what}: `{where}` {found} already; nothing was written: "
            "name one that is empty"
        )
        self.where = where
