"""The open loop: measured from the intended time of sending, and nothing is ever silent."""

from pathlib import Path

import pytest

from fraud.loadgen import LoadPlan, run_load
from tests.integration.load.slow_server import Faults, slow_server


def test_a_stall_is_in_the_latency_of_the_calls_behind_it(payments: Path) -> None:
    """Coordinated omission: one stall of 200 ms at 200/s delays about 40 of 300 calls."""
    with slow_server(Faults(delays={100: 0.2})) as server:
        report = run_load(LoadPlan(payments=payments, target=server.target, rate=200.0))
    latency = report.score.latency
    assert latency.count == report.score.answered == 300
    assert latency.max_us >= 200_000
    assert latency.p99_us >= 150_000
    assert latency.p90_us >= 30_000
    assert latency.p50_us < 50_000


def test_sending_does_not_wait_for_answers(payments: Path) -> None:
    with slow_server(Faults(delays={0: 0.5}), threads=2) as server:
        report = run_load(LoadPlan(payments=payments, target=server.target, rate=500.0, count=100))
    assert report.score.answered == 100
    assert report.score.lag.p50_us < 20_000
    assert report.elapsed_s < 1.5


def test_calls_over_the_limit_are_counted(payments: Path) -> None:
    with slow_server(Faults(delays={0: 0.4})) as server:
        plan = LoadPlan(payments=payments, target=server.target, rate=200.0, count=60, limit=5)
        report = run_load(plan)
    score = report.score
    assert score.over_limit > 20
    assert score.sent == score.answered == len(server.payments)
    assert score.sent + score.over_limit == 60


def test_seconds_bound_the_run(payments: Path) -> None:
    with slow_server(Faults()) as server:
        plan = LoadPlan(payments=payments, target=server.target, rate=100.0, seconds=0.5)
        report = run_load(plan)
    assert report.score.sent == report.score.answered == 50


@pytest.mark.parametrize("arrivals", ["constant", "poisson"])
def test_methods_share_the_run(payments: Path, arrivals: str) -> None:
    with slow_server(Faults()) as server:
        plan = LoadPlan(
            payments=payments,
            target=server.target,
            method="interleaved",
            arrivals="poisson" if arrivals == "poisson" else "constant",
            rate=200.0,
            count=100,
        )
        report = run_load(plan)
    assert report.ping.answered == report.score.answered == 100
    assert server.order.count("ping") == server.order.count("score") == 100
    first_half = server.order[:100]
    assert 30 <= first_half.count("ping") <= 70
    if arrivals == "constant":
        # Half a gap apart; a machine that is late for a moment may send two of one kind.
        changes = sum(a != b for a, b in zip(server.order, server.order[1:], strict=False))
        assert changes >= 150


def test_restamped_payments_are_new_and_of_now(payments: Path) -> None:
    with slow_server(Faults()) as server:
        plan = LoadPlan(
            payments=payments, target=server.target, count=3, restamp=True, id_prefix="run1-"
        )
        run_load(plan)
    assert [payment.transaction_id for payment in server.payments] == [
        "run1-t0",
        "run1-t1",
        "run1-t2",
    ]
    times = [payment.event_time.ToMicroseconds() for payment in server.payments]
    assert times == sorted(times)
    assert times[0] > 1_760_000_000_000_000
