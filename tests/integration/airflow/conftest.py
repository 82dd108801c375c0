"""Airflow in its own environment, which is made here if it is not there."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[3]
DAGS: Final = ROOT / "airflow_dags" / "dags"
AIRFLOW_PYTHON: Final = ROOT / ".venv-airflow" / "bin" / "python"


@pytest.fixture(scope="session")
def airflow_python() -> Path:
    subprocess.run([ROOT / "tools" / "setup-airflow"], check=True, timeout=600)
    return AIRFLOW_PYTHON


@pytest.fixture(scope="session")
def described(airflow_python: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What Airflow makes of the DAGs."""
    folder = tmp_path_factory.mktemp("airflow")
    out = folder / "dags.json"
    done = subprocess.run(
        [airflow_python, Path(__file__).with_name("describe.py"), DAGS, out],
        env={**os.environ, "AIRFLOW_HOME": str(folder), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(out.read_text())
    return found
