"""The DAGs as Airflow reads them: what every task must have, and that its command exists."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.airflow.conftest import DAGS

pytestmark = [pytest.mark.slow, pytest.mark.timeout(700)]

WITHOUT_RETRIES = {"retrain.verify"}


def tasks_of(described: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for dag_id, dag in described["dags"].items():
        for task_id, task in dag["tasks"].items():
            yield f"{dag_id}.{task_id}", task


def commands_of(described: dict[str, Any]) -> list[list[str]]:
    return [command for _, task in tasks_of(described) for command in task["commands"]]


def test_every_dag_is_read(described: dict[str, Any]) -> None:
    assert described["errors"] == {}
    assert set(described["dags"]) == {path.stem for path in DAGS.glob("*.py")}
    for dag in described["dags"].values():
        assert dag["serialized"]  # also finds cycles
        assert (dag["catchup"], dag["max_active_runs"]) == (False, 1)


def test_every_task_retries_has_a_time_limit_and_tells_of_its_failure(
    described: dict[str, Any],
) -> None:
    for name, task in tasks_of(described):
        assert task["timeout"], name
        assert task["on_failure"] == ["on_failure"], name
        if name not in WITHOUT_RETRIES:
            assert (task["retries"], task["backoff"], task["longest_delay"]) == (3, 2.0, 1800), name


def test_retrain_promotes_only_behind_the_gate(described: dict[str, Any]) -> None:
    tasks = described["dags"]["retrain"]["tasks"]
    assert {name: task["upstream"] for name, task in tasks.items()} == {
        "dataset": [],
        "train": ["dataset"],
        "evaluate": ["train"],
        "gate": ["evaluate"],
        "promote": ["gate"],
        "hold": ["gate"],
        "notify": ["hold", "promote"],
        "verify": ["promote"],
        "roll_back": ["promote", "verify"],
        "done": ["notify", "roll_back", "verify"],
    }
    movers = {name for name, task in tasks.items() for each in task["commands"] if moves(each)}
    assert movers == {"promote", "roll_back"}
    assert not any(
        "--force" in each for _, task in tasks_of(described) for each in task["commands"]
    )


def moves(command: list[str]) -> bool:
    """Whether a command moves the champion; training does unless it is told not to."""
    return command[:2] in (["models", "promote"], ["models", "rollback"]) or (
        command[0] == "train" and "--no-promote" not in command
    )


def test_dags_know_airflow_and_the_command_line_alone() -> None:
    allowed = {"airflow", "fraud_steps", *sys.stdlib_module_names}
    for path in DAGS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = (
                [each.name for each in node.names]
                if isinstance(node, ast.Import)
                else [str(node.module)]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            for name in names:
                assert name.partition(".")[0] in allowed, f"{path.name} imports {name}"


@pytest.mark.parametrize("name", ["windows.py", "variables.py"])
def test_examples(name: str, airflow_python: Path) -> None:
    command = [str(airflow_python), "-m", "doctest", str(DAGS / "fraud_steps" / name)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_every_variable_is_documented() -> None:
    readme = (DAGS.parent / "README.md").read_text()
    used = re.findall(r'"(fraud_\w+)":', (DAGS / "fraud_steps" / "variables.py").read_text())
    assert used
    assert [name for name in used if f"`{name}`" not in readme] == []
