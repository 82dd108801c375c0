"""Alerts: valid, each fires when it should and not when it should not, each with its runbook."""

import re
from pathlib import Path

import pytest

from tests.unit.ops.alert_rules import (
    ALERTS,
    ROOT,
    RUNBOOKS,
    alerts,
    case_files,
    expectations,
    promtool,
    rule_files,
)

HEADINGS = ["What it means", "First look", "Likely causes", "What to do", "Silence"]


def test_rules_are_valid() -> None:
    assert len(rule_files()) > 5
    promtool("check", "rules", *rule_files())


@pytest.mark.parametrize("path", case_files(), ids=lambda path: path.stem)
def test_alerts_fire_when_they_should_and_not_else(path: Path) -> None:
    promtool("test", "rules", path)


def test_each_alert_is_tested_firing_in_each_severity_and_not_firing() -> None:
    told = {(each.alert, severity) for each in expectations() for severity in each.severities}
    assert told == {(alert.name, alert.labels["severity"]) for alert in alerts()}
    silent = {each.alert for each in expectations() if not each.severities}
    assert silent == {alert.name for alert in alerts()}


def test_each_alert_says_how_bad_it_is_what_it_is_and_what_to_do() -> None:
    for alert in alerts():
        assert alert.labels["severity"] in {"page", "ticket"}, alert.name
        assert set(alert.annotations) == {"summary", "description", "runbook"}, alert.name
        assert "$value" in alert.annotations["description"], alert.name


def test_each_alert_has_a_runbook_and_each_runbook_an_alert() -> None:
    named = {ROOT / alert.annotations["runbook"] for alert in alerts()}
    assert named == set(RUNBOOKS.glob("*.md")) - {RUNBOOKS / "README.md"}
    for path in named:
        text = path.read_text(encoding="utf-8")
        assert re.findall("^## (.*)$", text, re.MULTILINE) == HEADINGS, path.name
        for alert in alerts():
            if ROOT / alert.annotations["runbook"] == path:
                assert f"`{alert.name}`" in text, f"{path.name} does not name {alert.name}"


def test_each_threshold_is_asked_for_and_each_that_is_asked_for_is_there() -> None:
    defined = set(re.findall(r"record: (threshold:\w+)", (ALERTS / "thresholds.yml").read_text()))
    asked = {
        name
        for path in rule_files()
        if path.stem != "thresholds"
        for name in re.findall(r"threshold:\w+", path.read_text())
    }
    assert defined == asked
