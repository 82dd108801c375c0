import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from fraud.v1.records_pb2 import Prediction
from fraud.v1.scoring_pb2 import (
    DECISION_APPROVE,
    DECISION_DECLINE,
    DECISION_REVIEW,
    VARIANT_CHAMPION,
    ScoreRequest,
    ScoreResponse,
)
from fraud.v1.transaction_pb2 import Transaction
from scorer.errors import ConflictingTransactionError, InvalidRequestError, NotServingError
from scorer.features.convert import to_event
from scorer.pipeline import request_digest
from tests.unit.scorer.conftest import Parts, open_parts
from tests.unit.scorer.support import CONTRACT, WIDTH, payment


def score(parts: Parts, transaction: Transaction) -> ScoreResponse:
    return parts.pipeline.score(ScoreRequest(transaction=transaction))


@pytest.mark.parametrize(
    ("amount_minor", "decision"),
    [(1000, DECISION_APPROVE), (6000, DECISION_REVIEW), (20000, DECISION_DECLINE)],
)
def test_a_payment_is_decided(parts: Parts, amount_minor: int, decision: int) -> None:
    answer = score(parts, payment("t1", amount_minor=amount_minor))
    assert answer.decision == decision
    assert answer.probability == pytest.approx(1 / (1 + np.exp(5 - amount_minor / 1000)), abs=1e-6)
    assert [each.code for each in answer.reasons] == (
        [] if decision == DECISION_APPROVE else ["UNUSUAL_AMOUNT"]
    )
    assert (answer.variant, answer.contract_digest) == (VARIANT_CHAMPION, CONTRACT.digest)
    assert not answer.flags.degraded
    assert not answer.flags.duplicate


def test_what_is_kept_is_all_that_was_decided_on(parts: Parts) -> None:
    transaction = payment("t2", seconds=10)
    row = np.empty((1, WIDTH), np.float32)
    score(parts, payment("t1"))
    parts.store.assemble(to_event(transaction), row)
    answer = score(parts, transaction)
    stored = parts.outbox.find_prediction("t2")
    assert stored is not None
    kept = Prediction.FromString(stored.payload)
    assert kept.transaction == transaction
    np.testing.assert_array_equal(np.array(kept.features, np.float32), row[0])
    assert kept.decided_at.seconds > 0
    assert (kept.review_threshold, kept.decline_threshold) == pytest.approx((0.49, 0.98))
    for response in (kept.response, answer):
        response.ClearField("server_timing")
    assert kept.response == answer


def test_a_repeat_is_the_first_answer_flagged(parts: Parts) -> None:
    first = score(parts, payment("t1", amount_minor=6000))
    again = score(parts, payment("t1", amount_minor=6000))
    assert again.flags.duplicate
    again.flags.duplicate = False
    for response in (first, again):
        response.ClearField("server_timing")
    assert again == first
    assert parts.outbox.newest_seq == 1


def test_another_payload_under_the_same_id_is_refused(parts: Parts) -> None:
    score(parts, payment("t1"))
    with pytest.raises(ConflictingTransactionError, match="t1"):
        score(parts, payment("t1", amount_minor=1))


def test_a_field_that_this_build_does_not_know_makes_another_payload() -> None:
    known = payment("t1")
    unknown = Transaction.FromString(known.SerializeToString() + b"\xc8\x3e\x07")
    assert request_digest(unknown) != request_digest(known)
    assert request_digest(Transaction.FromString(unknown.SerializeToString())) == request_digest(
        unknown
    )


@pytest.mark.parametrize(
    ("field", "value"), [("amount_minor", -1), ("currency", "XYZ"), ("account_id", "")]
)
def test_a_bad_payment_leaves_no_trace(parts: Parts, field: str, value: object) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        score(parts, payment("t1", **{field: value}))
    assert caught.value.violations[0].field == f"transaction.{field}"
    assert parts.store.entity_count("merchant") == 0
    assert parts.outbox.newest_seq == 0


def test_concurrent_calls_with_one_id_make_one_decision(parts: Parts) -> None:
    together = threading.Barrier(4)

    def call(_: int) -> ScoreResponse:
        together.wait()
        return score(parts, payment("t1"))

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(call, range(4)))
    assert sorted(answer.flags.duplicate for answer in answers) == [False, True, True, True]
    assert len({answer.probability for answer in answers}) == 1
    assert parts.outbox.newest_seq == 1


def test_without_model_and_rules_nothing_is_recorded(tmp_path: Path) -> None:
    parts = open_parts(tmp_path)
    with pytest.raises(NotServingError):
        score(parts, payment("t1"))
    assert parts.store.entity_count("account") == 0
    parts.close()


def test_rules_stand_in_flagged(tmp_path: Path) -> None:
    parts = open_parts(tmp_path, rules=True)
    answers = [score(parts, payment(f"t{number}", seconds=number)) for number in range(7)]
    assert all(answer.flags.degraded for answer in answers)
    assert [answer.decision for answer in answers[:5]] == [DECISION_APPROVE] * 5
    assert answers[6].decision == DECISION_REVIEW
    assert [each.code for each in answers[6].reasons] == ["VELOCITY_COUNT"]
    assert answers[6].model_version == "rules-1"
    parts.close()


def test_a_payment_behind_the_lateness_bound_is_flagged(parts: Parts) -> None:
    score(parts, payment("t1", seconds=100 * 86_400))
    assert score(parts, payment("t2", seconds=0)).flags.late


def test_the_stages_are_timed(parts: Parts) -> None:
    timing = score(parts, payment("t1")).server_timing
    stages = (
        timing.validate_us
        + timing.lookup_us
        + timing.assemble_us
        + timing.model_us
        + timing.decide_us
        + timing.append_us
    )
    assert timing.total_us > 0
    assert stages <= timing.total_us <= stages + 1000
