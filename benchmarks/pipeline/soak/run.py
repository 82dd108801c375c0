"""Produces, kills, waits, and holds what came out against what went in."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks.pipeline.soak.chaos import Kill, kill_by_plan
from benchmarks.pipeline.soak.conservation import Conservation, conservation_of
from benchmarks.pipeline.soak.copies import batch_store, scorer_store, spark_store
from benchmarks.pipeline.soak.gateway import Gateway
from benchmarks.pipeline.soak.parity import Parity, compare
from benchmarks.pipeline.soak.plan import SoakPlan
from benchmarks.pipeline.soak.producer import Producer
from benchmarks.pipeline.soak.settle import settle
from benchmarks.pipeline.soak.stack import Stack, running_stack
from benchmarks.pipeline.soak.topics import TopicContents, read_topics
from fraud.demo.steps import Step, Steps
from fraud.local.command import fraud_command


@dataclass(frozen=True, slots=True)
class SoakOutcome:
    """What a soak came to.

    Args:
        plan: What was to be done.
        kills: What was killed when.
        contents: What is in the topics.
        conservation: Ids on their way.
        parity: Features of all accounts.
        lake: What ``fraud lake verify`` found wrong; empty when nothing.
        settled_s: From the last payment until everything had arrived everywhere.
    """

    plan: SoakPlan
    kills: list[Kill]
    contents: TopicContents
    conservation: Conservation
    parity: Parity
    lake: str
    settled_s: float

    @property
    def holds(self) -> bool:
        """Whether nothing was lost or doubled, and all copies agree."""
        return self.conservation.holds and self.parity.holds and self.lake == ""


def run_soak(plan: SoakPlan, steps: Steps) -> SoakOutcome:
    """Do one soak.

    Raises:
        LocalServiceError: A process does not start.
        NotSettledError: Something does not catch up.
    """
    with _started(plan, steps) as stack:
        with steps.step(f"payments for {plan.seconds:.0f} s", plan.seconds) as step:
            produced, kills = _load(plan, stack, step)
        with steps.step("wait until all is everywhere") as step:
            began = time.monotonic()
            settle(stack, len(produced), plan.drain_seconds, lambda text: step.show(0, 1, text))
            settled_s = time.monotonic() - began
        with steps.step("read the topics, verify the lake"):
            contents = read_topics(stack.kafka)
            lake = _verify_lake(stack, plan.drain_seconds)
            outboxes = [each.outbox_path for each in stack.settings.values()]
            conservation = conservation_of(produced, outboxes, stack.dsn)
            stores = {"spark": spark_store(stack.kafka)}
    with steps.step("compare the features of every account"):
        stores |= {name: scorer_store(each) for name, each in stack.settings.items()}
        stores["batch"] = batch_store(plan.home / "batch", stack.shared, contents)
        parity = compare(contents, stores, plan.oracle_accounts)
    return SoakOutcome(plan, kills, contents, conservation, parity, lake, settled_s)


@contextmanager
def _started(plan: SoakPlan, steps: Steps) -> Iterator[Stack]:
    """The stack; only its start is shown as a step."""
    running = running_stack(plan.home)
    with steps.step("start broker, PostgreSQL, Spark, two scorers, recorders, worker"):
        stack = running.__enter__()
    try:
        yield stack
    finally:
        running.__exit__(None, None, None)


def _load(plan: SoakPlan, stack: Stack, step: Step) -> tuple[list[str], list[Kill]]:
    """Payments by both ways while processes are killed; returns ids that were acknowledged."""
    producer = Producer(plan, stack.shared)
    gateway = Gateway(stack.shared.worker.scorers, plan.gateway_rate, plan.customers)
    producer.start()
    gateway.start()
    kills = kill_by_plan(plan.kills(), stack.restarts(), lambda text: step.show(0, 1, text))
    produced = producer.wait()
    gateway.stop()
    return [*produced, *gateway.answered], kills


def _verify_lake(stack: Stack, seconds: float) -> str:
    """``fraud lake verify`` until it finds nothing wrong, or its last word."""
    deadline = time.monotonic() + seconds
    while True:
        done = fraud_command(stack.shared, "lake", "verify")
        if done.returncode == 0:
            return ""
        if time.monotonic() > deadline:
            return done.stdout + done.stderr
        time.sleep(2.0)
