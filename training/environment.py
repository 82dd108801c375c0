"""What a model was made with: the locked environment, and what of it is really installed."""

import hashlib
import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final, Self

LOCK: Final = Path(__file__).parents[1] / "uv.lock"
LIBRARIES: Final = (
    "numpy",
    "onnx",
    "onnxmltools",
    "onnxruntime",
    "optuna",
    "pyarrow",
    "scikit-learn",
    "scipy",
    "skl2onnx",
    "xgboost-cpu",
)
"""Those whose release can change a figure."""
UNKNOWN: Final = "unknown"


@dataclass(frozen=True, slots=True)
class Environment:
    """Interpreter and libraries.

    Args:
        lock: Content of ``uv.lock``; None where the platform was installed without it.
        versions: Library -> release, and ``python``.
    """

    lock: bytes | None
    versions: Mapping[str, str]

    @classmethod
    def of_this_process(cls) -> Self:
        """What runs now."""
        versions = {"python": platform.python_version()}
        versions |= {name: _version_of(name) for name in LIBRARIES}
        return cls(LOCK.read_bytes() if LOCK.is_file() else None, versions)

    @property
    def lock_sha256(self) -> str:
        """Of the lock file, 64 hexadecimal digits; ``unknown`` without one."""
        return UNKNOWN if self.lock is None else hashlib.sha256(self.lock).hexdigest()

    def write(self, folder: Path) -> None:
        """Write ``versions.json`` and, where there is one, ``uv.lock``."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "versions.json").write_text(json.dumps(dict(self.versions), indent=2) + "\n")
        if self.lock is not None:
            (folder / LOCK.name).write_bytes(self.lock)


def _version_of(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"
