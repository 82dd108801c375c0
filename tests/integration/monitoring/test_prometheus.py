"""What Prometheus makes of a scorer's page, both kinds of histogram included."""

import time

import pytest

from fraud.client import ScorerClient
from fraud.local.prometheus import LocalPrometheus
from scorer.service import ScorerService
from tests.unit.scorer.support import payment

PATIENCE_SECONDS = 20.0


def value_of(prometheus: LocalPrometheus, expression: str) -> float:
    """The one value of an expression, once there is one."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := prometheus.query(expression)):
        assert time.monotonic() < deadline, f"no data: {expression}"
        time.sleep(0.2)
    (sample,) = found
    return float(sample["value"][1])  # type: ignore[index]


@pytest.mark.slow
def test_prometheus_reads_calls_in_both_kinds_of_histogram(
    scorer: ScorerService, prometheus: LocalPrometheus, native_prometheus: LocalPrometheus
) -> None:
    with ScorerClient(f"127.0.0.1:{scorer.port}") as client:
        totals = [client.score(payment(f"t{n}")).server_timing.total_us for n in range(20)]
    calls = "fraud_scorer_call_duration_seconds"
    await_value(prometheus, f"sum({calls}_count)", len(totals))
    await_value(native_prometheus, f"histogram_count(sum({calls}))", len(totals))
    for name, at in (("_sum", prometheus), ("", native_prometheus)):
        total = f"sum({calls}{name})" if name else f"histogram_sum(sum({calls}))"
        assert value_of(at, total) == pytest.approx(sum(totals) / 1e6)
    below = sum(total <= 1000 for total in totals)
    assert value_of(prometheus, f'sum({calls}_bucket{{le="0.001"}})') == below
    # A native bucket is 9% wide: its quantile lies so near to a value that was there.
    quantile = value_of(native_prometheus, f"histogram_quantile(0.5, sum({calls}))")
    assert quantile == pytest.approx(sorted(totals)[9] / 1e6, rel=0.1)
    assert value_of(prometheus, "sum(fraud_scorer_predictions_total)") == len(totals)


def await_value(prometheus: LocalPrometheus, expression: str, wanted: float) -> None:
    """Wait until an expression has reached a value."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while value_of(prometheus, expression) < wanted:
        assert time.monotonic() < deadline, f"not {wanted}: {expression}"
        time.sleep(0.2)
