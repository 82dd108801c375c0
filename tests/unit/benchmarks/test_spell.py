"""The condition of an alert with its recorded series written out."""

import re
from pathlib import Path

import pytest
import yaml

from benchmarks.pipeline.stack.spell import expression_of
from tests.unit.ops.alert_rules import promtool, rule_files


@pytest.mark.parametrize("alert", ["FraudRateSpike", "FraudRateCollapse", "OutboxOld"])
def test_the_condition_asks_for_no_rule(alert: str, tmp_path: Path) -> None:
    expression = expression_of(alert)
    recorded = {
        name
        for path in rule_files()
        for name in re.findall(r"record: (\S+)", path.read_text(encoding="utf-8"))
    }
    assert not [name for name in recorded if name in expression]
    group = {"name": "written", "rules": [{"record": "written:out", "expr": expression}]}
    path = tmp_path / "rules.yml"
    path.write_text(yaml.safe_dump({"groups": [group]}))
    promtool("check", "rules", path)
