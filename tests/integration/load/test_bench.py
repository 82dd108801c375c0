"""The whole benchmark, in short: a real scorer, and every answer checked."""

import json
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks import report
from benchmarks.load.case import QUICK, chosen_edge
from benchmarks.load.run import run
from tests.integration.load.world import write_world


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_every_answer_of_a_run_is_checked(tmp_path: Path) -> None:
    dataset, bundle = write_world(tmp_path)
    console = Console(record=True, width=130)
    assert run(dataset, bundle, tmp_path / "latest.json", console, quick=True)
    found = json.loads((tmp_path / "latest.json").read_text())
    checked = found["checked"]
    assert checked["in_order"] + checked["overtaking"] == sum(load.count for load in QUICK)
    assert checked["overtaking"] < checked["in_order"] / 10
    assert found["host"]["lost_percent"] >= 0
    bases = {verdict["basis"] for verdict in found["verdicts"]}
    assert bases <= {"absolute", "beside the null RPC"}
    assert "Instructions of the server for one call" in console.export_text()
    _check_page(tmp_path)
    for summary in found["summaries"]:
        means = summary["means"]
        assert list(means)[-1] == "parse, encode, gRPC, network"
        whole = next(
            each["report"]["score"]["latency"]["mean_us"]
            for each in found["measurements"]
            if each["load"] == summary["load"]
        )
        assert abs(sum(means.values()) - whole) <= 0.02 * whole + 10


def _check_page(folder: Path) -> None:
    """The result becomes a table and two pictures; what people wrote stays."""
    page = folder / "page.md"
    page.write_text("# Before\n<!-- load -->\nold\n<!-- /load -->\nafter\n")
    report.main(folder / "latest.json", folder / "none.json", page, folder / "pictures")
    text = page.read_text()
    assert text.startswith("# Before\n<!-- load -->\nCommit `")
    assert text.endswith("<!-- /load -->\nafter\n")
    assert "old" not in text.splitlines()
    assert text.count(f"| {chosen_edge().name} |") == len(QUICK)
    for name in ("stages", "wire"):
        assert "<svg" in (folder / "pictures" / f"{name}.svg").read_text()


def test_a_page_without_its_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="<!-- load -->"):
        report.replace_part("# Page", "load", "new")
