"""One run: a broker, the job, a producer at a rate, and what was seen of it."""

import os
import sys
import time
from pathlib import Path

from benchmarks.pipeline.spark.figures import Figures, read_batches, read_pauses
from fraud.local.environment import to_environment
from fraud.local.kafka import LocalKafka
from fraud.local.process import ChildProcess
from fraud.settings import KafkaSettings, Settings
from messaging.admin import reconcile
from spark_stream.status import JobStatus, status_path

READY_SECONDS = 300.0
TICKS = os.sysconf("SC_CLK_TCK")


def run(folder: Path, rate: float, seconds: float, warm_up: float, tuning: str) -> Figures:
    """Bring everything up, measure, take it down.

    Args:
        folder: For everything that is written.
        rate: Payments a second.
        seconds: How long is measured, after the warm-up.
        warm_up: In seconds, from the job's first batch.
        tuning: ``ours`` or ``defaults``.
    """
    batches, gc_log = folder / "batches", folder / "gc.log"
    with LocalKafka(folder / "kafka") as broker:
        kafka = KafkaSettings(bootstrap_servers=broker.bootstrap_servers)
        settings = Settings(home=folder / "home", kafka=kafka)
        reconcile(kafka)
        program = ["-m", "benchmarks.pipeline.spark.program", tuning, str(batches), str(gc_log)]
        job = _child("job", program, settings)
        job.start()
        path = status_path(settings)
        job.wait_until_ready(lambda: JobStatus.read(path) is not None, READY_SECONDS)
        total = str(warm_up + seconds + READY_SECONDS)
        options = ["--rate", str(rate), "--seconds", total, "--customers", "20000"]
        producer = _child("producer", ["-m", "fraud", "produce", *options], settings)
        producer.start()
        try:
            job.wait_until_ready(lambda: bool(read_batches(batches, 0)), READY_SECONDS)
            time.sleep(warm_up)
            began, spent = time.time_ns(), _processor_seconds(job.pid)
            time.sleep(seconds)
            spent = _processor_seconds(job.pid) - spent
        finally:
            producer.stop()
            job.stop(60)
    measured = read_batches(batches, began)
    lifetime = (time.time_ns() - began) / 1e9
    return Figures.of(measured, read_pauses(gc_log, lifetime), spent / seconds)


def _child(name: str, arguments: list[str], settings: Settings) -> ChildProcess:
    command = [sys.executable, *arguments]
    log = settings.home / f"{name}.log"
    return ChildProcess(name, command, log, environment=to_environment(settings))


def _processor_seconds(session: int | None) -> float:
    """Of all processes of a session: the job, its Java machine and its Python workers."""
    total = 0.0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        # proc(5): session is field 6, utime to cstime are 14 to 17; the name was fields 1 and 2.
        if int(fields[3]) == session:
            total += sum(map(int, fields[11:15])) / TICKS
    return total
