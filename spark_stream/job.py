"""The composition root: builds session and queries from settings, watches and stops them."""

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, Final

import structlog
from py4j.protocol import Py4JError
from pyspark.sql import SparkSession
from pyspark.sql.streaming.query import StreamingQuery

from fraud.exposition.endpoint import serve_metrics
from fraud.settings import Settings
from fraud.signals import stop_on_signals
from spark_stream import features, tuning
from spark_stream.checkpoint import exclusive
from spark_stream.errors import SparkLostError
from spark_stream.features import start_features_query
from spark_stream.kept_query import KeptQuery
from spark_stream.lake.query import start_lake_query
from spark_stream.metrics import StreamMetrics
from spark_stream.progress import ProgressPublisher
from spark_stream.session import open_session
from spark_stream.status import JobStatus, MachineStatus, QueryStatus, status_path

log = structlog.get_logger(__name__)

APPLICATION: Final = "fraud-stream"
WATCH_SECONDS: Final = 0.1
STATUS_SECONDS: Final = 1.0
FINISH_SECONDS: Final = 20.0
"""How long a batch under way may take to finish when the job is asked to stop."""

type OnBatch = Callable[[str, Mapping[str, Any]], None]
type StartQuery = Callable[[SparkSession, Settings], StreamingQuery]

QUERIES: Final[tuple[StartQuery, ...]] = (start_features_query, start_lake_query)


class StreamJob:
    """The streaming job, until it is asked to stop.

    Args:
        settings: Everything that can be set.
        overrides: Settings of Spark over those of :mod:`spark_stream.tuning`.
        queries: What runs in it.
        on_batch: Told name and progress of each batch, as Spark tells it.
    """

    def __init__(
        self,
        settings: Settings,
        overrides: Mapping[str, str] | None = None,
        queries: Sequence[StartQuery] = QUERIES,
        on_batch: OnBatch | None = None,
    ) -> None:
        self._settings = settings
        self._overrides = overrides or {}
        self._queries = queries
        self._on_batch = on_batch
        self._told: dict[str, int] = {}
        self.metrics = StreamMetrics()
        self._stopping = threading.Event()
        self._status_path = status_path(settings)
        self._status_at = 0.0

    def run(self) -> None:
        """Run until SIGTERM, SIGINT or :meth:`stop`; the batch under way is then finished.

        Raises:
            CheckpointInUseError: Another job is at work on the same checkpoints.
            CheckpointMismatchError: The checkpoint is of another contract or layout of states.
            QueryFailedError: A query ended by itself again and again.
            SparkLostError: Spark's Java machine ended.
            EndpointError: The metrics endpoint cannot listen.
        """
        folder = self._settings.checkpoint_dir
        with exclusive(folder), self._telling():
            shutil.rmtree(folder / "scratch" / APPLICATION, ignore_errors=True)
            config = {**{each.name: each.value for each in tuning.STREAMING}, **self._overrides}
            session = open_session(self._settings, APPLICATION, config)
            try:
                self._run_in(session)
            finally:
                # A Java machine that has died cannot be told to stop.
                with suppress(Py4JError, ConnectionError):
                    session.stop()

    def stop(self) -> None:
        """Ask it to stop; may be called from another thread."""
        self._stopping.set()

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """The metrics page, where one is wanted."""
        spark = self._settings.spark
        if not spark.metrics_port:
            yield
            return
        host, port, registry = spark.metrics_host, spark.metrics_port, self.metrics.registry
        close = serve_metrics(registry, host, port, "spark.metrics_port")
        try:
            yield
        finally:
            close()

    def _run_in(self, session: SparkSession) -> None:
        # After the session, which takes SIGINT for itself.
        stop_on_signals(self.stop)
        checkpoint = self._settings.checkpoint_dir / features.NAME
        publisher = ProgressPublisher(self._settings.kafka, features.NAME, checkpoint)
        queries = [KeptQuery(partial(start, session, self._settings)) for start in self._queries]
        log.info("streaming", queries=[query.name for query in queries])
        try:
            while not self._stopping.wait(WATCH_SECONDS):
                self._look(session, queries, publisher)
            for query in queries:
                query.finish(FINISH_SECONDS)
            publisher.publish()
            self._write_status(session, queries, stopped=True)
        except (Py4JError, ConnectionError) as exc:
            raise SparkLostError(f"Spark's Java machine ended or no longer answers: {exc}") from exc
        finally:
            publisher.close()
        log.info("stopped")

    def _look(
        self, session: SparkSession, queries: list[KeptQuery], publisher: ProgressPublisher
    ) -> None:
        for query in queries:
            query.look()
            self._tell_batch(query)
        publisher.publish()
        if time.monotonic() - self._status_at > STATUS_SECONDS:
            self._status_at = time.monotonic()
            self._write_status(session, queries)

    def _tell_batch(self, query: KeptQuery) -> None:
        progress = query.progress
        if progress is None:
            return
        batch = int(progress["batchId"])
        if self._told.get(query.name) != batch:
            self._told[query.name] = batch
            self.metrics.batch(QueryStatus.of(query.name, progress))
            if self._on_batch is not None:
                self._on_batch(query.name, progress)

    def _write_status(
        self, session: SparkSession, queries: list[KeptQuery], *, stopped: bool = False
    ) -> None:
        status = JobStatus(
            pid=os.getpid(),
            written_ns=time.time_ns(),
            queries=tuple(QueryStatus.of(query.name, query.progress) for query in queries),
            machine=machine_status(session),
            stopped=stopped,
        )
        status.write(self._status_path)
        self.metrics.tell(status)


def machine_status(session: SparkSession) -> MachineStatus:
    """Of the driver's Java machine, as it tells it itself."""
    java = session.sparkContext._jvm  # noqa: SLF001 - there is no other way to it
    assert java is not None
    factory = java.java.lang.management.ManagementFactory
    heap = factory.getMemoryMXBean().getHeapMemoryUsage()
    collectors = list(factory.getGarbageCollectorMXBeans())
    return MachineStatus(
        heap_used=heap.getUsed(),
        heap_most=heap.getMax(),
        collections=sum(each.getCollectionCount() for each in collectors),
        collection_ms=sum(each.getCollectionTime() for each in collectors),
    )
