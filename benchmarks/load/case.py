"""What is measured: each edge of the scorer under each load."""

from dataclasses import dataclass
from typing import Literal

from fraud.settings import ScorerSettings


@dataclass(frozen=True, slots=True)
class Edge:
    """One way to run the gRPC server."""

    kind: Literal["aio", "threads", "native"]
    threads: int

    @property
    def name(self) -> str:
        """As the table says it."""
        return self.kind if self.kind == "aio" else f"{self.kind} x {self.threads}"


@dataclass(frozen=True, slots=True)
class Load:
    """One way to call it, scores and pings by turns.

    Args:
        rate: Scores a second; None for the closed loop on one connection.
        count: Payments, of which the first ``warm_up`` are not measured.
        warm_up: About a tenth.
        arrivals: How the open loop's calls are spread.
        connections: Of the closed loop, with one call in flight on each.
    """

    rate: float | None
    count: int
    warm_up: int
    arrivals: Literal["constant", "poisson"] = "constant"
    connections: int = 1

    @property
    def is_in_order(self) -> bool:
        """Whether one call after the other arrives, as they are in the file."""
        return self.rate is None and self.connections == 1

    @property
    def name(self) -> str:
        """As the table says it."""
        if self.rate is None:
            return "closed" if self.connections == 1 else f"closed x {self.connections}"
        spread = "" if self.arrivals == "constant" else " poisson"
        return f"open {self.rate:.0f}/s{spread}"


EDGES = (
    Edge("aio", 1),
    Edge("threads", 1),
    Edge("threads", 2),
    Edge("threads", 4),
    Edge("native", 2),
)

NATIVE, PYTHON = Edge("native", 2), Edge("threads", 2)
"""What is held against each other."""

CLOSED, SATURATED, FAST = (
    Load(None, 2200, 200),
    Load(None, 4400, 400, connections=8),
    Load(1000, 3300, 300),
)

FULL = (
    CLOSED,
    Load(100, 660, 60),
    Load(300, 1320, 120),
    Load(300, 1320, 120, "poisson"),
    FAST,
    SATURATED,
)
QUICK = (Load(None, 440, 40), Load(100, 220, 20), Load(300, 330, 30, "poisson"))

PING_RATE = 100.0
"""Pings a second in the open loop: a sample of the floor that adds little load of its own."""

REFUSALS_COUNT_TO = 300.0
"""Highest rate at which the chosen edge may not refuse a call."""


def chosen_edge() -> Edge:
    """The edge that a scorer runs unless told otherwise; the bars are held to it."""
    settings = ScorerSettings()
    return Edge(settings.edge, 1 if settings.edge == "aio" else settings.threads)
