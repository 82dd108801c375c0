"""Commands that somebody waits for start without what only training needs."""

import subprocess
import sys

import pytest

HEAVY = {"matplotlib", "mlflow", "pandas", "scipy", "sklearn", "xgboost"}


@pytest.mark.parametrize("command", ["models", "traffic", "status", "dataset"])
def test_nothing_heavy_is_imported(command: str) -> None:
    assert HEAVY & imported_by(command) == set()


def test_a_rollback_waits_for_nothing_that_it_does_not_use() -> None:
    assert {"google.protobuf", "structlog", "numpy"} & imported_by("models") == set()


def imported_by(command: str) -> set[str]:
    code = f"import fraud.cli.{command}, sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    return set(done.stdout.split())
