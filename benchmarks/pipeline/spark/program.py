"""The job as it is measured: tells each of its batches to a file; ``defaults`` leaves tuning out.

``python -m benchmarks.pipeline.spark.program TUNING BATCHES GC_LOG``
"""

import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fraud.settings import load_settings
from spark_stream import tuning
from spark_stream.features import start_features_query
from spark_stream.job import StreamJob
from spark_stream.status import QueryStatus

PROVIDER = "spark.sql.streaming.stateStore.providerClass"


def main(which: str, batches: Path, gc_log: Path) -> None:
    """Run until SIGTERM."""
    if which == "defaults":
        forget_tuning()
    options = f"{tuning.JAVA_OPTIONS} -Xlog:gc:file={gc_log}:uptime"
    with batches.open("w") as file:

        def keep(name: str, progress: Mapping[str, Any]) -> None:
            status = QueryStatus.of(name, progress)
            line = [time.time_ns(), status.rows, status.batch_ms, status.behind, status.state_rows]
            file.write(json.dumps([*line, dict(progress["durationMs"])]) + "\n")
            file.flush()

        overrides = {"spark.driver.extraJavaOptions": options}
        StreamJob(load_settings(), overrides, [start_features_query], keep).run()


def forget_tuning() -> None:
    """As Spark comes, but for the state store that transformWithState cannot do without."""
    needed = tuple(each for each in tuning.STREAMING if each.name == PROVIDER)
    for name, value in (
        ("SESSION", ()),
        ("MEMORY", ()),
        ("STREAMING", needed),
        ("SOURCE", ()),
        ("SINK", ()),
        ("JAVA_OPTIONS", ""),
    ):
        setattr(tuning, name, value)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
