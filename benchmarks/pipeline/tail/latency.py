"""What payments that arrive by the topics cost those that are being scored.

Three loads on the machine by turns, the same scores in each: ``idle``; ``elsewhere``, payments
produced to topics that the scorer does not follow, so that broker and producer take their share of
the processors; ``arriving``, the same payments produced to those that it follows.

Broker and producer have machines of their own where it matters; here they take what nobody else
wants of the scorer's, unless told otherwise.
"""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Literal

from benchmarks.pipeline.tail.feed import producing
from benchmarks.pipeline.tail.payments import payment
from benchmarks.pipeline.tail.visibility import following
from fraud.client import ScorerClient
from fraud.loadgen import LoadPlan, run_load, write_requests
from fraud.local.scorer import LocalScorer
from fraud.settings import KafkaSettings
from fraud.v1.scoring_pb2 import ScoreRequest
from scorer.model.bundle import ModelBundle

type Arm = Literal["idle", "elsewhere", "arriving"]
ARMS: tuple[Arm, ...] = ("idle", "elsewhere", "arriving")
SCORES_PER_SECOND = 100.0
WARM_UP_SECONDS = 2.0
LEAD_SECONDS = 3.0
SETTLE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Latency:
    """One arm, once; microseconds, messages applied meanwhile, calls beyond the bound."""

    arm: Arm
    repeat: int
    p50_us: float
    p99_us: float
    ping_p99_us: float
    applied: int
    refused: int


@dataclass(frozen=True, slots=True)
class Bench:
    """What every arm needs."""

    requests: Path
    bundle: ModelBundle
    followed: KafkaSettings
    elsewhere: KafkaSettings
    events_per_second: float
    seconds: float
    aside: bool


def measure(home: Path, bench: Bench, repeats: int) -> list[Latency]:
    """Visit every arm in every repeat, each time in another order."""
    write_requests(
        bench.requests,
        [
            ScoreRequest(transaction=payment("score", number))
            for number in range(int(SCORES_PER_SECOND * bench.seconds))
        ],
    )
    found = []
    with LocalScorer(following(home, bench.followed, bench.bundle)) as scorer:
        for repeat in range(repeats):
            for place in range(len(ARMS)):
                arm = ARMS[(place + repeat) % len(ARMS)]
                found.append(visit(scorer.target, bench, arm, repeat))
    return found


def visit(target: str, bench: Bench, arm: Arm, repeat: int) -> Latency:
    """Score under one load.

    Raises:
        AssertionError: A call failed other than by the bound of calls in flight, or what was
            produced was not applied meanwhile.
    """
    plan = LoadPlan(
        payments=bench.requests,
        target=target,
        method="interleaved",
        rate=SCORES_PER_SECOND,
        ping_rate=SCORES_PER_SECOND,
        seconds=bench.seconds + 10,
        warm_up=int(SCORES_PER_SECOND * WARM_UP_SECONDS),
        restamp=True,
        id_prefix=f"{arm}-{repeat}-{time.time_ns()}-",
    )
    time.sleep(SETTLE_SECONDS)
    with ScorerClient(target) as client, load(bench, arm):
        before = applied(client)
        report = run_load(plan)
        count = applied(client) - before
    errors = Counter(report.score.errors) + Counter(report.ping.errors)
    refused = errors.pop("RESOURCE_EXHAUSTED", 0)
    assert not errors, (arm, errors)
    # A tenth less than due: the producer takes its time to begin and to end.
    wanted = bench.events_per_second * bench.seconds * 0.9 if arm == "arriving" else 0
    assert count >= wanted if wanted else count == 0, (arm, count)
    latency = report.score.latency
    ping_p99_us = report.ping.latency.p99_us
    return Latency(arm, repeat, latency.p50_us, latency.p99_us, ping_p99_us, count, refused)


@contextmanager
def load(bench: Bench, arm: Arm) -> Iterator[None]:
    """Payments that arrive, or pass by, while the block runs."""
    settings = bench.followed if arm == "arriving" else bench.elsewhere
    name = f"{arm}{time.time_ns()}"
    rate, seconds = bench.events_per_second, bench.seconds + 60
    feed = producing(settings, name, rate, seconds, aside=bench.aside)
    with nullcontext() if arm == "idle" else feed:
        if arm != "idle":
            time.sleep(LEAD_SECONDS)
        yield


def applied(client: ScorerClient) -> int:
    """Messages that the scorer has applied so far."""
    return sum(each.next_offset for each in client.freshness().partitions)


def middle(found: list[Latency], arm: Arm) -> float:
    """Median over the repeats of an arm's P99, microseconds."""
    return median(each.p99_us for each in found if each.arm == arm)


def ratios(found: Sequence[Latency], arm: Arm, other: Arm) -> list[float]:
    """P99 under one load over that under another, of each repeat.

    The loads of a repeat follow each other within a minute, so what the machine takes at a time
    is in both.
    """
    p99_us = {(each.arm, each.repeat): each.p99_us for each in found}
    repeats = sorted({each.repeat for each in found})
    return [p99_us[arm, repeat] / p99_us[other, repeat] for repeat in repeats]
