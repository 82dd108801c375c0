"""Answers held against the truth."""

from dataclasses import replace
from typing import Literal

import pytest

from fraud.demo.outcome import outcome_of
from fraud.loadgen import LoadAnswer

type Decided = Literal["approve", "review", "decline"]

ANSWER = LoadAnswer(
    index=0,
    transaction_id="t0",
    warm_up=False,
    event_time_us=0,
    latency_us=1.0,
    sent_us=0.0,
    lag_us=0.0,
    code="OK",
    message="",
    decision="approve",
    probability=0.01,
    risk_score=10,
    model_version="1",
    reasons=[],
    degraded=False,
    duplicate=False,
    late=False,
    server_us=1,
)
KINDS = {"t0": None, "t1": None, "t2": "stolen_card", "t3": "stolen_card", "t4": "mule_ring"}


def answer(transaction_id: str, decision: Decided | None, probability: float = 0.5) -> LoadAnswer:
    return replace(
        ANSWER, transaction_id=transaction_id, decision=decision, probability=probability
    )


def test_counts_what_was_caught_and_missed_by_kind() -> None:
    outcome = outcome_of(
        [
            answer("t0", "approve"),
            answer("t1", "review"),
            answer("t2", "decline", 0.8),
            answer("t3", "approve"),
            answer("t4", "review"),
        ],
        KINDS,
    )
    assert outcome.decisions == {"approve": 2, "review": 2, "decline": 1}
    assert outcome.caught == {"stolen_card": 1, "mule_ring": 1}
    assert outcome.missed == {"stolen_card": 1}
    assert outcome.recall == pytest.approx(2 / 3)
    assert outcome.false_positive_rate == 0.5
    assert outcome.shown is not None
    assert outcome.shown.transaction_id == "t2"


def test_shows_the_fraud_declined_with_the_highest_probability() -> None:
    outcome = outcome_of(
        [answer("t2", "decline", 0.7), answer("t3", "decline", 0.9), answer("t4", "review", 0.99)],
        KINDS,
    )
    assert outcome.shown is not None
    assert outcome.shown.transaction_id == "t3"


def test_a_failed_call_counts_nowhere() -> None:
    outcome = outcome_of([answer("t2", None)], KINDS)
    assert (outcome.answered, outcome.recall, outcome.shown) == (0, 0.0, None)
