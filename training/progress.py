"""How far a long step is."""

from collections.abc import Callable

type Progress = Callable[[str, int, int], None]
"""Called with the step's name, what is done and what there is to do, in the step's own unit."""


def silent(step: str, done: int, total: int) -> None:
    """Tell nobody."""
