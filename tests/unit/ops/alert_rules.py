"""What stands in ``ops/alerts``, read by those who check it."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from fraud.errors import MissingToolError
from fraud.local.prometheus import OPS
from fraud.local.web_program import find_tool

ALERTS = OPS / "alerts"
ROOT = OPS.parent
RUNBOOKS = ROOT / "docs" / "runbooks"


@dataclass(frozen=True, slots=True)
class Alert:
    """One alerting rule."""

    name: str
    labels: dict[str, str]
    annotations: dict[str, str]


def rule_files() -> list[Path]:
    return sorted(ALERTS.glob("*.yml"))


def case_files() -> list[Path]:
    return sorted((ALERTS / "tests").glob("*.yml"))


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a unit test expects of an alert at a moment.

    Args:
        alert: Its name.
        severities: Of those that fire; empty where none does.
    """

    alert: str
    severities: tuple[str, ...]


def expectations() -> list[Expectation]:
    """Of all unit tests."""
    return [
        Expectation(
            each["alertname"],
            tuple(fired["exp_labels"]["severity"] for fired in each["exp_alerts"]),
        )
        for path in case_files()
        for case in yaml.safe_load(path.read_text())["tests"]
        for each in case["alert_rule_test"]
    ]


def alerts() -> list[Alert]:
    """Every alert; a name may come twice, with other severities."""
    groups = [
        group for path in rule_files() for group in yaml.safe_load(path.read_text())["groups"]
    ]
    return [
        Alert(rule["alert"], rule["labels"], rule["annotations"])
        for group in groups
        for rule in group["rules"]
        if "alert" in rule
    ]


def blocks(kind: str) -> list[str]:
    """Every fenced block of a language in the runbooks."""
    pages = [path.read_text(encoding="utf-8") for path in sorted(RUNBOOKS.glob("*.md"))]
    return [
        block for page in pages for block in re.findall(rf"```{kind}\n(.*?)```", page, re.DOTALL)
    ]


def promtool(*arguments: str | Path, stdin: bytes | None = None) -> None:
    """Run it; a failure fails the test with its words, its lack skips it."""
    try:
        program = find_tool("promtool")
    except MissingToolError as exc:
        pytest.skip(str(exc))
    done = subprocess.run(
        [program, *map(str, arguments)], input=stdin, capture_output=True, check=False
    )
    assert done.returncode == 0, (done.stdout + done.stderr).decode()
