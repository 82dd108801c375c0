"""What a command must not import to be there at once."""

import subprocess
import sys

HEAVY = ("grpc", "matplotlib", "mlflow", "numpy", "onnxruntime", "pandas", "pyarrow", "sklearn")


def test_a_rollback_waits_for_no_package_that_it_does_not_use() -> None:
    code = f"""
import sys
import fraud.cli.models, fraud.local.mlflow, scorer.recorder.ledger, training.registry.aliases
print(*(name for name in {HEAVY} if name in sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
