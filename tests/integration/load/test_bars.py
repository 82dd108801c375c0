"""The bars: what is met, what is missed, and how a noisy host is judged."""

from dataclasses import replace

from benchmarks.load.bars import judge
from benchmarks.load.case import Edge, Load
from benchmarks.load.host import Host
from benchmarks.load.measurement import Measurement, summarize
from fraud.loadgen import AnswerCounts, LoadReport, MethodReport, Percentiles

EDGE = Edge("threads", 2)
OTHER = Edge("aio", 1)
CLOSED = Load(None, 100, 10)
OPEN = Load(100.0, 100, 10)
QUIET = Host("one", 2, 0.1, 100.0, 300.0, 8.0, 20.0, lost_percent=0.5, long_gaps_per_s=0.0)
BUSY = replace(QUIET, oversleep_p99_us=2700.0)
STOPPED = replace(QUIET, lost_percent=20.0)


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


def outcomes(*measurements: Measurement, host: Host = QUIET) -> list[str]:
    return [verdict.outcome for verdict in judge(summarize(measurements), EDGE, host)]


def basis(host: Host, ping_p99: float) -> str:
    one = measured(OPEN, method(400, ping_p99), method(600, 900))
    return judge(summarize([one]), EDGE, host)[-1].basis


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


def test_a_tail_is_judged_absolutely_only_where_the_machine_allows_it() -> None:
    assert basis(QUIET, 499) == "absolute"
    assert {basis(QUIET, 500), basis(BUSY, 499), basis(STOPPED, 499)} == {"beside the null RPC"}


def test_on_a_noisy_host_the_tail_is_judged_by_difference_and_by_ratio() -> None:
    for ping, score, outcome in (
        (1000, 1300, "met"),
        (1000, 1301, "missed"),
        (290, 580, "met"),
        (290, 590, "missed"),
    ):
        one = measured(OPEN, method(200, ping), method(250, score))
        assert outcomes(one, host=BUSY)[2:] == [outcome]


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
    assert outcomes(measured(fast, fine, refused))[:2] == ["met", "met"]


def test_other_edges_are_not_held_to_the_bars() -> None:
    slow = measured(CLOSED, method(300, 400), method(900, 9000), edge=OTHER)
    assert outcomes(slow) == ["met", "met"]
