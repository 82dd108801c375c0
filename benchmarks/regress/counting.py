"""Instructions of a call, counted by valgrind: no other work on the machine moves them."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.load.forest import forest_bundle
from benchmarks.regress.cases import TREES
from benchmarks.regress.errors import CountingError
from benchmarks.regress.program import FEW, MANY

ROOT = Path(__file__).parents[2]
LIMIT_SECONDS = 900


def can_count() -> bool:
    """Whether valgrind is here."""
    return shutil.which("valgrind") is not None


def count_instructions(
    cases: Sequence[str], *, planted: str = "", percent: int = 0
) -> dict[str, float]:
    """Instructions of one call of each case.

    Args:
        cases: Names of :data:`~benchmarks.regress.cases.CASES`.
        planted: Case that is slowed down on purpose.
        percent: By how much.

    Raises:
        CountingError: Valgrind did not run the program to its end.
    """
    with tempfile.TemporaryDirectory(prefix="fraud-count-") as name:
        folder = Path(name)
        forest_bundle(TREES).write(folder / "bundle")
        _run(folder, [str(percent), planted or "-", *cases])
        done = json.loads((folder / "done.json").read_text())
        counts = {
            tuple(what): read_total((folder / f"counts.{process}").read_text())
            for process, what in done.items()
        }
    return {each: (counts[each, MANY] - counts[each, FEW]) / (MANY - FEW) for each in cases}


def read_total(text: str) -> int:
    r"""The sum in a file of cachegrind's.

    Raises:
        CountingError: It has none.

    >>> read_total("fn=main\\n1 200\nsummary: 12345\n")
    12345
    """
    found = re.search(r"^summary:\s*(\d+)", text, re.MULTILINE)
    if found is None:
        raise CountingError("Failed to find the sum in what valgrind wrote")
    return int(found[1])


def _run(folder: Path, arguments: Sequence[str]) -> None:
    command = [
        "valgrind", "--tool=cachegrind", "--cache-sim=no", "--branch-sim=no", "-q",
        f"--cachegrind-out-file={folder}/counts.%p",
        sys.executable, "-m", "benchmarks.regress.program", str(folder), *arguments,
    ]  # fmt: skip
    try:
        ran = subprocess.run(
            command, cwd=ROOT, env=_environment(), capture_output=True, text=True, check=False,
            timeout=LIMIT_SECONDS,
        )  # fmt: skip
    except subprocess.TimeoutExpired as exc:
        raise CountingError(f"Failed to count within {LIMIT_SECONDS} s") from exc
    if ran.returncode != 0:
        raise CountingError(f"Failed to count instructions: {ran.stderr[-2000:]}")


def _environment() -> dict[str, str]:
    """Equal in every run: hashes above all, since they order what is looped over."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("FRAUD_")}
    return own | {
        "PYTHONHASHSEED": "0",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
