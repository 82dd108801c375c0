"""Where and with what the figures were found."""

import os
import platform
from importlib.metadata import version
from typing import Any, Final

from benchmarks.load.host import processor_name
from features_rs import contract

LIBRARIES: Final = ("numpy", "scikit-learn", "xgboost-cpu")


def describe_machine() -> dict[str, Any]:
    """Processor, cores, load, versions, and the digest of the feature contract."""
    return {
        "processor": processor_name(),
        "cores": os.cpu_count() or 1,
        "load_average": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        **{name: version(name) for name in LIBRARIES},
        "contract": contract().digest,
    }
