"""What a soak does, in numbers."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

type Victim = Literal["spark", "scorer-a", "scorer-b", "worker", "broker"]

# In an order that never takes two of them away at once.
ALL_KILLS: tuple[Victim, ...] = (
    "spark",
    "scorer-a",
    "worker",
    "broker",
    "spark",
    "scorer-b",
    "worker",
)
# What a short run has time for.
FEW_KILLS: tuple[Victim, ...] = ("scorer-a", "worker", "spark", "broker")
SHORT_SECONDS = 300


@dataclass(frozen=True, slots=True)
class SoakPlan:
    """One soak.

    Args:
        home: Folder of everything that it writes.
        seconds: How long payments are produced.
        rate: Payments a second onto the topic.
        gateway_rate: Payments a second that a gateway asks a scorer about instead.
        customers: Accounts of the simulated world.
        oracle_accounts: Accounts that are held against the brute-force oracle.
        drain_seconds: How long everything may take to catch up afterwards.
    """

    home: Path
    seconds: float = 600.0
    rate: float = 200.0
    gateway_rate: float = 20.0
    customers: int = 2_000
    oracle_accounts: int = 25
    drain_seconds: float = 240.0

    def kills(self) -> Iterator[tuple[float, Victim]]:
        """When, in seconds from the start, which process is killed; evenly spread."""
        victims = ALL_KILLS if self.seconds >= SHORT_SECONDS else FEW_KILLS
        for number, victim in enumerate(victims, start=1):
            yield self.seconds * number / (len(victims) + 1), victim
