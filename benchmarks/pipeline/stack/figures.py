"""What Prometheus has seen of a run, as figures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import httpx

type Figure = tuple[str, str]
"""What is measured, and its value with its unit."""

CALL: Final = "fraud_scorer_call_duration_seconds_bucket"
PING: Final = "fraud_worker_ping_seconds_bucket"
WORK: Final = "fraud_worker_processing_seconds_bucket"
BATCH: Final = 'fraud_stream_batch_duration_seconds_bucket{query="features"}'
GAUGES: Final = {
    "lag of the worker": ("sum(fraud_worker_lag_messages)", "messages"),
    "lag of the scorer": ("sum(fraud_scorer_lag_messages)", "messages"),
    "backlog of Spark": ("sum(fraud_stream_backlog_messages)", "messages"),
    "freshness: age of the features": ("max(fraud_scorer_state_age_seconds)", "s"),
    "age of the oldest decision in the outbox": ("max(fraud_scorer_outbox_age_seconds)", "s"),
}
"""Gauge -> its query and its unit."""
TIMES: Final = {
    "latency in the scorer": (CALL, "ms", 1e3),
    "a call that does nothing, on the wire": (PING, "ms", 1e3),
    "from reading a payment to its durable decision": (WORK, "ms", 1e3),
    "a batch of Spark": (BATCH, "s", 1.0),
}
"""Histogram -> its buckets, the unit that is shown and what it is multiplied by."""


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of a run.

    Args:
        prometheus: Its address.
        end: Seconds since the Unix epoch.
        seconds: Its length.
    """

    prometheus: str
    end: float
    seconds: float

    def figures(self) -> Iterator[Figure]:
        """Times and gauges, in the order of the tables above.

        Raises:
            httpx.HTTPError: Prometheus is away or refuses a query.
        """
        span = f"{self.seconds:.0f}s"
        for name, (buckets, unit, factor) in TIMES.items():
            rate = f"sum by (le) (increase({buckets}[{span}]))"
            values = [self._value(f"histogram_quantile({q}, {rate})") for q in (0.5, 0.99)]
            yield f"{name}, P50 / P99", _shown(values, factor, unit)
        for name, (gauge, unit) in GAUGES.items():
            asked = (
                f"quantile_over_time(0.5, ({gauge})[{span}:5s])",
                f"max_over_time(({gauge})[{span}:5s])",
            )
            values = [self._value(expression) for expression in asked]
            yield f"{name}, median / most", _shown(values, 1.0, unit)

    def _value(self, expression: str) -> float:
        return value_of(self.prometheus, expression, self.end)


def value_of(prometheus: str, expression: str, moment: float) -> float:
    """What an expression of one value gives at a moment; NaN if it gives nothing.

    Args:
        prometheus: Its address.
        expression: In PromQL.
        moment: Seconds since the Unix epoch.

    Raises:
        httpx.HTTPError: Prometheus is away or refuses it.
    """
    asked: dict[str, str | float] = {"query": expression, "time": moment}
    answer = httpx.get(f"{prometheus}/api/v1/query", params=asked, timeout=30)
    answer.raise_for_status()
    result = answer.json()["data"]["result"]
    return float(result[0]["value"][1]) if result else float("nan")


def _shown(values: Sequence[float], factor: float, unit: str) -> str:
    scaled = (value * factor for value in values)
    texts = [f"{each:,.0f}" if each >= 100 else f"{each:.3g}" for each in scaled]
    return f"{' / '.join(texts)} {unit}"
