"""Waiting for what other threads and processes do."""

import time
from collections.abc import Callable


def wait_until(
    holds: Callable[[], object],
    seconds: float = 20.0,
    told: Callable[[], object] = lambda: "it did not come true in time",
    *,
    pause: float = 0.01,
) -> None:
    """Look again and again until it is true.

    Args:
        holds: What has to become true.
        seconds: How long it may take.
        told: What a failure shows.
        pause: Seconds between two looks; longer where a look is work for those who are watched.

    Raises:
        AssertionError: It did not become true.
    """
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, told()
        time.sleep(pause)
