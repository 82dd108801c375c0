"""A real scorer in a process of its own, started from a state and a model."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from benchmarks.load.case import Edge
from benchmarks.load.errors import ServerError
from fraud.settings import Settings
from scorer.model.bundle import ModelBundle
from scorer.model.source import CHAMPION

START_SECONDS = 60.0
STOP_SECONDS = 15.0
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


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


def resident_bytes(process_id: int) -> int:
    """Memory of a process; 0 where the system does not tell."""
    path = Path(f"/proc/{process_id}/statm")
    return int(path.read_text().split()[1]) * PAGE_BYTES if path.is_file() else 0


def install(home: Path, state: Path, bundle: ModelBundle) -> None:
    """Put a state and a model where a scorer with this home finds them at its start."""
    snapshot = Settings(home=home).snapshot_path
    snapshot.parent.mkdir(parents=True)
    snapshot.hardlink_to(state)
    bundle.write(_models(home) / CHAMPION)


@contextmanager
def running_scorer(
    home: Path, edge: Edge, extra: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Start a scorer, wait until it serves, and stop it at the end.

    Args:
        home: Its folder.
        edge: Its server.
        extra: More of its environment.

    Raises:
        ServerError: It ended or did not serve in time; the message ends with its log.
    """
    log = home / "scorer.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "scorer"],
            env=_environment(home, edge) | dict(extra or {}),
            stderr=output,
            stdout=output,
        )
    try:
        target = _wait_until_serving(process, Settings(home=home).port_file)
        if target is None:
            tail = log.read_text()[-3000:]
            raise ServerError(f"Failed to start the scorer; its log ends:\n{tail}")
        yield Server(target, process.pid)
    finally:
        _stop(process)


def _models(home: Path) -> Path:
    return home / "models"


def _environment(home: Path, edge: Edge) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("FRAUD_")}
    return own | {
        "FRAUD_CONFIG": str(home / "none.toml"),
        "FRAUD_HOME": str(home),
        "FRAUD_SCORER__PORT": "0",
        "FRAUD_SCORER__EDGE": edge.kind,
        "FRAUD_SCORER__THREADS": str(edge.threads),
        "FRAUD_REGISTRY__DIRECTORY": str(_models(home)),
    }


def _wait_until_serving(process: "subprocess.Popen[bytes]", port_file: Path) -> str | None:
    """Where the scorer serves; None if it ends or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.05)
        if port_file.is_file() and (port := port_file.read_text()):
            target = f"127.0.0.1:{port}"
            if _is_serving(target):
                return target
    return None


def _is_serving(target: str) -> bool:
    with grpc.insecure_channel(target) as channel:
        health = health_pb2_grpc.HealthStub(channel)
        try:
            answer = health.Check(health_pb2.HealthCheckRequest(), timeout=2, wait_for_ready=True)
        except grpc.RpcError:
            return False
    return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
