"""Who is told of which alert."""

import subprocess

import pytest

from fraud.errors import MissingToolError
from fraud.local.alertmanager import CONFIG, RECEIVER
from fraud.local.web_program import find_tool
from tests.unit.ops.alert_rules import alerts


def amtool(*arguments: str) -> str:
    try:
        program = find_tool("amtool")
    except MissingToolError as exc:
        pytest.skip(str(exc))
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def test_routes_are_valid_and_lead_to_the_receiver() -> None:
    amtool("check-config", str(CONFIG))
    assert f"{RECEIVER}/page" in CONFIG.read_text()
    assert f"{RECEIVER}/ticket" in CONFIG.read_text()


@pytest.mark.parametrize("severity", sorted({alert.labels["severity"] for alert in alerts()}))
def test_each_severity_goes_to_who_is_named_so(severity: str) -> None:
    test = ("config", "routes", "test", f"--config.file={CONFIG}")
    assert amtool(*test, f"severity={severity}", "alertname=Any") == severity


def test_what_is_not_told_to_be_urgent_waits() -> None:
    assert amtool("config", "routes", "test", f"--config.file={CONFIG}", "alertname=X") == "ticket"
