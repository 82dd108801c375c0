"""What the demo does, in numbers."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from simulator import WorldConfig


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """One run of the demo.

    Args:
        home: Folder of everything that it writes; emptied at the start.
        rate: Live payments a second.
        seconds: How long they are sent.
        seed: Of the simulated world.
        fraud_rate: Share of simulated payments that is fraud, expected over the whole time.
        recall_bar: Least share of the live frauds that must be caught.
        fpr_bar: Greatest share of genuine live payments that may be reviewed or declined.
    """

    home: Path
    rate: float = 100.0
    seconds: float = 30.0
    seed: int = 1
    fraud_rate: float = 0.015
    recall_bar: float = 0.6
    fpr_bar: float = 0.05

    @property
    def payments(self) -> int:
        """Live payments to send."""
        return round(self.rate * self.seconds)

    def world(self, today: date) -> WorldConfig:
        """A history that ends before the last Friday, which is then lived through.

        Whole weeks back, so that the days of the week fall alike whenever the demo runs.
        """
        days = WorldConfig().days
        last_friday = today - timedelta(days=(today.weekday() - 4) % 7 or 7)
        return WorldConfig(
            seed=self.seed,
            start=last_friday - timedelta(days=days),
            fraud_rate=self.fraud_rate,
        )
