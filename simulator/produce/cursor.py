"""Where a run is: all that is needed to go on with the same bytes."""

from dataclasses import dataclass
from typing import NamedTuple


class Epoch(NamedTuple):
    """From which payment on offsets count from which time.

    A run that goes on after a pause counts from a later time; what may have been sent before the
    pause keeps the earlier one, and so its bytes.
    """

    position: int
    time_us: int


class PendingLabel(NamedTuple):
    """A label whose payment was produced, and which is not known yet.

    Sorted by the time at which it becomes known, in microseconds since 1970.
    """

    known_us: int
    position: int
    key: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a run is.

    Args:
        position: Payments before this one are acknowledged, and the labels that belong before them.
        part: Of the source, that the payment at ``position`` is in, or behind the end of.
        row: Within the part.
        reserved: Payments from this one on were never sent.
        labels: Acknowledged ones.
        epochs: By position; none before the first run.
        pending: Labels of payments before ``position`` that come later.
    """

    position: int = 0
    part: int = 0
    row: int = 0
    reserved: int = 0
    labels: int = 0
    epochs: tuple[Epoch, ...] = ()
    pending: tuple[PendingLabel, ...] = ()
