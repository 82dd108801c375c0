"""How long to wait before the next try."""

import random

FIRST_SECONDS = 0.1
MOST_SECONDS = 5.0


class Backoff:
    """Doubles from a tenth of a second to five, each time between half of that and all of it.

    The jitter keeps recorders that lost the same database from coming back in step.
    """

    def __init__(self) -> None:
        self._next = FIRST_SECONDS

    def next_seconds(self) -> float:
        """The wait before the next try."""
        wait, self._next = self._next, min(2 * self._next, MOST_SECONDS)
        return wait * random.uniform(0.5, 1.0)  # noqa: S311 - not a secret

    def reset(self) -> None:
        """A try succeeded."""
        self._next = FIRST_SECONDS
