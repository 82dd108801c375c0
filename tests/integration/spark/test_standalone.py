"""The same entry point by ``spark-submit`` on a standalone master with two workers."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pyspark
import pytest

import spark_stream
from fraud.local.environment import to_environment
from fraud.local.port import answers, free_port
from fraud.local.process import ChildProcess
from fraud.settings import KafkaSettings, Settings
from messaging.vectors import read_vectors
from spark_stream.session import kafka_jars
from spark_stream.status import JobStatus, status_path
from tests.integration.spark.support import (
    assert_equal_to,
    label,
    learned,
    payments,
    produce,
    store_of,
    wait_until_contained,
)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

HOST = "127.0.0.1"
SPARK_HOME = Path(pyspark.__file__).parent
CONF = {
    "spark.driver.host": HOST,
    "spark.driver.memory": "512m",
    "spark.executor.memory": "512m",
    "spark.executor.cores": "1",
}


def test_it_runs_on_a_master_with_two_workers(
    tmp_path: Path, kafka_settings: KafkaSettings
) -> None:
    settings = Settings(home=tmp_path / "home", kafka=kafka_settings)
    some = payments(120, seed=5)
    produce(kafka_settings, some)
    produce(kafka_settings, [label(each, 3, fraud=True) for each in some[:5]])
    with _cluster(tmp_path) as master, _submitted(settings, master, tmp_path):
        wait_until_contained(kafka_settings)
        known = [learned(each, 3, fraud=True) for each in some[:5]]
        assert_equal_to(store_of(some, known), list(read_vectors(kafka_settings)))
    executors = list((tmp_path / "work").glob("*/app-*/*/stderr"))
    assert len({path.parts[-4] for path in executors}) == 2, "one worker did nothing"
    status = JobStatus.read(status_path(settings))
    assert status is not None
    assert status.stopped


@contextmanager
def _cluster(folder: Path) -> Iterator[str]:
    """Address of a master that two workers have joined."""
    port = free_port()
    master = f"spark://{HOST}:{port}"
    with ExitStack() as running:
        address = ["--host", HOST, "--port", str(port), "--webui-port", str(free_port())]
        start = _class("master", folder, "org.apache.spark.deploy.master.Master", *address)
        running.callback(start.stop)
        start.start()
        start.wait_until_ready(lambda: answers(port), 90)
        for name in ("one", "two"):
            options = ["--host", HOST, "--cores", "1", "--memory", "1g", "--webui-port", "0"]
            place = ["--work-dir", str(folder / "work" / name), master]
            worker = _class(name, folder, "org.apache.spark.deploy.worker.Worker", *options, *place)
            running.callback(worker.stop)
            worker.start()
        yield master


@contextmanager
def _submitted(settings: Settings, master: str, folder: Path) -> Iterator[None]:
    conf = [part for pair in CONF.items() for part in ("--conf", "=".join(pair))]
    main = Path(spark_stream.__file__).with_name("__main__.py")
    submit = str(SPARK_HOME / "bin" / "spark-submit")
    command = [submit, "--master", master, "--jars", kafka_jars()]
    job = ChildProcess(
        "spark-submit",
        [*command, *conf, str(main)],
        folder / "submit.log",
        environment={**_environment(), **to_environment(settings)},
    )
    job.start()
    try:
        yield
        status = JobStatus.read(status_path(settings))
        assert status is not None
        # spark-submit itself passes no signal on: it would end Spark under the job's feet.
        os.kill(status.pid, signal.SIGTERM)
        while job.pid is not None:
            time.sleep(0.1)
    finally:
        job.stop()


def _class(name: str, folder: Path, *arguments: str) -> ChildProcess:
    command = [str(SPARK_HOME / "bin" / "spark-class"), *arguments]
    return ChildProcess(name, command, folder / f"{name}.log", environment=_environment())


def _environment() -> dict[str, str]:
    return {
        "SPARK_HOME": str(SPARK_HOME),
        "SPARK_LOCAL_IP": HOST,
        "SPARK_NO_DAEMONIZE": "true",
        "PYSPARK_PYTHON": sys.executable,
        "PYSPARK_DRIVER_PYTHON": sys.executable,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "SPARK_DAEMON_MEMORY": "256m",
    }
