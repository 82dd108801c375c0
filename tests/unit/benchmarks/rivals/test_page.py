from pathlib import Path

import pytest

from benchmarks.load.host import Host
from benchmarks.rivals.calls import Percentiles, Report
from benchmarks.rivals.errors import RivalsError
from benchmarks.rivals.page import BEGIN, END, best_of, write_page
from benchmarks.rivals.phases import Found, Reloaded
from benchmarks.rivals.report import FIGURES, Result

HOST = Host(
    processor="a processor", cores=2, load_average=0.5, oversleep_p50_us=100.0,
    oversleep_p99_us=200.0, ping_pong_p50_us=8.0, ping_pong_p99_us=30.0, lost_percent=0.1,
    long_gaps_per_s=0.0,
)  # fmt: skip


def found(name: str, p50_us: float, calls: int) -> Found:
    latency = Percentiles(count=calls, p50_us=p50_us, p90_us=1, p99_us=2000, max_us=3)
    report = Report(
        sent=calls + 3, answered=calls, failed={1001: 3}, seconds=2, latency=latency, lag=latency,
        worst_us=70_000,
    )  # fmt: skip
    return Found(
        name=name, protocol="grpc", versions={"it": "1.0"}, start_seconds=1, checked=9, wrong=1,
        single=report, busy=report, open=report, single_cpu_us=1, busy_cpu_us=2, open_cpu_us=3,
        memory_mb=4, stages={}, reloaded=Reloaded("restart", 0.5, report, 7),
    )  # fmt: skip


def test_what_does_less_wins_nothing() -> None:
    names = {"ours, Score": 900, "Feast, x": 100, "ours, Ping": 50, "BentoML": 2000}
    by_name = {name: [found(name, p50, p50)] for name, p50 in names.items()}
    figures = {figure.heading: figure for figure in FIGURES}
    assert best_of(by_name, figures["100/s: P50, ms"]) == "ours, Score"
    assert best_of(by_name, figures["most calls a second"]) == "BentoML"


def test_figures_go_between_the_marks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nlast time\n{END}\nafter\n")
    rounds = [found("A", 1000, 300), found("A", 3000, 100), found("A", 2000, 200)]
    write_page(Result(HOST, "abc", rounds, ["B: not there\nlog"]), page)
    text = page.read_text()
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert "last time" not in text
    assert "log" not in text
    assert "| A | grpc | **2** | **2** |" in text
    assert "**100** |" in text
    assert "3 of 27" in text
    assert "| A | restart | 3 | 70 | 0.5 | yes |" in text
    assert "medians of 3 rounds" in text
    assert "Left out: B: not there" in text


def test_a_page_without_marks_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("text")
    with pytest.raises(RivalsError, match="figures: begin"):
        write_page(Result(HOST, "abc", [], []), page)
    assert page.read_text() == "text"
