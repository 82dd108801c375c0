"""Nothing is told to the makers of libraries."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fraud.privacy import SWITCHES

MAKES_A_SESSION = "import scorer.model.session"
LOADS_NATIVELY = "from scorer.model.native import load_runtime; load_runtime()"
ASKS_MLFLOW = (
    "import training.registry.client; from mlflow.telemetry.utils import is_telemetry_disabled;"
    " raise SystemExit(not is_telemetry_disabled())"
)


def run(code: str, home: Path, **more: str) -> None:
    """In a process that nobody has switched anything off for."""
    # MLflow is silent in tests and in continuous integration by itself.
    kept = {"PATH", "LD_LIBRARY_PATH"}
    own = {name: value for name, value in os.environ.items() if name in kept}
    subprocess.run([sys.executable, "-c", code], check=True, env={**own, "HOME": str(home), **more})


@pytest.mark.parametrize("code", [MAKES_A_SESSION, LOADS_NATIVELY])
def test_onnx_runtime_keeps_no_id_of_the_machine(code: str, tmp_path: Path) -> None:
    run(code, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_onnx_runtime_would_keep_one(tmp_path: Path) -> None:
    """Else the test before could not fail."""
    run("import onnxruntime", tmp_path)
    assert list(tmp_path.rglob("deviceid"))


def test_mlflow_is_told(tmp_path: Path) -> None:
    run(ASKS_MLFLOW, tmp_path)


def test_who_wants_it_may_have_it(tmp_path: Path) -> None:
    run(MAKES_A_SESSION, tmp_path, ORT_DISABLE_TELEMETRY="0")
    assert list(tmp_path.rglob("deviceid"))
    with pytest.raises(subprocess.CalledProcessError):
        run(ASKS_MLFLOW, tmp_path, MLFLOW_DISABLE_TELEMETRY="false", DO_NOT_TRACK="false")


def test_what_is_started_from_here_inherits_it() -> None:
    assert SWITCHES.keys() <= os.environ.keys()
