"""The demo's verdict: every way to fail is seen."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from fraud.demo.check import checks_of
from fraud.demo.outcome import Outcome
from fraud.demo.plan import DemoPlan
from fraud.loadgen import AnswerCounts, LoadReport, MethodReport, Percentiles
from tests.unit.demo.test_outcome import ANSWER

PLAN = DemoPlan(home=Path("unused"), rate=10, seconds=10)
NONE = Percentiles(0, 0, 0, 0, 0, 0, 0)
SENT = MethodReport(100, 100, {}, 0, 0, 10.0, NONE, NONE)
REPORT = LoadReport(10.0, 1.0, SENT, SENT, AnswerCounts({}, 0, 0, 0, 0), [])
OUTCOME = Outcome(100, {}, {"mule_ring": 9}, {"mule_ring": 1}, 1, 90, ANSWER)


def failed(report: LoadReport, outcome: Outcome, recorded: int) -> list[str]:
    return [check.claim for check in checks_of(PLAN, report, outcome, recorded) if not check.holds]


def test_a_good_run_passes_every_check() -> None:
    assert failed(REPORT, OUTCOME, 100) == []


def with_score(**changes: object) -> LoadReport:
    return replace(REPORT, score=replace(SENT, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("spoil", "claim"),
    [
        (lambda: (with_score(answered=99), OUTCOME, 99), "every payment was sent"),
        (lambda: (with_score(errors={"INTERNAL": 1}), OUTCOME, 100), "every payment was sent"),
        (lambda: (with_score(over_limit=1), OUTCOME, 100), "every payment was sent"),
        (lambda: (REPORT, OUTCOME, 101), "rows in PostgreSQL"),
        (lambda: (REPORT, OUTCOME, 99), "rows in PostgreSQL"),
        (
            lambda: (replace(REPORT, answers=AnswerCounts({}, 1, 0, 0, 0)), OUTCOME, 100),
            "every answer is the model's own",
        ),
        (lambda: (REPORT, replace(OUTCOME, caught={"mule_ring": 1}), 100), "recall"),
        (lambda: (REPORT, replace(OUTCOME, caught={}, missed={}), 100), "recall"),
        (lambda: (REPORT, replace(OUTCOME, false_alarms=10), 100), "false-positive rate"),
        (lambda: (REPORT, replace(OUTCOME, shown=None), 100), "a declined fraud"),
    ],
)
def test_a_spoilt_run_fails_the_right_check(
    spoil: Callable[[], tuple[LoadReport, Outcome, int]], claim: str
) -> None:
    (only,) = failed(*spoil())
    assert only.startswith(claim)
