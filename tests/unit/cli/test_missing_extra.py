"""A command whose packages are not installed says which extra brings them."""

import subprocess
import sys

import pytest

HIDE = """
import sys
sys.modules[{package!r}] = None
sys.argv = ["fraud", *{arguments!r}]
from fraud.cli.main import app
app()
"""


@pytest.mark.parametrize(
    ("package", "arguments", "extra"),
    [
        ("confluent_kafka", ["dlq", "list"], "stream"),
        ("confluent_kafka", ["kafka", "status"], "stream"),
        ("deltalake", ["lake"], "spark"),
        ("xgboost", ["train"], "training"),
    ],
)
def test_it_names_the_extra(package: str, arguments: list[str], extra: str) -> None:
    code = HIDE.format(package=package, arguments=arguments)
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 2, run.stderr
    assert f"--extra {extra}" in run.stderr
    assert "Traceback" not in run.stderr
