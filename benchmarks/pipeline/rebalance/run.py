"""One run: payments flow, workers come and go, and both ends are compared."""

import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.pipeline.rebalance.jitter import Ruler
from benchmarks.pipeline.rebalance.judge import Window, judge
from benchmarks.pipeline.rebalance.ledger import read_ledger, wait_until_decided
from benchmarks.pipeline.rebalance.plan import Act, Plan
from benchmarks.pipeline.rebalance.report import Result
from benchmarks.pipeline.rebalance.source import Source
from benchmarks.pipeline.rebalance.stage import Stage, running_stage
from fraud.settings import KafkaSettings

SETTLE_SECONDS = 2.0
DECIDE_SECONDS = 20.0


def run(home: Path, kafka: KafkaSettings, plan: Plan, tell: Callable[[str], None]) -> Result:
    """Carry out a plan.

    Args:
        home: Folder of everything that is written.
        kafka: Of the broker; its topics are made.
        plan: What is done.
        tell: Told of each step.
    """
    with running_stage(home, kafka) as stage:
        stage.join(plan.first)
        source = Source(kafka, plan.rate)
        source.start()
        time.sleep(SETTLE_SECONDS)
        with Ruler() as ruler:
            windows = [_play(act, stage, source, tell) for act in plan.acts]
        produced = source.stop()
        wait_until_decided(stage.outboxes, produced, DECIDE_SECONDS)
        ledger = read_ledger(kafka, stage.outboxes)
    findings = judge(ledger, windows, ruler.jitter)
    return Result(plan.rate, produced, ledger.lost, ledger.doubled, ruler.jitter, findings)


def _play(act: Act, stage: Stage, source: Source, tell: Callable[[str], None]) -> Window:
    tell(f"{act.kind} {', '.join(act.workers)}")
    source.rate = act.rate or source.rate
    begin_us = time.time_ns() // 1000
    if act.kind in {"join", "scale up"}:
        stage.join(act.workers)
    elif act.kind == "leave":
        stage.leave(act.workers)
    elif act.kind == "kill":
        stage.kill(act.workers)
    time.sleep(act.seconds)
    return Window(act, begin_us, time.time_ns() // 1000)
