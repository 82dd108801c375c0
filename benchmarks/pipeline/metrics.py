"""What counting a call costs, and what a scrape takes.

Run it as ``python -m benchmarks.pipeline.metrics``; exits 1 when a bar is missed.
"""

import sys
import time
from collections.abc import Callable
from statistics import median

from prometheus_client import CollectorRegistry, generate_latest
from rich.console import Console

from benchmarks.load.host import measure_host
from fraud.exposition.protobuf import encode
from fraud.v1.scoring_pb2 import DECISION_APPROVE, VARIANT_CHAMPION, ScoreResponse, ServerTiming
from fraud.v1.transaction_pb2 import Channel
from scorer.metrics.calls import CallCollector
from scorer.metrics.tally import CallTally

MOST_MICROSECONDS = 5.0
CALLS = 20_000
ROUNDS = 15


def answer() -> ScoreResponse:
    """An ordinary one."""
    timing = ServerTiming(
        total_us=194, validate_us=22, lookup_us=30, assemble_us=27, model_us=47, decide_us=20
    )
    return ScoreResponse(
        decision=DECISION_APPROVE,
        variant=VARIANT_CHAMPION,
        model_version="7",
        server_timing=timing,
    )


def each(call: Callable[[], object], count: int) -> float:
    """Microseconds of one call."""
    began = time.perf_counter_ns()
    for _ in range(count):
        call()
    return (time.perf_counter_ns() - began) / count / 1000


def main() -> int:
    """Check, time, print; returns the exit code."""
    tally, response = CallTally(), answer()
    registry = CollectorRegistry()
    registry.register(CallCollector(tally))
    channels = Channel.values()
    for channel in channels:
        tally.observe(channel, response)
    assert sum(tally.total().outcomes.values()) == len(channels)
    counting = [each(lambda: tally.observe(1, response), CALLS) for _ in range(ROUNDS)]
    floor = [each(lambda: None, CALLS) for _ in range(ROUNDS)]
    assert sum(tally.total().outcomes.values()) == len(channels) + CALLS * ROUNDS
    # The least of the rounds is what the work takes; the rest is other work on the machine.
    cost = min(counting) - min(floor)
    host = measure_host()
    console = Console(width=100)
    console.print(f"{host.processor}, {host.cores} cores, load {host.load_average:.1f}")
    console.print(f"counting a call {cost:.2f} us, at most {MOST_MICROSECONDS}")
    for name, scrape in (("text", generate_latest), ("protobuf", encode)):
        took = median(each(lambda scrape=scrape: scrape(registry), 3) for _ in range(ROUNDS))  # type: ignore[misc]
        console.print(f"a scrape of all channels as {name} {took / 1000:.2f} ms")
    return 0 if cost <= MOST_MICROSECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
