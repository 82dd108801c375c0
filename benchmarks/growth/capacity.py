"""Machines for a rate of payments, and what stops first; ``python -m benchmarks.growth.capacity``.

A scorer's calls wait as in M/D/c; its processor time a call is measured (``make bench``). Every
scorer also records the payments that others decide, and that is what ends replication.
"""

import math
from dataclasses import dataclass
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.growth.queueing import wait_us

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

RATES = (1_000, 10_000, 100_000, 1_000_000)
FOLLOWING_US = 60.0
"""Processor time that a scorer spends on one payment that another decides (docs/scale.md)."""
RECORDER_PER_S = 4_000
PARTITION_PER_S = 8_000
STREAM_PER_S_A_CORE = 150
"""The streaming job kept up with 300 a second on two cores; more was not tried on these."""
STEP = 0.05


@dataclass(frozen=True, slots=True)
class Scorer:
    """What one scorer's machine gives.

    Args:
        call_us: Processor time of a call.
        cores: That take calls at once; 1 where the interpreter's lock divides them.
        floor_us: P99 of a call on an idle server.
        bar_us: What P99 may be.
    """

    call_us: float
    cores: int
    floor_us: float
    bar_us: float

    def most_load(self) -> float:
        """The largest share of its cores at which P99 stays within the bar; 0 where none does."""
        found = 0.0
        for step in range(1, round(1 / STEP)):
            rate = step * STEP * 1e6 * self.cores / self.call_us
            if self.floor_us + wait_us(rate, self.call_us, self.cores) <= self.bar_us:
                found = step * STEP
        return found

    def machines(self, rate: float, load: float, shards: int = 1) -> int | None:
        """Scorers for ``rate`` payments a second; None where following leaves nothing.

        Args:
            rate: Of the whole platform.
            load: The share of the cores that may be busy, of :meth:`most_load`.
            shards: By which what is followed is divided; 1 is how it is built.
        """
        own = 1e6 * self.cores * load - rate * FOLLOWING_US / shards
        if own <= 0:
            return None
        return max(2, math.ceil(rate * self.call_us / own))


@app.command()
def main(
    call_us: Annotated[float, typer.Option(help="CPU a call, of `make bench`.")] = 68.0,
    cores: Annotated[int, typer.Option(help="That take calls at once.")] = 2,
    floor_us: Annotated[float, typer.Option(help="P99 of a score on an idle server.")] = 268.0,
    bar_us: Annotated[float, typer.Option(help="What P99 may be.")] = 1_000.0,
) -> None:
    """Print machines for each rate."""
    scorer = Scorer(call_us, cores, floor_us, bar_us)
    load = scorer.most_load()
    console = Console(width=120)
    console.print(
        f"A scorer may be {load:.0%} busy: {load * 1e6 * cores / call_us:,.0f} calls a second "
        f"with P99 within {bar_us:,.0f} us, were there no others to follow."
    )
    table = Table("payments/s", "scorers", "scorers, followed work / 16", "recorders",
                  "partitions", "Spark cores", "stops first")  # fmt: skip
    for rate in RATES:
        replicated = scorer.machines(rate, load)
        divided = scorer.machines(rate, load, 16)
        table.add_row(
            f"{rate:,}",
            _told(replicated),
            _told(divided),
            f"{math.ceil(rate / RECORDER_PER_S):,}",
            f"{math.ceil(rate / PARTITION_PER_S):,}",
            f"{math.ceil(rate / STREAM_PER_S_A_CORE):,}",
            stops_first(replicated, divided),
        )
    console.print(table)


def stops_first(replicated: int | None, divided: int | None) -> str:
    """Which part of the design ends at that rate."""
    if replicated is not None:
        return "nothing: add scorers"
    if divided is not None:
        return "every scorer following every payment"
    return "following, even divided by 16"


def _told(machines: int | None) -> str:
    return "none suffice" if machines is None else f"{machines:,}"


if __name__ == "__main__":
    app()
