"""A part of the platform that is saved and brought back by itself."""

from pathlib import Path
from typing import Protocol

type Counts = dict[str, int]
"""What was saved or brought back, in numbers for people."""


class Part(Protocol):
    """One store; ``folder`` is always that of the whole backup."""

    name: str

    def save(self, folder: Path) -> Counts:
        """Write it, as it is at one moment; whoever uses it goes on meanwhile."""

    def require_empty(self) -> None:
        """Refuse a place that has something already.

        Raises:
            TargetNotEmptyError: It has.
        """

    def restore(self, folder: Path) -> Counts:
        """Bring it back; what the backup does not hold is left out."""
