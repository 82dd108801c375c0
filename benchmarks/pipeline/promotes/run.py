"""One run: a scorer under load; nothing moved, another model's champion moved, its own moved."""

import json
import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from threading import Event
from typing import Final

import numpy as np

from benchmarks.pipeline.aside import step_aside
from benchmarks.pipeline.promotes.fill import fill_outbox
from benchmarks.pipeline.promotes.payments import write_payments
from benchmarks.pipeline.promotes.swaps import Swapper
from fraud.client import ScorerClient
from fraud.loadgen import LoadPlan, client_binary, run_load
from fraud.local.port import free_port
from fraud.local.scorer import LocalScorer
from fraud.settings import RegistrySettings, Settings
from scorer.sinks.reader import OutboxReader
from training.registry.aliases import Change, promote
from training.registry.server import RegistryServer

# MLflow looks at its list of webhooks once a second.
WEBHOOK_SECONDS: Final = 2.0
ELSEWHERE: Final = "elsewhere"
"""Name of the model that no scorer follows."""
UNMEASURED_SECONDS: Final = 0.5
"""Of each window, while its connection is new."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do.

    Args:
        count: Promotes and rollbacks in all, half of each.
        rate: Payments a second.
        every_seconds: From one swap to the next, unless one takes longer.
        window_seconds: How long nothing is moved, then another champion; then, twice as long, its
            own, by turns.
        warm_up_seconds: Before anything is measured; the champion is moved in it.
        limit_seconds: Then it is over, whatever was reached.
        aside: Whether those who move champions take only what nobody else wants of the processors.
        full: Whether the scorer has a past that fills its caches.
    """

    count: int
    rate: float = 200.0
    every_seconds: float = 1.0
    window_seconds: float = 10.0
    warm_up_seconds: float = 60.0
    limit_seconds: float = 3600.0
    aside: bool = False
    full: bool = True


@dataclass(slots=True)
class Found:
    """What was found; latencies in microseconds from the intended time of sending.

    Args:
        swaps: That the scorer followed while payments were sent.
        calls: Payments sent.
        failed: Of those, not answered by a model, or not sent in time.
        lost: Answered, and not in the outbox.
        steady: Of calls in windows without swaps.
        elsewhere: Of calls in windows with swaps of a model that the scorer does not follow, which
            take of the machine what the registry takes.
        swapping: Of calls in windows with swaps.
        followed_s: Seconds from a promote's or rollback's return to the scorer's following.
        resident_before: Bytes, after the warm-up.
        resident_after: Bytes, at the end.
    """

    swaps: int = 0
    calls: int = 0
    failed: int = 0
    lost: int = 0
    steady: list[float] = field(default_factory=list)
    elsewhere: list[float] = field(default_factory=list)
    swapping: list[float] = field(default_factory=list)
    followed_s: list[float] = field(default_factory=list)
    resident_before: float = 0.0
    resident_after: float = 0.0

    @property
    def p99_ratio(self) -> float:
        """P99 with swaps to P99 without."""
        return float(np.percentile(self.swapping, 99) / np.percentile(self.steady, 99))

    @property
    def p99_ratio_to_elsewhere(self) -> float | None:
        """P99 with swaps to P99 with swaps of a model that is not followed; None without these."""
        if not self.elsewhere:
            return None
        return float(np.percentile(self.swapping, 99) / np.percentile(self.elsewhere, 99))

    @property
    def growth(self) -> float:
        """Of resident memory, as a share."""
        return self.resident_after / self.resident_before - 1


def measure(
    settings: Settings, versions: Sequence[str], plan: Plan, others: Sequence[str] = ()
) -> Found:
    """Do a run on versions of the registry of ``settings``.

    Args:
        settings: Of the scorer.
        versions: Of its model.
        plan: What to do.
        others: Of the model :data:`ELSEWHERE`; empty leaves its windows out.

    Raises:
        StartError: The scorer does not become ready.
        TimeoutError: It does not follow.
        LoadgenError: The load client cannot be built, or failed.
    """
    client_binary()  # built before anything is timed
    told = _told(settings)
    past = fill_outbox(told) if plan.full else 0
    with (
        RegistryServer(settings.registry) as server,
        RegistryServer(elsewhere(settings.registry)) as beside,
    ):
        promote(Change(server, "benchmark"), versions[0], force=True)
        if others:
            promote(Change(beside, "benchmark"), others[0], force=True)
        with LocalScorer(told) as scorer, ScorerClient(scorer.target) as client:
            time.sleep(WEBHOOK_SECONDS)
            own = Swapper(server, client, versions)
            other = Swapper(beside, None, others) if others else None
            return Run(told, plan, scorer, own, other, past).whole()


