"""The native edge against Python's: each bar is met at its bound and missed beyond it."""

import pytest

from benchmarks.load.case import CLOSED, FAST, NATIVE, PYTHON, SATURATED
from benchmarks.load.compare import compare
from benchmarks.load.measurement import Spread, Summary

AT_BOUND = {
    (PYTHON, CLOSED): {"server_cpu_us": 1000.0, "score_p50_us": 1000.0, "extra_p50_us": 200.0},
    (PYTHON, FAST): {"score_p99_us": 1000.0},
    (PYTHON, SATURATED): {"scores_per_s": 1000.0},
    (NATIVE, CLOSED): {"server_cpu_us": 350.0, "score_p50_us": 500.0, "extra_p50_us": 60.0},
    (NATIVE, FAST): {"score_p99_us": 500.0},
    (NATIVE, SATURATED): {"scores_per_s": 3000.0},
}


def summaries(**native: float) -> list[Summary]:
    """What is at every bound, with figures of the native edge replaced."""
    return [
        Summary(
            edge,
            load,
            {
                name: Spread(*(native.get(name, value) if edge == NATIVE else value,) * 3)
                for name, value in figures.items()
            },
            {},
            {},
            None,
            0,
            0,
        )
        for (edge, load), figures in AT_BOUND.items()
    ]


def test_all_are_met_at_their_bounds() -> None:
    verdicts = compare(summaries())
    assert [verdict.outcome for verdict in verdicts] == ["met"] * 5
    assert verdicts[0].found == "0.35x: 350 (350-350) against 1000 (1000-1000)"


@pytest.mark.parametrize(
    ("figure", "value"),
    [
        ("server_cpu_us", 351.0),
        ("score_p50_us", 501.0),
        ("score_p99_us", 501.0),
        ("scores_per_s", 2999.0),
        ("extra_p50_us", 61.0),
    ],
)
def test_each_is_missed_beyond_its_bound(figure: str, value: float) -> None:
    outcomes = [verdict.outcome for verdict in compare(summaries(**{figure: value}))]
    assert outcomes.count("missed") == 1


def test_what_was_not_measured_is_not_judged() -> None:
    assert compare([each for each in summaries() if each.edge != NATIVE]) == []
