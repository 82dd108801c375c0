"""Brings the stack up, plants a spike, waits for its alert, and counts what came of payments."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import isnan
from pathlib import Path
from typing import Final

import psycopg

from benchmarks.pipeline.stack.figures import Figure, Window, value_of
from benchmarks.pipeline.stack.spell import Spell
from fraud.local.airflow import DRIFT_WINDOW
from fraud.local.command import fraud_command
from fraud.local.environment import to_environment
from fraud.local.port import HOST
from fraud.settings import Settings
from fraud.stack.stack import Stack, running_stack
from messaging.inventory import take_inventory
from messaging.topics import DECISIONS, RAW_TRANSACTIONS

UP_SECONDS: Final = 900.0
SETTLE_SECONDS: Final = 120.0
DRIFT_SECONDS: Final = 600.0
"""Until enough whole days have passed in the world, and the next run of the DAG has come."""
ALERT: Final = "FraudRateSpike"
RESOLVE_SECONDS: Final = 400.0
"""The alert looks at five minutes; so long after the end of the spike it must be over."""
SPIKE: Final = (
    *("--fraud-rate", "0.4", "--rate", "60", "--seconds", "60", "--id-prefix", "spike-"),
    *("--customers", "2000", "--time", "original"),
)


@dataclass(slots=True)
class Outcome:
    """What a run came to.

    Args:
        load: Of the machine before it began, over a minute.
        up_seconds: Until everything was ready.
        figures: Of latency, lag and freshness.
        spell: Of the alert.
        memory_mb: Process -> its memory at the end of the run.
        counts: Where payments are -> how many, at rest.
        empty_panels: Those without data, where pictures were taken.
    """

    load: float
    up_seconds: float = 0.0
    figures: list[Figure] = field(default_factory=list)
    spell: Spell | None = None
    memory_mb: dict[str, float] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    empty_panels: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether every payment is everywhere, once."""
        return len(set(self.counts.values())) == 1


def run_stack(base: Settings, seconds: float, pictures: Path | None) -> Outcome:
    """One run; the stack is down after it, and what it stored is left.

    Args:
        base: As of a user; the home must be new.
        seconds: From when everything is ready to when the producer is stopped; the spike is planted
            after a quarter of them.
        pictures: Where pictures of the dashboards go, taken once the alert has fired and drift is
            measured.

    Raises:
        RuntimeError: A command fails, or payments are lost; with its words.
    """
    outcome = Outcome(os.getloadavg()[0])
    begun = time.monotonic()
    with stack_up(base) as stack:
        outcome.up_seconds, ready = time.monotonic() - begun, time.time()
        url = f"http://{HOST}:{stack.settings.monitoring.prometheus_port}"
        time.sleep(seconds / 4)
        with spike(stack.settings):
            outcome.spell = wait_for_alert(url, ready)
            if pictures is not None:
                wait_for_drift(stack.settings, url)
                outcome.empty_panels = take_pictures(stack.settings, pictures)
        if outcome.spell is not None and outcome.spell.fired is not None:
            wait_until_over(url, ready, seconds)
        time.sleep(max(0.0, ready + seconds - time.time()))
        end = time.time()
        outcome.spell = Spell.first_of(url, ALERT, ready, end)
        outcome.memory_mb = {each.program.name: each.memory_mb for each in stack.standings()}
        outcome.figures = list(Window(url, end, end - ready).figures())
        outcome.counts = settle(stack, url)
    return outcome


@contextmanager
def stack_up(base: Settings) -> Iterator[Stack]:
    """A stack that runs, brought up and down as its user would."""
    try:
        command(base, "stack", "up")
        yield running_stack(base)
    finally:
        fraud_command(base, "stack", "down", seconds=UP_SECONDS)


def command(settings: Settings, *arguments: str) -> None:
    """Run a command of the platform.

    Raises:
        RuntimeError: It fails; with its words.
    """
    done = fraud_command(settings, *arguments, seconds=UP_SECONDS)
    if done.returncode:
        raise RuntimeError(f"`fraud {' '.join(arguments)}` failed:\n{done.stdout}{done.stderr}")