def elsewhere(settings: RegistrySettings) -> RegistrySettings:
    """The same registry, with the model that no scorer follows."""
    return settings.model_copy(update={"model_name": ELSEWHERE})


@dataclass(slots=True)
class Run:
    """One run in progress."""

    settings: Settings
    plan: Plan
    scorer: LocalScorer
    swapper: Swapper
    other: Swapper | None
    past: int = 0
    found: Found = field(default_factory=Found)
    answered: list[str] = field(default_factory=list)

    def whole(self) -> Found:
        """Warm up, then windows by turns until enough was moved; with the memory around them."""
        plan, found, swapper = self.plan, self.found, self.swapper
        over = time.monotonic() + plan.limit_seconds
        self._window(plan.warm_up_seconds, swapper)
        swapper.under_load, swapper.followed_s = 0, []
        found.resident_before = resident_bytes(self.scorer.pid)
        while swapper.under_load < plan.count and time.monotonic() < over:
            found.steady += self._window(plan.window_seconds, None)
            if self.other is not None:
                found.elsewhere += self._window(plan.window_seconds, self.other)
            found.swapping += self._window(2 * plan.window_seconds, swapper)
        found.resident_after = resident_bytes(self.scorer.pid)
        found.swaps, found.followed_s = swapper.under_load, swapper.followed_s
        found.lost = len(set(self.answered) - _kept(self.settings.outbox_path))
        return found

    def _window(self, seconds: float, swapper: Swapper | None) -> list[float]:
        """Send payments for so long; returns the latencies."""
        payments, answers = self.settings.home / "payments", self.settings.home / "answers"
        count = round(seconds * self.plan.rate)
        write_payments(payments, self.past + self.found.calls, count)
        load = LoadPlan(
            payments=payments,
            target=self.scorer.target,
            rate=self.plan.rate,
            seconds=seconds + 5,
            warm_up=round(UNMEASURED_SECONDS * self.plan.rate),
            answers=answers,
        )
        with self._swapping(swapper):
            report = run_load(load)
        self.found.calls += count
        self.found.failed += count - report.score.answered + report.answers.degraded
        lines = [json.loads(line) for line in answers.read_text().splitlines()]
        whole = [line for line in lines if line["code"] == "OK"]
        self.answered += [line["transaction_id"] for line in whole]
        return [line["latency_us"] for line in whole if not line["warm_up"]]

    @contextmanager
    def _swapping(self, swapper: Swapper | None) -> Iterator[None]:
        """Swap while the body runs; its processes are started by a thread that is not aside."""
        if swapper is None:
            yield
            return
        over = Event()
        begin = step_aside if self.plan.aside else None
        with ThreadPoolExecutor(1, initializer=begin) as pool:
            swapping = pool.submit(swapper.swap_until, over, self.plan.every_seconds)
            try:
                yield
            finally:
                over.set()
            swapping.result()


def resident_bytes(pid: int | None, samples: int = 11) -> float:
    """Memory of a process, the median over about a second."""
    path, page = Path(f"/proc/{pid}/statm"), os.sysconf("SC_PAGE_SIZE")
    found = []
    for _ in range(samples):
        found.append(int(path.read_text().split()[1]) * page)
        time.sleep(0.1)
    return median(found)


def _told(settings: Settings) -> Settings:
    """Settings of a scorer that the webhook tells, and polling should one be lost."""
    registry = settings.registry.model_copy(
        update={"webhook_port": free_port(), "webhook_password": "benchmark"}
    )
    scorer = settings.scorer.model_copy(update={"port": free_port()})
    return settings.model_copy(update={"registry": registry, "scorer": scorer})


def _kept(outbox: Path) -> set[str]:
    """The payments whose decisions are durable."""
    reader, found, seq = OutboxReader(outbox), set[str](), 0
    while entries := reader.read_after(seq, 10_000):
        found |= {each.key for each in entries}
        seq = entries[-1].seq
    reader.close()
    return found
