"""The ruler of the benchmark of rebalances, held against cases worked out by hand."""

from benchmarks.pipeline.rebalance.stalls import Stall, longest_between, stalls_of


def lengths(produced: dict[str, int], decided: dict[str, int]) -> list[float]:
    return [stall.length_ms for stall in stalls_of(3, produced, decided)]


def test_time_without_payments_is_no_wait() -> None:
    produced = {"t1": 0, "t2": 5_000_000}
    assert lengths(produced, {"t1": 1_000, "t2": 5_002_000}) == [1.0, 2.0]


def test_a_wait_begins_with_the_decision_before() -> None:
    produced = {"t1": 0, "t2": 100, "t3": 200}
    assert lengths(produced, {"t1": 1_000, "t2": 3_000, "t3": 301_000}) == [1.0, 2.0, 298.0]


def test_a_decision_never_comes_before_its_payment() -> None:
    assert lengths({"t1": 2_000}, {"t1": 1_900}) == [0.0]


def test_the_longest_within_a_time() -> None:
    stalls = [Stall(0, 10, 1.0), Stall(1, 20, 5.0), Stall(2, 30, 9.0)]
    assert longest_between(stalls, 10, 30) == stalls[1]
    assert longest_between(stalls, 31, 99) is None
