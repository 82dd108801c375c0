"""What must hold of the curves."""

from collections.abc import Sequence

from benchmarks.growth.curves import Point
from benchmarks.verdict import Verdict

FLAT = 1.2
START_S = 3.0
DRIFT = 0.05
GROWTH = 0.01


def judge(points: Sequence[Point]) -> list[Verdict]:
    """Hold the bars of the curves that were measured."""
    verdicts = []
    for curve, hold in (("accounts", _flat), ("start", _start), ("soak", _steady)):
        own = [point.figures for point in points if point.curve == curve]
        if own:
            verdicts += hold(own)
    return verdicts


def _flat(figures: Sequence[dict[str, float]]) -> list[Verdict]:
    """To the null RPC in the same run, so that the machine's moods cancel out."""
    beside = [each["score_p50_us"] / each["ping_p50_us"] for each in figures]
    ratio = max(beside) / min(beside)
    bar = f"accounts: P50 of a score to a ping's, dearest to cheapest at most {FLAT}"
    return [Verdict(bar, f"{ratio:.2f}", ratio <= FLAT)]


def _start(figures: Sequence[dict[str, float]]) -> list[Verdict]:
    found = figures[0]["start_s"]
    return [Verdict(f"start from a snapshot at most {START_S} s", f"{found} s", found <= START_S)]


def _steady(figures: Sequence[dict[str, float]]) -> list[Verdict]:
    """P99 to a ping's in the same windows, as in :func:`_flat`; both figures are in the result."""
    third = max(1, len(figures) // 3)
    drift = _change([each["score_p99_us"] / each["ping_p99_us"] for each in figures], third)
    growth = _change([each["resident_mb"] for each in figures], third)
    return [
        Verdict(
            f"soak: P99 to a ping's grows less than {DRIFT:.0%}", f"{drift:+.1%}", drift < DRIFT
        ),
        Verdict(f"soak: memory grows less than {GROWTH:.0%}", f"{growth:+.1%}", growth < GROWTH),
    ]


def _change(values: Sequence[float], third: int) -> float:
    """From the middle of the run to its end: what comes first is caches that fill."""
    middle, last = values[-2 * third : -third] or values[:1], values[-third:]
    return (sum(last) / len(last)) / (sum(middle) / len(middle)) - 1
