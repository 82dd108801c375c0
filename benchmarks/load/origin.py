"""What a result is of: the commit, the versions and the day."""

import platform
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from features_rs import contract

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where figures come from.

    Args:
        commit: Short, with ``+`` where files of the tree differ from it.
        date: ISO, UTC.
        python: Version of the interpreter.
        grpcio: Version of the server's library.
        onnxruntime: Version of the model's.
        contract: Digest of the features.
    """

    commit: str
    date: str
    python: str
    grpcio: str
    onnxruntime: str
    contract: str


def find_origin() -> Origin:
    """Of this tree, now; the commit is ``unknown`` outside a repository."""
    return Origin(
        commit=_commit(),
        date=datetime.now(UTC).date().isoformat(),
        python=platform.python_version(),
        grpcio=version("grpcio"),
        onnxruntime=version("onnxruntime"),
        contract=contract().digest,
    )


def _commit() -> str:
    try:
        head = _git("rev-parse", "--short", "HEAD")
        return head + ("+" if _git("status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()
