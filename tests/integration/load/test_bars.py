"""The bars: what is met, what is missed, and what a noisy host leaves unjudged."""

from benchmarks.load.bars import judge
from benchmarks.load.case import Edge, Load
from benchmarks.load.measurement import Measurement, summarize
from fraud.loadgen import AnswerCounts, LoadReport, MethodReport, Percentiles

EDGE = Edge("threads", 2)
OTHER = Edge("aio", 1)
CLOSED = Load(None, 100, 10)
OPEN = Load(100.0, 100, 10)


def method(p50: float, p99: float, **changes: object) -> MethodReport:
    latency = Percentiles(100, p50, p50, p50, p99, p99, p99)
    report: dict[str, object] = {
        "sent": 100,
        "answered": 100,
        "errors": {},
        "over_limit": 0,
        "warm_up": 0,
        "answered_per_s": 100.0,
        "latency": latency,
        "lag": latency,
    }
    return MethodReport(**(report | changes))  # type: ignore[arg-type]


def measured(
    load: Load,
    ping: MethodReport,
    score: MethodReport,
    *,
    edge: Edge = EDGE,
    repeat: int = 0,
    duplicates: int = 0,
) -> Measurement:
    answers = AnswerCounts({"approve": 100}, duplicates, degraded=0, late=0, mismatched=0)
    return Measurement(edge, load, repeat, LoadReport(1.0, 0.1, ping, score, answers, []), 0.1)


def outcomes(*measurements: Measurement) -> list[str]:
    return [verdict.outcome for verdict in judge(summarize(measurements), EDGE)]


def test_all_met() -> None:
    closed = measured(CLOSED, method(300, 400), method(450, 700))
    opened = measured(OPEN, method(400, 499), method(600, 999))
    assert outcomes(closed, opened) == ["met"] * 5


def test_differences_are_judged() -> None:
    assert outcomes(measured(CLOSED, method(300, 400), method(451, 701)))[2:] == ["missed"] * 2


def test_the_median_of_the_repeats_is_judged() -> None:
    scores = [method(400, 500), method(900, 5000), method(410, 510)]
    repeats = [
        measured(CLOSED, method(300, 400), score, repeat=repeat)
        for repeat, score in enumerate(scores)
    ]
    assert outcomes(*repeats)[2:] == ["met"] * 2


def test_a_noisy_host_is_said_to_be_one() -> None:
    assert outcomes(measured(OPEN, method(400, 500), method(600, 9000)))[2:] == ["host too noisy"]


def test_a_quiet_host_is_judged() -> None:
    assert outcomes(measured(OPEN, method(400, 499), method(600, 1000)))[2:] == ["missed"]


def test_faults_count_on_every_edge() -> None:
    fine = method(300, 400)
    failed = method(300, 400, answered=99, errors={"INTERNAL": 1})
    assert outcomes(measured(CLOSED, fine, failed, edge=OTHER)) == ["missed", "met"]
    assert outcomes(measured(CLOSED, fine, fine, edge=OTHER, duplicates=1)) == ["missed", "met"]


def test_refusals_count_on_the_chosen_edge_up_to_a_rate() -> None:
    fine = method(300, 400)
    refused = method(300, 400, answered=98, errors={"RESOURCE_EXHAUSTED": 1}, over_limit=1)
    fast = Load(1000.0, 100, 10)
    assert outcomes(measured(OPEN, fine, refused))[:2] == ["met", "missed"]
    assert outcomes(measured(OPEN, fine, refused, edge=OTHER)) == ["met", "met"]
    assert outcomes(measured(fast, fine, refused)) == ["met", "met"]


def test_other_edges_are_not_held_to_the_bars() -> None:
    slow = measured(CLOSED, method(300, 400), method(900, 9000), edge=OTHER)
    assert outcomes(slow) == ["met", "met"]
