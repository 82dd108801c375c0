"""A slowdown on purpose, to see that the check sees it."""

from collections.abc import Callable

AGAIN_FROM = 10**6
"""Numbers of the calls that are made besides: other payments than the measured ones."""


def slowed(call: Callable[[int], object], percent: int) -> Callable[[int], object]:
    """The same call, ``percent`` of them made a second time, for another payment.

    Args:
        call: Of a case.
        percent: Evenly spread; 0 changes nothing.

    >>> made = []
    >>> planted = slowed(made.append, 20)
    >>> for number in range(10):
    ...     _ = planted(number)
    >>> made
    [0, 1, 2, 3, 4, 1000004, 5, 6, 7, 8, 9, 1000009]
    """
    if percent == 0:
        return call

    def twice(number: int) -> object:
        if (number + 1) * percent // 100 > number * percent // 100:
            call(number)
            return call(number + AGAIN_FROM)
        return call(number)

    return twice
