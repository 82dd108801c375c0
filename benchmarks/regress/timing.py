"""Processor time of a call beside the ruler's, by turns: where there is no valgrind."""

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.load.forest import forest_bundle
from benchmarks.regress.cases import CASES, TREES, Call, Inputs
from benchmarks.regress.planting import slowed

ROUNDS = 40
CALLS = 100
WARM_UP = 200


def time_calls(
    cases: Sequence[str], *, planted: str = "", percent: int = 0, rounds: int = ROUNDS
) -> dict[str, float]:
    """Microseconds of processor time of one call of each case.

    The least of many short rounds, the cases by turns: what other work takes from a round, by
    emptying caches, is not in the least of them.

    Args:
        cases: Names of :data:`~benchmarks.regress.cases.CASES`.
        planted: Case that is slowed down on purpose.
        percent: By how much.
        rounds: Of 100 calls.
    """
    with tempfile.TemporaryDirectory(prefix="fraud-time-") as name:
        folder = Path(name)
        forest_bundle(TREES).write(folder / "bundle")
        calls = {
            each: slowed(_prepare(folder, each), percent if each == planted else 0)
            for each in cases
        }
        least = dict.fromkeys(cases, float("inf"))
        for turn in range(rounds):
            for each, call in calls.items():
                least[each] = min(least[each], _time(call, WARM_UP + turn * CALLS))
        return least


def _prepare(folder: Path, name: str) -> Call:
    scratch = folder / name
    scratch.mkdir()
    call = CASES[name](Inputs(scratch, folder / "bundle"))
    for number in range(WARM_UP):
        call(number)
    return call


def _time(call: Call, first: int) -> float:
    began = time.thread_time_ns()
    for number in range(first, first + CALLS):
        call(number)
    return (time.thread_time_ns() - began) / CALLS / 1000
