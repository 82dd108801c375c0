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
    """One way to call it; ``count`` pings and as many scores, by turns.

    Args:
        rate: Calls a second of each method; None for the closed loop on one connection.
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

FULL = (Load(None, 2200, 200), Load(100, 660, 60), Load(300, 1000, 100), Load(1000, 2200, 200))
QUICK = (Load(None, 440, 40), Load(100, 220, 20))


def chosen_edge() -> Edge:
    """The edge that a scorer runs unless told otherwise; the bars are held to it."""
    settings = ScorerSettings()
    return Edge(settings.edge, settings.threads if settings.edge == "threads" else 1)
