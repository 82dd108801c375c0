"""What valgrind runs: ``python -m benchmarks.regress.program FOLDER PERCENT PLANTED CASE...``.

``FOLDER`` has the model's bundle, and gets ``done.json``.

It imports and prepares once, then forks for every case and number of calls; valgrind counts each
process by itself, and begins with what its parent had counted. Two numbers of calls of one case are
forked one right after the other, so that they differ in nothing but the calls between them: threads
of libraries go on in the parent meanwhile.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

from benchmarks.regress.cases import CASES, Inputs
from benchmarks.regress.planting import slowed

FEW, MANY = 100, 400


def main() -> None:
    """Fork for every case; write which process did what."""
    folder, percent, planted, *names = sys.argv[1:]
    done: dict[int, tuple[str, int]] = {}
    for name in names:
        children = {}
        for count in (FEW, MANY):
            child = os.fork()
            if child == 0:
                _work(Path(folder), name, count, int(percent) if name == planted else 0)
            children[child] = (name, count)
        for child in children:
            _, status = os.waitpid(child, 0)
            if status != 0:
                sys.exit(f"the case `{name}` ended with status {status}")
        done |= children
    (Path(folder) / "done.json").write_text(json.dumps(done))


def _work(folder: Path, name: str, count: int, percent: int) -> None:
    """Never returns: the process ends here, without what the parent would do at its end."""
    try:
        with tempfile.TemporaryDirectory(prefix="fraud-regress-") as scratch:
            call = slowed(CASES[name](Inputs(Path(scratch), folder / "bundle")), percent)
            for number in range(count):
                call(number)
        sys.stdout.flush()
    except BaseException as exc:  # noqa: BLE001 - told, and no child goes on as its parent
        print(f"{name}: {exc!r}", file=sys.stderr, flush=True)
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    main()
