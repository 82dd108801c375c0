"""What is measured: each edge of the scorer under each load."""

from dataclasses import dataclass
from typing import Literal

from fraud.settings import ScorerSettings


@dataclass(frozen=True, slots=True)
class Edge:
    """One way to run the gRPC server."""

    kind: Literal["aio", "threads"]
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
    """

    rate: float | None
    count: int
    warm_up: int

    @property
    def name(self) -> str:
        """As the table says it."""
        return "closed" if self.rate is None else f"open {self.rate:.0f}/s"


EDGES = (Edge("aio", 1), Edge("threads", 1), Edge("threads", 2), Edge("threads", 4))

FULL = (Load(None, 2200, 200), Load(100, 660, 60), Load(300, 1320, 120), Load(1000, 3300, 300))
QUICK = (Load(None, 440, 40), Load(100, 220, 20))

PING_RATE = 100.0
"""Pings a second in the open loop: a sample of the floor that adds little load of its own."""

REFUSALS_COUNT_TO = 300.0
"""Highest rate at which the chosen edge may not refuse a call."""


def chosen_edge() -> Edge:
    """The edge that a scorer runs unless told otherwise; the bars are held to it."""
    settings = ScorerSettings()
    return Edge(settings.edge, settings.threads if settings.edge == "threads" else 1)
