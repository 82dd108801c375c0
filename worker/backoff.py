"""How long to wait before a scorer is asked again."""

import random

FIRST_SECONDS = 0.02
MOST_SECONDS = 0.5


class Backoff:
    """Doubles from 20 ms to half a second, each time between half of that and all of it.

    The jitter keeps the lanes that lost one scorer from coming back in step.
    """

    def __init__(self) -> None:
        self._next = FIRST_SECONDS

    def next_seconds(self) -> float:
        """The wait before the next try."""
        wait, self._next = self._next, min(2 * self._next, MOST_SECONDS)
        return wait * random.uniform(0.5, 1.0)  # noqa: S311 - not a secret
