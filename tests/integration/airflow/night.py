"""What a night's run needs: a real Airflow, MLflow, PostgreSQL and scorer, and a simulated lake."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from fraud.local.environment import to_environment
from fraud.settings import Settings
from tests.integration.airflow.conftest import AIRFLOW_PYTHON, DAGS, ROOT

DAYS: Final = {"train": "18", "gap": "7", "holdout": "6", "settle": "0"}


@dataclass(frozen=True, slots=True)
class Airflow:
    """A console of Airflow with a database of its own.

    Args:
        console: Where commands are typed.
        log: Everything it and its tasks say.
        alerts: Folder that DAGs tell people in.
    """

    console: "subprocess.Popen[str]"
    log: Path
    alerts: Path

    @classmethod
    @contextmanager
    def open(cls, settings: Settings, folder: Path, data: Path) -> Iterator[Self]:
        """Start it, make its tables; ended in the end."""
        folder.mkdir()
        log, alerts = folder / "airflow.log", folder / "alerts"
        with log.open("w") as output:
            console = subprocess.Popen(
                [AIRFLOW_PYTHON, Path(__file__).with_name("console.py")],
                env={**os.environ, **to_environment(settings), **_variables(folder, data, alerts)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output,
                text=True,
            )
        try:
            opened = cls(console, log, alerts)
            assert opened.run("db", "migrate") == 0, log.read_text()
            yield opened
        finally:
            console.kill()
            console.communicate()

    def run(self, *arguments: str, **environment: str) -> int:
        """Run ``airflow ARGUMENTS``; gives its exit code."""
        assert self.console.stdin is not None
        assert self.console.stdout is not None
        told = {"arguments": arguments, "environment": environment}
        self.console.stdin.write(json.dumps(told) + "\n")
        self.console.stdin.flush()
        return int(self.console.stdout.readline())

    def told(self) -> list[dict[str, Any]]:
        """The alerts so far."""
        path = self.alerts / "alerts.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def _variables(folder: Path, data: Path, alerts: Path) -> dict[str, str]:
    variables = {
        "data": str(data),
        "datasets": str(folder / "datasets"),
        "alerts": str(alerts),
        **{f"{name}_days": days for name, days in DAYS.items()},
    }
    return {
        **{f"AIRFLOW_VAR_FRAUD_{name.upper()}": value for name, value in variables.items()},
        "AIRFLOW_HOME": str(folder),
        "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DEFAULT_TASK_RETRY_DELAY": "1",
        "FRAUD_CONFIG": str(ROOT / "none.toml"),
    }
