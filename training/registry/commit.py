"""Which code made a model."""

import subprocess
from pathlib import Path
from typing import Final

UNKNOWN: Final = "unknown"


def commit_sha() -> str:
    """SHA of the checked-out commit, ``-dirty`` if files differ; ``unknown`` outside git."""
    sha = _git("rev-parse", "HEAD")
    if not sha:
        return UNKNOWN
    return f"{sha}-dirty" if _git("status", "--porcelain", "--untracked-files=no") else sha


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(Path(__file__).parent), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()
