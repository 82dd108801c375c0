"""A flame graph of a scorer under load: ``python -m benchmarks.profile [flames.svg]``.

py-spy looks at the process from outside, Python and native frames together, so the scorer runs as
it always does. It is fetched by uv when it is not on the PATH.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.growth.population import Population
from benchmarks.growth.visit import Visit, visiting
from benchmarks.load.forest import forest_bundle
from fraud.loadgen import run_load

SECONDS = 10
RATE = 500
SAMPLES_PER_S = 400


def main(output: Path, seconds: int = SECONDS) -> int:
    """Put 500 payments a second on a scorer and draw where its time goes; returns the exit code."""
    count = RATE * (seconds + 4)
    with (
        tempfile.TemporaryDirectory(prefix="fraud-profile-") as folder,
        visiting(Path(folder), Population(10_000), forest_bundle(300)) as visit,
    ):
        plan = replace(visit.plan(count), method="score", loop="open", rate=float(RATE))
        command = py_spy(visit, output, seconds)
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as spy:
            report = run_load(plan)
            told, _ = spy.communicate()
    if spy.returncode != 0 or not output.is_file():
        print(f"Failed to record: {told.decode(errors='replace')}", file=sys.stderr)
        return 1
    print(f"{output}: {seconds} s of {report.score.answered} payments, all threads")
    return 0


def py_spy(visit: Visit, output: Path, seconds: int) -> Sequence[str]:
    """The command that watches a scorer."""
    found = shutil.which("py-spy") or shutil.which("py-spy", path=Path(sys.executable).parent)
    program = (
        [found] if found else [str(Path(sys.executable).parent / "uv"), "tool", "run", "py-spy"]
    )
    return [
        *program, "record", "--pid", str(visit.server.process_id), "--output", str(output),
        "--duration", str(seconds), "--rate", str(SAMPLES_PER_S), "--native", "--threads",
    ]  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "flames.svg")))
