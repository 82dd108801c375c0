"""The direction of imports, read from the source: data flows one way, and heavy things stay home.

Ruff's banned-api bans a few packages outright; this keeps what it cannot say, which package may
import which.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Folder or file -> what nothing in it may import.
FORBIDDEN = {
    "airflow_dags": ["fraud", "scorer", "training", "simulator", "mlflow", "psycopg"],
    "features_rs": ["fraud", "scorer", "training", "simulator", "time", "datetime"],
    "fraud/settings.py": ["scorer", "training", "simulator", "features_rs"],
    "scorer": ["training", "simulator", "mlflow", "pandas", "pyarrow", "xgboost", "sklearn"],
    "scorer/recorder": ["hindsight"],
    "scorer/features": ["grpc", "scorer.edge", "scorer.service"],
    "scorer/features/convert.py": ["time", "datetime"],
    "scorer/model": ["grpc", "scorer.edge", "scorer.features", "scorer.sinks", "scorer.service"],
    "scorer/sinks": ["grpc", "scorer.edge", "scorer.model", "scorer.features", "scorer.service"],
    "scorer/edge": ["scorer.service", "psycopg", "sqlite3", "onnxruntime"],
    "scorer/decision.py": ["grpc", "time", "scorer.edge", "scorer.sinks", "scorer.pipeline"],
    "scorer/errors.py": ["grpc", "fraud", "google"],
    "messaging": ["scorer", "training", "simulator", "spark_stream", "worker", "grpc", "pyspark"],
    "scorer/tail": ["grpc", "scorer.edge", "scorer.service", "scorer.recorder"],
    "simulator": ["scorer", "training", "grpc"],
    "spark_stream": ["scorer", "simulator", "worker", "grpc"],
    "worker": ["scorer", "training", "simulator", "spark_stream", "pyspark"],
    "hindsight": ["training", "simulator", "mlflow", "grpc", "scorer.edge", "scorer.service"],
    "training": ["simulator", "scorer.edge", "scorer.service", "scorer.sinks", "grpc"],
}


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _sources(place: str) -> list[Path]:
    path = ROOT / place
    return [path] if path.suffix == ".py" else sorted(path.rglob("*.py"))


@pytest.mark.parametrize("place", FORBIDDEN)
def test_nothing_imports_against_the_flow(place: str) -> None:
    sources = _sources(place)
    assert sources, f"{place} is gone: correct the table"
    found = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sources
        for name in _imports(path)
        for banned in FORBIDDEN[place]
        if name == banned or name.startswith(f"{banned}.")
    ]
    assert found == []