@contextmanager
def spike(settings: Settings) -> Iterator[None]:
    """Payments of another world come beside the others, four of ten of them fraud, for a minute."""
    produce = [sys.executable, "-m", "fraud", "produce", *SPIKE]
    environment = {**os.environ, **to_environment(settings)}
    quiet = subprocess.DEVNULL
    with subprocess.Popen(produce, env=environment, stdout=quiet, stderr=quiet) as running:
        yield
        if code := running.wait(timeout=SETTLE_SECONDS):
            raise RuntimeError(f"`fraud produce` failed with code {code}")


def wait_for_alert(prometheus: str, since: float) -> Spell | None:
    """Until it fires; gives up when the threshold has not been crossed, or two minutes after."""
    deadline = time.monotonic() + 2 * SETTLE_SECONDS
    while time.monotonic() < deadline:
        found = Spell.first_of(prometheus, ALERT, since, time.time())
        if found is not None and found.fired is not None:
            return found
        time.sleep(1.0)
    return None


def wait_for_drift(settings: Settings, prometheus: str) -> None:
    """Until Airflow has measured it; where that is left out, the command does as a user would.

    Raises:
        RuntimeError: It is not there in time; with the command's words.
    """
    deadline, said = time.monotonic() + DRIFT_SECONDS, "Airflow did not measure drift"
    while isnan(value_of(prometheus, "count(fraud_drift_drifted)", time.time())):
        if time.monotonic() > deadline:
            raise RuntimeError(f"no drift after {DRIFT_SECONDS:.0f} s: {said}")
        if not settings.stack.airflow:
            options = ("--clock", "event", "--window", DRIFT_WINDOW)
            done = fraud_command(settings, "drift", "measure", *options)
            said = done.stdout + done.stderr
        time.sleep(5.0)


def wait_until_over(prometheus: str, since: float, seconds: float) -> None:
    """Until the alert is resolved; gives up long after it should be, or where a run is short."""
    deadline = since + max(seconds, RESOLVE_SECONDS + seconds / 4) if seconds >= 300 else since
    while time.time() < deadline:
        found = Spell.first_of(prometheus, ALERT, since, time.time())
        if found is not None and found.resolved is not None:
            return
        time.sleep(5.0)


def take_pictures(settings: Settings, folder: Path) -> list[str]:
    """One of each dashboard; gives the panels that had no data."""
    from ops.dashboards import DASHBOARDS
    from tests.integration.monitoring.browser import looking_at, panels_with_data

    folder.mkdir(parents=True, exist_ok=True)
    with looking_at(f"http://{HOST}:{settings.monitoring.dashboards_port}") as browser:
        drawn: dict[str, bool] = {}
        for dashboard in DASHBOARDS:
            picture = folder / f"{dashboard.uid}.png"
            drawn |= panels_with_data(browser, dashboard.uid, picture)
    return [title for title, data in drawn.items() if not data]


def settle(stack: Stack, prometheus: str) -> dict[str, int]:
    """Payments produced, scored and stored, once all are the same or nothing more is to come."""
    stack.supervisor.stop_program("producer")
    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        counts = count_payments(stack.settings, prometheus)
        if len(set(counts.values())) == 1 or time.monotonic() > deadline:
            return counts
        time.sleep(1.0)


def count_payments(settings: Settings, prometheus: str) -> dict[str, int]:
    """Where payments are -> how many; one that is stored twice would be seen."""
    topics = {topic.name: topic.messages for topic in take_inventory(settings.kafka).topics}
    with psycopg.connect(settings.recorder.dsn or "") as connection:
        row = connection.execute(
            "SELECT count(*), count(DISTINCT transaction_id) FROM predictions"
        ).fetchone()
    stored, distinct = row or (0, 0)
    scored = value_of(prometheus, "sum(fraud_scorer_predictions_total)", time.time())
    return {
        "produced (raw_transactions)": topics[RAW_TRANSACTIONS],
        "scored (the scorer's counter)": 0 if isnan(scored) else int(scored),
        "published (decisions)": topics[DECISIONS],
        "stored (rows of predictions)": stored,
        "stored (different payments)": distinct,
    }
