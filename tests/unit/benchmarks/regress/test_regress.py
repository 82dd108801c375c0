"""A planted slowdown is seen, a clean repeat is not, and what cannot be compared is said."""

from pathlib import Path

import pytest

import benchmarks.regress.__main__ as main
from benchmarks.regress.baseline import (
    BASELINE,
    Kind,
    ratios_of,
    read_record,
    write_record,
)
from benchmarks.regress.cases import CASES, RULER, Inputs
from benchmarks.regress.counting import read_total
from benchmarks.regress.errors import BaselineError, CountingError
from benchmarks.regress.judge import compare
from benchmarks.regress.planting import slowed

KINDS: tuple[Kind, ...] = ("instructions", "time")


def test_a_fifth_more_fails_and_a_hundredth_does_not() -> None:
    recorded = {"score": 2.0}
    for kind in KINDS:
        assert [each.is_met for each in compare(kind, recorded, {"score": 2.02})] == [True]
        assert [each.is_met for each in compare(kind, recorded, {"score": 2.4})] == [False]


def test_a_slower_machine_is_no_regression() -> None:
    here, there = {RULER: 10.0, "score": 25.0}, {RULER: 30.0, "score": 75.0}
    assert ratios_of(here) == ratios_of(there)


def test_a_case_without_a_record_is_named(tmp_path: Path) -> None:
    with pytest.raises(BaselineError, match="score"):
        compare("time", {"model": 1.0}, {"score": 1.0})
    with pytest.raises(BaselineError, match="--record"):
        read_record("time", tmp_path / "none.json")


def test_a_record_is_read_back_beside_the_other_kind(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    write_record("time", {RULER: 2.0, "score": 3.0}, path)
    write_record("instructions", {RULER: 200.0, "score": 500.0}, path)
    assert read_record("time", path).ratios == {"score": 1.5}
    assert read_record("instructions", path).ratios == {"score": 2.5}


def test_the_committed_record_has_every_case() -> None:
    for kind in KINDS:
        assert read_record(kind, BASELINE).costs.keys() == CASES.keys()


def test_without_valgrind_it_is_said_that_nothing_is_judged(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    main.main(by=None, case=None, record=False, plant=0, repeats=1)
    assert "valgrind is not here" in capsys.readouterr().out


def test_a_file_without_a_sum_is_refused() -> None:
    with pytest.raises(CountingError, match="sum"):
        read_total("fn=main\n1 200\n")


def test_a_fifth_is_planted_as_a_fifth_more_calls(tmp_path: Path) -> None:
    made: list[int] = []
    ruler = CASES[RULER](Inputs(tmp_path, tmp_path))

    def counted(number: int) -> object:
        made.append(number)
        return ruler(number)

    planted = slowed(counted, 20)
    for number in range(1000):
        planted(number)
    assert len(made) == 1200
    assert len(set(made)) == 1200
