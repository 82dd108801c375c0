"""Which of a payment's two times says to which day it belongs."""

from enum import StrEnum


class Clock(StrEnum):
    """What days of a window are days of."""

    DECIDED = "decided"
    """When we decided: what a payments system is watched by."""
    EVENT = "event"
    """The payment's own time, which in a simulated world or a replay is far from ours."""

    @property
    def column(self) -> str:
        """Of the table ``predictions``.

        >>> [clock.column for clock in Clock]
        ['decided_at', 'event_time']
        """
        return "decided_at" if self is Clock.DECIDED else "event_time"
