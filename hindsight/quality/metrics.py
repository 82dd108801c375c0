"""The series of a standing, as Prometheus reads them."""

from collections.abc import Callable, Iterator
from typing import Final

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from hindsight.quality.standing import Confusion, Standing

OF_VERSION: Final = ("model_version", "variant", "window")

type Rate = Callable[[Confusion], tuple[int, int]]

RATES: Final[tuple[tuple[str, str, Rate], ...]] = (
    (
        "precision_ratio",
        "Of the stopped payments, the share that was fraud.",
        lambda c: (c.caught, c.caught + c.bothered),
    ),
    (
        "recall_ratio",
        "Of the frauds, the share that was stopped.",
        lambda c: (c.caught, c.caught + c.missed),
    ),
    (
        "false_positive_ratio",
        "Of the genuine payments, the share that was stopped.",
        lambda c: (c.bothered, c.bothered + c.passed),
    ),
)
"""Name, meaning, and of what it is the share."""


class QualityCollector(Collector):
    """Tells the standing that was last asked for; nothing before the first.

    Args:
        standing: Gives it.
    """

    def __init__(self, standing: Callable[[], Standing | None]) -> None:
        self._standing = standing

    def collect(self) -> Iterator[Metric]:
        """The families."""
        standing = self._standing()
        if standing is None:
            return
        yield from _rates(standing)
        yield from _labels(standing)
        yield _shadows(standing)
        yield from _drift(standing)
        if standing.promoted_at is not None:
            yield GaugeMetricFamily(
                "fraud_quality_champion_changed_timestamp_seconds",
                "When the champion last changed, seconds since the Unix epoch.",
                standing.promoted_at.timestamp(),
            )


def _rates(standing: Standing) -> Iterator[Metric]:
    payments = GaugeMetricFamily(
        "fraud_quality_payments",
        "Payments whose truth came to be known within the window, by what was decided.",
        labels=(*OF_VERSION, "outcome"),
    )
    rates = {
        name: GaugeMetricFamily(f"fraud_quality_{name}", meaning, labels=OF_VERSION)
        for name, meaning, _ in RATES
    }
    for window, confusions in standing.confusions.items():
        for each in confusions:
            labels = (each.model_version, each.variant, window)
            for outcome in ("caught", "missed", "bothered", "passed"):
                payments.add_metric((*labels, outcome), getattr(each, outcome))
            for name, _, rate in RATES:
                hits, trials = rate(each)
                # A rate of nothing is no rate: a series that ends says so, a 0 would lie.
                if trials:
                    rates[name].add_metric(labels, hits / trials)
    yield payments
    yield from rates.values()


def _labels(standing: Standing) -> Iterator[Metric]:
    delay = GaugeMetricFamily(
        "fraud_quality_label_delay_seconds",
        "From a payment to its label, of the labels of the window.",
        labels=("window", "quantile"),
    )
    count = GaugeMetricFamily(
        "fraud_quality_labels", "Labels of the window.", labels=("window", "payment")
    )
    for window, delays in standing.delays.items():
        for quantile, seconds in (("0.5", delays.median), ("0.9", delays.slow)):
            if seconds is not None:
                delay.add_metric((window, quantile), seconds)
        count.add_metric((window, "decided"), delays.labels - delays.unknown)
        count.add_metric((window, "unknown"), delays.unknown)
    yield delay
    yield count


def _shadows(standing: Standing) -> Metric:
    family = GaugeMetricFamily(
        "fraud_quality_shadow_stopped_ratio",
        "Of the payments of the window, the share that a shadow version would have stopped.",
        labels=("model_version", "window"),
    )
    for window, shadows in standing.shadows.items():
        for each in shadows:
            family.add_metric((each.model_version, window), each.stopped / each.payments)
    return family


def _drift(standing: Standing) -> Iterator[Metric]:
    labels = ("model_version", "subject", "test")
    statistic = GaugeMetricFamily(
        "fraud_drift_statistic",
        "How far a feature, the probability or a rate on labels is from the reference.",
        labels=labels,
    )
    drifted = GaugeMetricFamily(
        "fraud_drift_drifted", "1 where that is significant and large.", labels=labels
    )
    for each in standing.drift:
        values = (each.model_version, each.subject, each.test)
        statistic.add_metric(values, each.statistic)
        drifted.add_metric(values, each.drifted)
    yield statistic
    yield drifted
    if standing.drift:
        yield GaugeMetricFamily(
            "fraud_drift_window_end_timestamp_seconds",
            "Where the newest window ends: an old one says that nobody measures.",
            standing.drift[0].window_end.timestamp(),
        )
