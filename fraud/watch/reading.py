"""What a scorer's page of metrics says at one moment, and what happened between two."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Self

from prometheus_client.parser import text_string_to_metric_families

PREFIX = "fraud_scorer_"


@dataclass(slots=True)
class Reading:
    """One look at the page.

    Args:
        at: When, seconds of a clock that only goes forward.
        decided: Payments by decision, since the scorer started.
        buckets: Calls that took no longer than so many seconds, since the scorer started.
        counts: Other numbers, by name without prefix; labels are summed over.
        lag: Messages not applied yet, by topic.
        outbox: Entries not drained yet, by sink.
        versions: Model version by variant.
    """

    at: float
    decided: Counter[str] = field(default_factory=Counter)
    buckets: defaultdict[float, float] = field(default_factory=lambda: defaultdict(float))
    counts: Counter[str] = field(default_factory=Counter)
    lag: Counter[str] = field(default_factory=Counter)
    outbox: Counter[str] = field(default_factory=Counter)
    versions: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, text: str, at: float) -> Self:
        r"""Read a page.

        >>> page = 'fraud_scorer_predictions_total{decision="review"} 3\n'
        >>> Reading.of("# TYPE fraud_scorer_predictions counter\n" + page, 0.0).decided
        Counter({'review': 3})
        """
        reading = cls(at)
        for family in text_string_to_metric_families(text):
            if family.name.startswith(PREFIX):
                for sample in family.samples:
                    reading._add(sample.name.removeprefix(PREFIX), sample.labels, sample.value)
        return reading

    def _add(self, name: str, labels: dict[str, str], value: float) -> None:
        match name:
            case "predictions_total":
                self.decided[labels["decision"]] += int(value)
            case "call_duration_seconds_bucket":
                self.buckets[float(labels["le"])] += value
            case "lag_messages":
                self.lag[labels["topic"]] += int(value)
            case "outbox_entries":
                self.outbox[labels["sink"]] += int(value)
            case "model_info":
                self.versions[labels["variant"]] = labels["model_version"]
            case _:
                self.counts[name] += value  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Span:
    """Between two looks; a scorer that was started anew meanwhile counts from its start."""

    before: Reading
    after: Reading

    @property
    def decided(self) -> int:
        """Payments decided."""
        return sum(self._decided().values())

    @property
    def per_second(self) -> float:
        """Payments a second."""
        return self.decided / max(1e-9, self.after.at - self.before.at)

    @property
    def fraud_ratio(self) -> float | None:
        """Share of declines and reviews; None without payments."""
        found = self._decided()
        return (found["review"] + found["decline"]) / self.decided if self.decided else None

    def quantile_us(self, share: float) -> float | None:
        """What a share of the calls did not exceed, in microseconds; None without calls."""
        before = self.before.buckets if self._goes_on else {}
        counts = [
            (bound, count - before.get(bound, 0.0))
            for bound, count in sorted(self.after.buckets.items())
        ]
        return None if not counts or counts[-1][1] <= 0 else 1e6 * _within(counts, share)

    def grown(self, name: str) -> int:
        """By how much a counter went up."""
        before = self.before.counts[name] if self._goes_on else 0
        return int(self.after.counts[name] - before)

    def _decided(self) -> Counter[str]:
        return self.after.decided - (self.before.decided if self._goes_on else Counter())

    @property
    def _goes_on(self) -> bool:
        return self.after.decided.total() >= self.before.decided.total()


def _within(counts: Sequence[tuple[float, float]], share: float) -> float:
    """Between the bounds of the bucket, as Prometheus' ``histogram_quantile`` has it."""
    wanted = share * counts[-1][1]
    for (lower, below), (upper, up_to) in pairwise([(0.0, 0.0), *counts]):
        if up_to >= wanted and up_to > below:
            if upper == float("inf"):
                return lower
            return lower + (upper - lower) * (wanted - below) / (up_to - below)
    return counts[-1][0]
