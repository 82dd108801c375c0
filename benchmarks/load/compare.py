"""The native edge held against Python's: ratios of one run, in which both met the same moods."""

from collections.abc import Sequence

from benchmarks.load.bars import Verdict
from benchmarks.load.case import CLOSED, FAST, NATIVE, PYTHON, SATURATED, Edge, Load
from benchmarks.load.measurement import Summary

EXTRA_P50_US = 60.0
# Load, figure, what it is called, and the most that the native edge may have of Python's.
AT_MOST = (
    (CLOSED, "server_cpu_us", "CPU a call, closed loop", 0.35),
    (CLOSED, "score_p50_us", "score P50, closed loop", 0.5),
    (FAST, "score_p99_us", "score P99 at 1,000/s", 0.5),
)
LEAST_THROUGHPUT = 3.0


def compare(summaries: Sequence[Summary]) -> list[Verdict]:
    """Hold the bars of the native edge; none where it or Python's was not measured."""
    found = {(summary.edge, summary.load): summary for summary in summaries}
    verdicts = [
        _ratio(found, load, figure, f"{NATIVE.name} over {PYTHON.name}: {what}", at_most=bar)
        for load, figure, what, bar in AT_MOST
    ]
    what = f"{NATIVE.name} over {PYTHON.name}: scores/s, {SATURATED.name}"
    verdicts.append(_ratio(found, SATURATED, "scores_per_s", what, at_least=LEAST_THROUGHPUT))
    verdicts.append(_extra(found))
    return [verdict for verdict in verdicts if verdict is not None]


type Found = dict[tuple[Edge, Load], Summary]


def _ratio(
    found: Found,
    load: Load,
    figure: str,
    what: str,
    *,
    at_most: float | None = None,
    at_least: float | None = None,
) -> Verdict | None:
    native, python = found.get((NATIVE, load)), found.get((PYTHON, load))
    if native is None or python is None:
        return None
    ours, theirs = native.figures[figure], python.figures[figure]
    ratio = ours.median / theirs.median if theirs.median else float("inf")
    bar = f"<= {at_most:g}x" if at_most is not None else f">= {at_least:g}x"
    met = ratio <= at_most if at_most is not None else ratio >= (at_least or 0.0)
    text = f"{ratio:.2f}x: {ours} against {theirs}"
    return Verdict(f"{what} {bar}", text, "met" if met else "missed")


def _extra(found: Found) -> Verdict | None:
    native = found.get((NATIVE, CLOSED))
    if native is None:
        return None
    extra = native.figures["extra_p50_us"]
    bar = f"{NATIVE.name}: score minus ping at P50 <= {EXTRA_P50_US:.0f} us, closed loop"
    return Verdict(bar, f"{extra} us", "met" if extra.median <= EXTRA_P50_US else "missed")
