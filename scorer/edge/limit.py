"""The bound of calls in flight, which tells how often it was in the way."""

from typing import Any


class CountingLimit(int):
    """A number that counts how often it was found to be reached.

    The server turns calls away by itself and tells nobody: it asks ``in_flight >= limit``, and of
    an int and an int's subclass Python asks the subclass first.

    >>> limit = CountingLimit(2)
    >>> 1 >= limit, 2 >= limit, limit.shed
    (False, True, 1)
    """

    shed = 0

    def __le__(self, other: Any) -> bool:
        reached = super().__le__(other)
        if reached:
            self.shed += 1
        return reached
