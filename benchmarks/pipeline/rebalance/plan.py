"""What is done to the workers, and how long a partition may stand still for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["quiet", "join", "leave", "kill", "scale up"]

BARS_MS: Final[Mapping[Kind, float]] = {
    "join": 300.0,
    "leave": 300.0,
    "scale up": 300.0,
    "kill": 1200.0,
}
"""The longest that a partition may wait, in milliseconds, beside what the host itself costs."""


@dataclass(frozen=True, slots=True)
class Act:
    """One step.

    Args:
        kind: What is done: to start workers, to end one in an orderly way, to kill one.
        workers: Names of those that it is done to.
        rate: Payments a second from then on; None changes nothing.
        seconds: How long the step's effects are watched.
    """

    kind: Kind
    workers: tuple[str, ...] = ()
    rate: float | None = None
    seconds: float = 3.0


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole run: workers at the start, payments a second at the start, and the steps."""

    first: tuple[str, ...]
    rate: float
    acts: Sequence[Act]


FULL: Final = Plan(
    first=("a", "b"),
    rate=500,
    acts=[
        Act("quiet", seconds=5),
        Act("join", ("c",)),
        Act("leave", ("a",)),
        Act("kill", ("b",), seconds=4),
        Act("join", ("a",)),
        Act("join", ("b",)),
        Act("kill", ("c",), seconds=4),
        Act("leave", ("b",)),
        Act("join", ("b",)),
        Act("kill", ("a",), seconds=4),
        Act("quiet", seconds=5),
        Act("scale up", ("c", "d", "e"), rate=1000, seconds=5),
        Act("leave", ("d",)),
        Act("leave", ("e",)),
        Act("kill", ("c",), seconds=4),
        Act("quiet", seconds=3),
    ],
)
SHORT: Final = Plan(
    first=("a",),
    rate=500,
    acts=[
        Act("quiet", seconds=1),
        Act("join", ("b",), seconds=1.5),
        Act("leave", ("a",), seconds=1.5),
        Act("scale up", ("c", "d", "e"), rate=1000, seconds=2),
        Act("kill", ("b",), seconds=2.5),
        Act("quiet", seconds=1),
    ],
)
