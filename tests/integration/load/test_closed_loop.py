"""The closed loop: exact counts, codes, order and answers."""

from pathlib import Path

import grpc
import pytest

from fraud.loadgen import (
    ClientRunError,
    LoadPlan,
    LoadProgress,
    read_answers,
    read_requests,
    run_load,
)
from tests.integration.load.slow_server import Faults, slow_server


def test_ping_and_score_alternate_on_one_connection(payments: Path) -> None:
    with slow_server(Faults()) as server:
        plan = LoadPlan(
            payments=payments, target=server.target, loop="closed", method="interleaved", warm_up=20
        )
        report = run_load(plan)
    assert server.order == ["ping", "score"] * 300
    assert [payment.transaction_id for payment in server.payments] == [
        f"t{number}" for number in range(300)
    ]
    for method in (report.ping, report.score):
        assert (method.sent, method.answered, method.warm_up) == (300, 300, 20)
        assert method.latency.count == 280
    sizes = [request.ByteSize() for request in read_requests(payments)]
    for sent, asked in zip(server.ping_bytes, sizes, strict=True):
        assert abs(sent - asked) <= 2


def test_errors_are_counted_by_code(payments: Path) -> None:
    unavailable, exhausted = grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED
    faults = Faults(codes={3: unavailable, 5: exhausted, 8: exhausted})
    with slow_server(faults) as server:
        report = run_load(LoadPlan(payments=payments, target=server.target, loop="closed"))
    assert report.score.errors == {"UNAVAILABLE": 1, "RESOURCE_EXHAUSTED": 2}
    assert (report.score.sent, report.score.answered, report.score.failed) == (300, 297, 3)
    assert report.score.latency.count == 297


def test_a_missed_deadline_is_an_error(payments: Path) -> None:
    with slow_server(Faults(delays={1: 0.5}), threads=2) as server:
        plan = LoadPlan(
            payments=payments, target=server.target, loop="closed", count=4, timeout_ms=100
        )
        report = run_load(plan)
    assert report.score.errors == {"DEADLINE_EXCEEDED": 1}
    assert report.score.answered == 3


def test_connections_share_the_payments(payments: Path) -> None:
    with slow_server(Faults(), threads=4) as server:
        plan = LoadPlan(payments=payments, target=server.target, loop="closed", connections=4)
        report = run_load(plan)
    assert report.score.answered == 300
    assert {payment.transaction_id for payment in server.payments} == {
        f"t{number}" for number in range(300)
    }


def test_answers_are_what_the_server_said(payments: Path, tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    with slow_server(Faults(codes={2: grpc.StatusCode.UNAVAILABLE})) as server:
        plan = LoadPlan(
            payments=payments, target=server.target, loop="closed", count=40, skip=10, answers=path
        )
        report = run_load(plan)
    answers = list(read_answers(path))
    assert [answer.transaction_id for answer in answers] == [f"t{n}" for n in range(10, 50)]
    assert [answer.event_time_us for answer in answers] == [
        (1_700_000_000 + n) * 1_000_000 for n in range(10, 50)
    ]
    declined, failed, approved = answers[0], answers[2], answers[3]
    assert (declined.decision, declined.reasons) == ("decline", [("VELOCITY", 0.25)])
    assert (failed.code, failed.message, failed.decision) == ("UNAVAILABLE", "fault 2", None)
    assert approved.probability == pytest.approx(0.103, abs=1e-7)
    assert (approved.code, approved.model_version, approved.risk_score) == ("OK", "7", 3)
    assert report.answers.decisions == {"approve": 35, "decline": 4}
    assert (report.answers.duplicates, report.answers.mismatched) == (10, 0)
    stages = {stage.name: stage for stage in report.server_timing}
    assert stages["model"].p50_us == pytest.approx(20, rel=0.01)
    assert stages["total"].max_us == pytest.approx(139, rel=0.01)


def test_progress_is_told(payments: Path) -> None:
    seen: list[LoadProgress] = []
    with slow_server(Faults()) as server:
        run_load(LoadPlan(payments=payments, target=server.target, rate=130.0), seen.append)
    assert [round(progress.elapsed_s) for progress in seen] == [1, 2]
    assert 100 <= seen[0].sent <= 200


def test_nobody_there_is_a_run_error(payments: Path) -> None:
    with slow_server(Faults()) as server:
        target = server.target
    with pytest.raises(ClientRunError, match=f"Failed to connect to `{target}`"):
        run_load(LoadPlan(payments=payments, target=target))


def test_a_damaged_file_is_a_run_error(tmp_path: Path) -> None:
    path = tmp_path / "damaged.bin"
    path.write_bytes(b"\x05\x0a\x01")
    with pytest.raises(ClientRunError, match="Failed to decode payment 0"):
        run_load(LoadPlan(payments=path, target="127.0.0.1:1"))
