"""Drift of live payments, measured against a version's reference by the command."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import psycopg
import pytest
from typer.testing import CliRunner, Result

from benchmarks.drift.trial import VERSION, Live, Trial
from fraud.cli.main import app
from fraud.settings import RegistrySettings
from tests.integration.drift.conftest import PLAN
from training.drift import live as reading
from training.drift.errors import NoReportError, TooFewPaymentsError
from training.drift.live import Span, read_window
from training.drift.measure import measure_drift
from training.drift.store import last_reports
from training.drift.window import Window

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def environment(
    registry: RegistrySettings, recorded: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    monkeypatch.setenv("FRAUD_HOME", str(tmp_path))
    monkeypatch.setenv("FRAUD_REGISTRY__URL", registry.url)
    monkeypatch.setenv("FRAUD_RECORDER__DSN", recorded)
    monkeypatch.setenv("COLUMNS", "200")
    yield
    with psycopg.connect(recorded, autocommit=True) as connection:
        connection.execute("TRUNCATE drift_measures, drift_reports")


@pytest.fixture(scope="module")
def windows(live: Live) -> list[Window]:
    """The stable days, and the last one, with the shift."""
    return live.windows(PLAN.live)


def measure(window: Window, *more: str) -> Result:
    since = window.start.isoformat().removesuffix("+00:00")
    return CliRunner().invoke(app, ["drift", "measure", "--since", since, *more])


def span(trial: Trial, window: Window) -> Span:
    digest = trial.reference.facts.contract_digest
    return Span("fraud", VERSION, digest, window.start, window.end)


def test_postgresql_gives_the_window_that_the_world_has(
    trial: Trial, windows: list[Window], recorded: str
) -> None:
    expected, found = windows[-2], read_window(recorded, span(trial, windows[-2]))
    assert found.payments == expected.payments
    for name in ("features", "weekday", "probability"):
        ours, theirs = (np.atleast_2d(getattr(each, name).T).T for each in (found, expected))
        order = [np.lexsort(np.nan_to_num(side, nan=-1).T) for side in (ours, theirs)]
        np.testing.assert_array_equal(ours[order[0]], theirs[order[1]])
    assert expected.caught is not None
    assert found.caught == expected.caught
    assert found.caught.recall.trials > 3


def test_of_many_payments_a_sample_is_read(
    trial: Trial, windows: list[Window], recorded: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_ROWS", 500)
    found = read_window(recorded, span(trial, windows[-2]))
    assert found.payments == windows[-2].payments
    assert 0.6 < 3 * len(found.features) / found.payments < 1.4


def test_stable_days_are_stable_and_double_amounts_are_found_within_a_day(
    windows: list[Window], recorded: str
) -> None:
    told = measure(windows[-2])
    assert told.exit_code == 0, told.output
    assert "stable" in told.output
    told = measure(windows[-1])
    assert told.exit_code == 1, told.output
    newest, before = last_reports(recorded, "fraud", 5)
    assert (newest.report.drifted, before.report.drifted) == (True, False)
    drifted = [each.subject for each in newest.report.drifts]
    assert "amount" in drifted
    assert not any(name.startswith("merchant") for name in drifted)
    assert newest.report.window_start == windows[-1].start
    assert len(before.report.measures) > 50


def test_no_stable_day_raises_an_alarm(trial: Trial, windows: list[Window]) -> None:
    reports = [measure_drift(trial.reference, window) for window in windows[-8:]]
    assert [report.drifted for report in reports] == [False] * 7 + [True]


def test_a_window_is_kept_once_and_a_dry_run_is_not(windows: list[Window], recorded: str) -> None:
    assert measure(windows[-2], "--dry-run").exit_code == 0
    with pytest.raises(NoReportError):
        last_reports(recorded, "fraud", 5)
    for _ in range(2):
        assert measure(windows[-2]).exit_code == 0
    assert len(last_reports(recorded, "fraud", 5)) == 1


def test_where_there_is_too_little_it_cannot_be_told(
    trial: Trial, windows: list[Window], recorded: str
) -> None:
    told = measure(windows[0], "--window", "36h")
    assert told.exit_code == 2
    told = CliRunner().invoke(app, ["drift", "measure"])  # yesterday, when nobody paid
    assert told.exit_code == 3, told.output
    assert "no verdict: nothing can be compared" in " ".join(told.output.split())
    half = windows[-1].end - DAY / 2
    late = replace(span(trial, windows[-1]), start=half, end=half + DAY)
    with pytest.raises(TooFewPaymentsError, match="only from"):
        read_window(recorded, late)


def test_days_may_be_of_the_payments_own_time(windows: list[Window], recorded: str) -> None:
    """All are decided within a moment, as in a replay: of our time, yesterday had none."""
    with psycopg.connect(recorded, autocommit=True) as connection:
        connection.execute("UPDATE predictions SET decided_at = now()")
        try:
            assert CliRunner().invoke(app, ["drift", "measure"]).exit_code == 3
            told = CliRunner().invoke(app, ["drift", "measure", "--clock", "event"])
        finally:
            connection.execute("UPDATE predictions SET decided_at = event_time")
    assert told.exit_code == 0, told.output
    [kept] = last_reports(recorded, "fraud", 5)
    # The newest payment's day is not over.
    assert kept.report.window_start == windows[-2].start
    assert kept.report.payments == windows[-2].payments
    assert {"probability", "recall"} & {each.subject for each in kept.report.measures}


def test_a_version_without_a_reference_is_named(windows: list[Window]) -> None:
    told = measure(windows[-1], "--version", "2")
    assert told.exit_code == 2
    words = " ".join(told.output.split())
    assert "version 2 of `fraud` has no `drift/reference.parquet`" in words


def test_payments_of_another_version_give_no_drift_of_the_probability(
    trial: Trial, windows: list[Window], recorded: str
) -> None:
    other = replace(span(trial, windows[-2]), model_version="9")
    report = measure_drift(trial.reference, read_window(recorded, other))
    subjects = {each.subject for each in report.measures}
    assert "amount" in subjects
    assert not {"probability", "recall"} & subjects
    assert any("version 9" in note for note in report.notes)


def test_the_report_is_drawn(windows: list[Window], tmp_path: Path) -> None:
    page = tmp_path / "pages" / "drift.html"
    measure(windows[-2])
    assert measure(windows[-1]).exit_code == 1
    told = CliRunner().invoke(app, ["drift", "report", "--html", str(page)])
    assert told.exit_code == 0, told.output
    assert "amount" in told.output
    content = page.read_text()
    assert "<td>amount</td>" in content
    assert content.count("class=drifted") > 3
    assert "http" not in content, "it needs nothing else"
