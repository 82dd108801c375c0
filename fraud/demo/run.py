"""The demo: simulate, train, serve, send live payments, and hold every answer against the truth."""

import shutil
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from fraud.demo.check import checks_of
from fraud.demo.outcome import Outcome, outcome_of
from fraud.demo.plan import DemoPlan
from fraud.demo.prepare import LivePart, write_history, write_live, write_state
from fraud.demo.services import Services, running_services
from fraud.demo.steps import Steps
from fraud.demo.table import explanation, next_commands, report_table
from fraud.loadgen import LoadAnswer, LoadPlan, LoadReport, client_binary, read_answers, run_load
from fraud.local.scorer import LocalScorer, local_recorder
from scorer.recorder.reader import PredictionReader
from simulator import World
from training.config import TrainingConfig
from training.report import TrainingReport
from training.run import train

WARM_UP = 200
DRAIN_SECONDS = 30.0


def run_demo(plan: DemoPlan, console: Console) -> bool:
    """Run the demo; returns whether everything held that should.

    Raises:
        LocalServiceError: PostgreSQL, MLflow, the scorer or the recorder does not start.
        TrainingError: The model cannot be trained or proven.
        LoadgenError: The load client cannot be built or run.
    """
    steps = Steps(console)
    shutil.rmtree(plan.home, ignore_errors=True)
    with steps.step("start PostgreSQL and MLflow"), ExitStack() as starting:
        services = starting.enter_context(running_services(plan.home))
        stack = starting.pop_all()
    with stack:
        live, training = _prepare(plan, services, steps)
        report = _send(plan, services, live, steps)
        outcome = outcome_of(_answers(plan), live.kinds)
        return _tell(plan, services, training, report, outcome, live, console)


def _prepare(plan: DemoPlan, services: Services, steps: Steps) -> tuple[LivePart, TrainingReport]:
    world = World(plan.world(datetime.now(UTC).date()))
    history = plan.home / "history"
    expected = world.config.customers * world.config.payments_per_day * world.config.days
    with steps.step("simulate two months of payments", expected) as step:
        write_history(world, history, step.advance)
        live = write_live(world, plan.payments, plan.home / "live.requests")
    with steps.step("train, prove and promote a model") as step:
        registry = services.settings.registry
        training = train(
            TrainingConfig(),
            history,
            registry,
            lambda name, done, total: step.show(done, total, name),
        )
    with steps.step("build the feature state") as step:
        write_state(history, services.settings, lambda _, done, total: step.show(done, total))
    with steps.step("build the load client"):
        client_binary()
    return live, training


def _send(plan: DemoPlan, services: Services, live: LivePart, steps: Steps) -> LoadReport:
    """Serve and record while the live payments are sent; ends when all are recorded."""
    recorder = local_recorder(services.settings)
    scorer = LocalScorer(services.settings)
    try:
        with steps.step("start the scorer and the recorder"):
            scorer.start()
            recorder.start()
        with steps.step(f"send {plan.payments:,} live payments", plan.seconds) as step:
            load = LoadPlan(
                payments=live.requests,
                target=scorer.target,
                method="interleaved",
                rate=plan.rate,
                seconds=plan.seconds + 5,
                warm_up=WARM_UP,
                answers=_answers_path(plan),
            )
            report = run_load(load, lambda seen: step.show(seen.elapsed_s, plan.seconds))
        with steps.step("wait until all are in PostgreSQL"):
            _wait_until_recorded(services.dsn, report.score.answered)
        return report
    finally:
        scorer.stop()
        recorder.stop()


def _wait_until_recorded(dsn: str, rows: int) -> None:
    deadline = time.monotonic() + DRAIN_SECONDS
    with PredictionReader(dsn) as reader:
        while reader.count() < rows and time.monotonic() < deadline:
            time.sleep(0.1)


def _tell(
    plan: DemoPlan,
    services: Services,
    training: TrainingReport,
    report: LoadReport,
    outcome: Outcome,
    live: LivePart,
    console: Console,
) -> bool:
    with PredictionReader(services.dsn) as reader:
        checks = checks_of(plan, report, outcome, reader.count())
        shown = outcome.shown
        prediction = reader.find(shown.transaction_id) if shown else None
    console.print()
    console.print(report_table(report, outcome, checks))
    if prediction is not None:
        kind = live.kinds[prediction.transaction.transaction_id]
        console.print("\n[bold]One declined payment, explained from PostgreSQL[/]")
        console.print(explanation(prediction, training.bundle.manifest.reference, kind))
    next_commands(console, str(plan.home))
    return prediction is not None and all(check.holds for check in checks)


def _answers(plan: DemoPlan) -> list[LoadAnswer]:
    return list(read_answers(_answers_path(plan)))


def _answers_path(plan: DemoPlan) -> Path:
    return plan.home / "answers.jsonl"
