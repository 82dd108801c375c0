"""Keeps two scorers from writing to one folder."""

import fcntl
import os
from pathlib import Path

from scorer.errors import StateInUseError


class FolderLock:
    """Held from its making until released, or until the process ends in whatever way.

    Raises:
        StateInUseError: Another process holds it.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            os.close(self._descriptor)
            raise StateInUseError(
                f"another scorer writes to `{path.parent}`: "
                "stop it, or give this one another home (FRAUD_HOME)"
            ) from exc

    def release(self) -> None:
        """Let another scorer in."""
        os.close(self._descriptor)
