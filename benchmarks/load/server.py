"""A real scorer in a process of its own, started from a state and a model."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from benchmarks.load.case import Edge
from fraud.settings import Settings
from scorer.model.bundle import ModelBundle
from scorer.model.cache import ModelCache
from scorer.model.source import CHAMPION, ModelVersion

START_SECONDS = 60.0
STOP_SECONDS = 15.0
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


class ServerError(Exception):
    """The scorer did not start."""


@dataclass(frozen=True, slots=True)
class Server:
    """A scorer that is ready."""

    target: str
    process_id: int

    def cpu_seconds(self) -> float:
        """Processor time of all its threads so far; 0 where the system does not tell."""
        path = Path(f"/proc/{self.process_id}/stat")
        if not path.is_file():
            return 0.0
        after_name = path.read_text().rpartition(")")[2].split()
        return (int(after_name[11]) + int(after_name[12])) / TICKS_PER_SECOND


def install(home: Path, state: Path, bundle: ModelBundle) -> None:
    """Put a state and a model where a scorer with this home finds them at its start."""
    settings = Settings(home=home)
    settings.snapshot_path.parent.mkdir(parents=True, exist_ok=True)
    settings.snapshot_path.hardlink_to(state)
    cache = ModelCache(settings.model_cache)
    version = ModelVersion(settings.registry.model_name, "1")
    with cache.incoming(version) as folder:
        bundle.write(folder)
    cache.remember(CHAMPION, version)


@contextmanager
def running_scorer(home: Path, edge: Edge) -> Iterator[Server]:
    """Start a scorer, wait until it serves, and stop it at the end.

    Raises:
        ServerError: It ended or did not serve in time; the message ends with its log.
    """
    port = _free_port()
    log = home / "scorer.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "scorer"], env=_environment(home, edge, port), stderr=output,
            stdout=output,
        )  # fmt: skip
    try:
        target = f"127.0.0.1:{port}"
        _wait_until_serving(process, target, log)
        yield Server(target, process.pid)
    finally:
        _stop(process)


def _environment(home: Path, edge: Edge, port: int) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("FRAUD_")}
    return own | {
        "FRAUD_CONFIG": str(home / "none.toml"),
        "FRAUD_HOME": str(home),
        "FRAUD_SCORER__PORT": str(port),
        "FRAUD_SCORER__EDGE": edge.kind,
        "FRAUD_SCORER__THREADS": str(edge.threads),
        # No registry: the model is the one in the cache.
        "FRAUD_REGISTRY__URL": f"http://127.0.0.1:{_free_port()}",
    }


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_until_serving(process: "subprocess.Popen[bytes]", target: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    with grpc.insecure_channel(target) as channel:
        health = health_pb2_grpc.HealthStub(channel)
        while time.monotonic() < deadline and process.poll() is None:
            try:
                answer = health.Check(
                    health_pb2.HealthCheckRequest(), timeout=1, wait_for_ready=True
                )
            except grpc.RpcError:
                continue
            if answer.status == health_pb2.HealthCheckResponse.SERVING:
                return
            time.sleep(0.05)
    raise ServerError(f"Failed to start the scorer; its log ends:\n{log.read_text()[-3000:]}")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
