"""Libraries that report to their makers are told not to, before any of them is imported.

The builds of ONNX Runtime on the package index keep an id of the machine in its user's cache and
send events about models and sessions (`docs/Privacy.md
<https://github.com/microsoft/onnxruntime/blob/main/docs/Privacy.md>`_), and so does MLflow
(`usage tracking <https://mlflow.org/docs/latest/community/usage-tracking>`_). Both look into the
environment when they are loaded, as does what this process starts.
"""

import os
from typing import Final

SWITCHES: Final = {
    "ORT_DISABLE_TELEMETRY": "1",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
}
"""Environment variables; who has set one already is not overruled."""


def report_to_nobody() -> None:
    """Switch it off in this process and those that it starts."""
    for name, value in SWITCHES.items():
        os.environ.setdefault(name, value)
