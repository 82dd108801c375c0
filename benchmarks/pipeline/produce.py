"""How punctual the producer is; ``python -m benchmarks.pipeline.produce``.

A broker of its own on the same machine, the simulated world, ten seconds at each rate. That every
payment is in the log, once, is checked before a figure is printed; the machine's own unpunctuality
stands beside.
"""

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.load.host import measure_host
from fraud.local.kafka import LocalKafka
from fraud.settings import KafkaSettings
from messaging.admin import reconcile
from messaging.offsets import end_offsets
from messaging.topics import RAW_TRANSACTIONS
from simulator import WorldConfig
from simulator.produce import Arrivals, ProducePlan, ProduceReport, ProduceRun, WorldSource

RATES = (200, 1_000, 10_000)
ACHIEVED = 0.98
"""Of the rate, from the first payment's time to the last acknowledgement."""


def main(
    seconds: Annotated[float, typer.Option(help="Of each rate.")] = 10.0,
    check: Annotated[bool, typer.Option(help="Fail when a rate is not achieved.")] = False,
) -> None:
    """Measure and print."""
    host = measure_host()
    table = Table(
        "rate/s", "achieved/s", "P50 ms", "P99 ms", "most ms", title="produce, behind its time"
    )
    slow = []
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="fraud-produce-"))
        broker = stack.enter_context(LocalKafka(Path(folder) / "kafka"))
        for rate in RATES:
            report = measure(broker.bootstrap_servers, rate, seconds)
            achieved = report.payments_a_second
            slow += [rate] if achieved < ACHIEVED * rate else []
            times = (report.late_p50_us, report.late_p99_us, report.late_max_us)
            late = [f"{time_us / 1000:,.2f}" for time_us in times]
            table.add_row(f"{rate:,}", f"{achieved:,.0f}", *late)
    console = Console(width=100)
    console.print(table)
    console.print(
        f"{host.processor}, {host.cores} cores, load {host.load_average:.1f}; a sleep of 10 ms "
        f"oversleeps {host.oversleep_p50_us / 1000:.2f} ms at P50, "
        f"{host.oversleep_p99_us / 1000:.2f} ms at P99"
    )
    if check and slow:
        sys.exit(f"not achieved: {slow}")


def measure(servers: str, rate: float, seconds: float) -> ProduceReport:
    """One run on topics of its own; every payment is there once."""
    settings = KafkaSettings(bootstrap_servers=servers, topic_prefix=f"rate-{rate:.0f}-")
    reconcile(settings)
    source = WorldSource(WorldConfig(customers=20_000))
    report = ProduceRun(
        ProducePlan(source, Arrivals("steady", rate), seconds=seconds), settings
    ).run()
    expected = round(rate * seconds)
    assert report.failed == 0, report.reason
    assert report.payments.acknowledged == report.total_payments == expected
    assert sum(end_offsets(settings, [RAW_TRANSACTIONS]).values()) == expected
    return report


if __name__ == "__main__":
    typer.run(main)
