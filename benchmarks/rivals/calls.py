"""Prepared calls: writes their bodies, has the client make them, reads what came back."""

import struct
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel

from benchmarks.rivals.errors import ClientError

SOURCES = Path(__file__).parent / "client"
BINARY = SOURCES / "target" / "release" / "rivals-load"
BUILD_SECONDS = 900
GRACE_SECONDS = 30.0
LENGTH = struct.Struct(">I")
HEAD = struct.Struct(">III")


@dataclass(frozen=True, slots=True)
class Method:
    """What is called: gRPC's ``/package.Service/Method``, or the path of a POST."""

    protocol: Literal["grpc", "http"]
    path: str


@dataclass(frozen=True, slots=True)
class Calls:
    """One run of the client.

    Args:
        bodies: As :func:`write_bodies` wrote them.
        count: Calls at most, from the body ``skip`` on; the first ``warm_up`` are not measured.
        seconds: After which no further call is made.
        rate: Calls a second (open loop); None for the closed loop.
        connections: In the closed loop also the calls in flight.
    """

    bodies: Path
    skip: int
    count: int
    seconds: float
    warm_up: int = 0
    rate: float | None = None
    connections: int = 1
    timeout_ms: int = 5000

    def to_arguments(self) -> list[str]:
        """As the client takes them."""
        values = {
            "--bodies": self.bodies,
            "--skip": self.skip,
            "--count": self.count,
            "--warm-up": self.warm_up,
            "--seconds": self.seconds,
            "--connections": self.connections,
            "--timeout-ms": self.timeout_ms,
        }
        if self.rate is not None:
            values["--rate"] = self.rate
        return [str(part) for pair in values.items() for part in pair]


class Percentiles(BaseModel):
    """Of one distribution, microseconds."""

    count: int
    p50_us: float
    p90_us: float
    p99_us: float
    max_us: float


class Report(BaseModel):
    """What the client found; ``failed`` counts by code, ``worst_us`` includes failed calls."""

    sent: int
    answered: int
    failed: dict[int, int]
    seconds: float
    latency: Percentiles
    lag: Percentiles
    worst_us: float

    @property
    def per_second(self) -> float:
        """Well answered calls a second, of those measured."""
        return self.latency.count / self.seconds if self.seconds else 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: ``code`` is 0 where all is well, ``index`` counts from the first body sent."""

    index: int
    code: int
    body: bytes


@cache
def client_binary() -> Path:
    """The client, built if it is not current; looked at once a process.

    Raises:
        ClientError: It cannot be built.
    """
    command = ["cargo", "build", "--release", "--locked", "--quiet"]
    try:
        done = subprocess.run(
            command, cwd=SOURCES, capture_output=True, text=True, timeout=BUILD_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as exc:
        raise ClientError(f"Failed to build `rivals-load` in {SOURCES}: {exc}") from exc
    if done.returncode != 0:
        raise ClientError(f"Failed to build `rivals-load` in {SOURCES}:\n{done.stderr.strip()}")
    return BINARY


def write_bodies(path: Path, bodies: Iterable[bytes]) -> None:
    """Write request bodies as the client reads them."""
    with path.open("wb") as file:
        for body in bodies:
            file.write(LENGTH.pack(len(body)) + body)


def make_calls(calls: Calls, method: Method, target: str) -> tuple[Report, list[Answer]]:
    """Have the client make the calls.

    Raises:
        ClientError: It failed, or took too long.
    """
    answers = calls.bodies.with_suffix(".answers")
    command = [
        str(client_binary()), *calls.to_arguments(), "--protocol", method.protocol,
        "--path", method.path, "--target", target, "--answers", str(answers),
    ]  # fmt: skip
    limit = calls.seconds + calls.timeout_ms / 1000 + GRACE_SECONDS
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired as exc:
        raise ClientError(f"Failed to finish the calls within {limit:.0f} s") from exc
    if done.returncode != 0:
        raise ClientError(done.stderr.strip())
    return Report.model_validate_json(done.stdout), list(read_answers(answers))


def read_answers(path: Path) -> Iterator[Answer]:
    """What the client wrote, in the order of the bodies."""
    data = path.read_bytes()
    at = 0
    while at < len(data):
        index, code, length = HEAD.unpack_from(data, at)
        at += HEAD.size
        yield Answer(index, code, data[at : at + length])
        at += length
