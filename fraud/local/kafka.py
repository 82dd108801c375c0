"""Apache Kafka without a container engine: one node that is broker and controller (KRaft)."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from fraud.errors import AddressInUseError, MissingExtraError
from fraud.local.broker_folder import BrokerFolder
from fraud.local.java import java_command, resolve_jars
from fraud.local.port import HOST, answers, free_port
from fraud.local.process import ChildProcess, Progress
from fraud.local.service import LocalService
from fraud.local.turn import turn

try:
    from confluent_kafka import KafkaException
    from confluent_kafka.admin import AdminClient
except ModuleNotFoundError as exc:
    raise MissingExtraError(exc.name or "confluent_kafka", "stream") from exc

READY_SECONDS = 90.0
STOP_SECONDS = 30.0
POLL_SECONDS = 0.05
LOGGING = Path(__file__).with_name("kafka.log4j2.properties")
# As Kafka's own scripts have it, with less memory: the system's page cache serves the readers.
# The quick compiler alone: 3.5 s of processor time to start, not 5.6, and no more of it at 300/s.
MACHINE = [
    "-Xms256m",
    "-Xmx512m",
    "-XX:+UseG1GC",
    "-XX:MaxGCPauseMillis=20",
    "-XX:InitiatingHeapOccupancyPercent=35",
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:TieredStopAtLevel=1",
]
# A program of a second is not worth the thorough compiler.
BRIEF = ["-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]


class LocalKafka(LocalService):
    """A Kafka broker on this machine.

    One that already runs on the folder is used, on its own port, and left running; one started here
    ends with ``stop`` or, unless ``detached``, with this process. Its data are kept.

    Args:
        folder: Its settings, data and log, made when not there.
        port: That clients speak to; 0 takes a free one.
        detached: Whether it outlives this process; ``stop_broker`` ends it.
        properties: Settings over those of ``kafka.properties``.
        client: What a client needs to be let in, by librdkafka's names.

    Usage::

        with LocalKafka(settings.kafka_dir, 9092) as kafka:
            Producer({"bootstrap.servers": kafka.bootstrap_servers})
    """

    def __init__(
        self,
        folder: Path,
        port: int = 0,
        *,
        detached: bool = False,
        properties: Mapping[str, str] | None = None,
        client: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder.absolute()
        self.port = port
        self._detached = detached
        self._properties = properties
        self._client = dict(client or {})
        self._disk = BrokerFolder(folder)
        self._child: ChildProcess | None = None

    @property
    def bootstrap_servers(self) -> str:
        """What clients are told to speak to; known once started."""
        return f"{HOST}:{self.port}"

    @property
    def pid(self) -> int | None:
        """Process id of the broker if it was started here."""
        return self._child.pid if self._child else None

    @property
    def log_path(self) -> Path:
        """What the broker says."""
        return self._disk.log_path

    def start(self, on_progress: Progress | None = None) -> Self:
        """Start the broker, or find it running; returns when it takes calls.

        Raises:
            MissingToolError: Java or, the first time, Maven is missing.
            JarError: The jars are not what they must be.
            AddressInUseError: Something else listens on the port.
            StartError: It does not become ready.
        """
        with turn(self.folder):
            if not self._find_running():
                self._child = self._start_child(on_progress)
        return self

    def stop(self) -> None:
        """End the broker in an orderly way if it was started here."""
        if self._child is not None:
            self._child.stop(STOP_SECONDS)
            self._child = None

    def kill(self) -> None:
        """End the broker at once, as a crash would, if it was started here."""
        if self._child is not None:
            self._child.kill()
            self._child = None

    def _find_running(self) -> bool:
        """Whether a broker of this folder takes calls; waits for one that starts or ends."""
        deadline = time.monotonic() + READY_SECONDS
        while self._disk.running_pid() is not None and time.monotonic() < deadline:
            self.port = self._disk.port() or self.port
            if self._is_ready():
                return True
            time.sleep(POLL_SECONDS)
        return False

    def _start_child(self, on_progress: Progress | None) -> ChildProcess:
        java = [java_command(), "-cp", f"{resolve_jars('kafka')}/*"]
        self._take_port()
        self._disk.write_properties(self.port, free_port(), self._properties)
        self._disk.format([*java, *BRIEF])
        java += [f"-Dlog4j2.configurationFile={LOGGING}", "-Djava.awt.headless=true", *MACHINE]
        child = ChildProcess(
            "Kafka",
            [*java, "kafka.Kafka", self._disk.properties_path],
            self._disk.log_path,
            detached=self._detached,
        )
        child.start()
        self._disk.write_pid(child.pid or 0)
        child.wait_until_ready(self._is_ready, READY_SECONDS, on_progress)
        return child

    def _take_port(self) -> None:
        self.port = self.port or free_port()
        if answers(self.port):
            remedy = "`--port`, or `kafka.bootstrap_servers` (FRAUD_KAFKA__BOOTSTRAP_SERVERS)"
            raise AddressInUseError("Kafka", self.bootstrap_servers, remedy)

    def _is_ready(self) -> bool:
        """Whether the broker of this folder, and no other, answers and takes part."""
        if not answers(self.port):
            return False
        # Without a word of its own about a broker that is not there yet.
        config: dict[str, str | int | float | bool] = {"log_level": 0, **self._client}
        config["bootstrap.servers"] = self.bootstrap_servers
        try:
            cluster = AdminClient(config).list_topics(timeout=2.0)
        except KafkaException:
            return False
        return bool(cluster.brokers) and cluster.cluster_id == self._disk.cluster_id()
