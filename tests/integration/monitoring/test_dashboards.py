"""The dashboards: what they ask Prometheus parses, and a browser draws what it answers."""

import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from fraud.client import ScorerClient
from fraud.dashboards.server import DashboardServer
from fraud.local.prometheus import LocalPrometheus
from fraud.local.web_program import find_tool
from ops.dashboards import DASHBOARDS
from ops.dashboards.spec import Dashboard
from scorer.service import ScorerService
from tests.integration.monitoring.browser import looking_at, panels_with_data
from tests.unit.scorer.support import payment

RUNBOOKS = Path(__file__).parents[3] / "docs" / "runbooks"


@pytest.fixture
def page(prometheus: LocalPrometheus) -> Iterator[DashboardServer]:
    server = DashboardServer(("127.0.0.1", 0), prometheus.url)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda each: each.uid)
def test_every_query_parses(dashboard: Dashboard, tmp_path: Path) -> None:
    rules = tmp_path / "rules.yml"
    lines = ["groups:", " - name: panels", "   rules:"]
    for number, query in enumerate(query for panel in dashboard.panels for query in panel.queries):
        expression = query.expression.replace("$channel", ".*").replace("$window", "1d")
        lines += [f"   - record: panel:query:{number}", f"     expr: '{expression}'"]
    rules.write_text("\n".join(lines))
    checked = subprocess.run(
        [find_tool("promtool"), "check", "rules", str(rules)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda each: each.uid)
def test_every_panel_says_what_it_tells_and_what_to_do(dashboard: Dashboard) -> None:
    titles = [panel.title for panel in dashboard.panels]
    assert len(set(titles)) == len(titles)
    for panel in dashboard.panels:
        sentences = [each for each in panel.meaning.replace("?", ".").split(". ") if each]
        assert len(sentences) == 2, panel.title
        assert panel.meaning.endswith("."), panel.title
        if "see " in panel.meaning:
            runbook = panel.meaning.rpartition("see ")[2].removeprefix("the runbook ").rstrip(".")
            assert (RUNBOOKS / f"{runbook}.md").is_file(), (panel.title, runbook)


@pytest.mark.slow
def test_a_browser_draws_what_a_scorer_tells(
    scorer: ScorerService, prometheus: LocalPrometheus, page: DashboardServer
) -> None:
    calls = 0
    with ScorerClient(f"127.0.0.1:{scorer.port}") as client, looking_at(page.url) as browser:
        deadline = time.monotonic() + 40
        while not prometheus.query("fraud:stopped:ratio_rate5m > 0"):
            assert time.monotonic() < deadline
            for _ in range(50):
                calls += 1
                client.score(payment(f"t{calls}", amount_minor=90_000 if calls % 10 == 0 else 100))
            time.sleep(0.5)
        drawn = panels_with_data(browser, "fraud-rate")
        assert drawn["Payments stopped, over five minutes"]
        assert drawn["Stopped now"]
        assert "%" in browser.locator("#panel-2 .numbers").inner_text()
        latency = panels_with_data(browser, "latency")
        assert latency["A call inside the scorer"]
        # No worker runs here, which is to be seen.
        assert not latency["A call that does nothing"]
        assert browser.locator("#choice-channel option").all_inner_texts() == ["all", "ecommerce"]
        # A threshold is drawn, and has a name.
        assert panels_with_data(browser, "fraud-rate")["Payments by decision"]
        assert "alert" in (browser.text_content("#panel-1") or "")


def test_a_prometheus_that_is_away_is_said_to_be(tmp_path: Path) -> None:
    with DashboardServer(("127.0.0.1", 0), "http://127.0.0.1:1") as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        answer = httpx.get(f"{server.url}/api/query", params={"query": "up"})
        server.shutdown()
        thread.join()
    assert answer.status_code == 502
    assert "Prometheus at http://127.0.0.1:1" in answer.json()["error"]
