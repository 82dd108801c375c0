"""A model server made by others, in its own environment."""

import json
import os
import struct
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path

import numpy as np

from benchmarks.rivals.calls import Answer, Calls, Method, make_calls, write_bodies
from benchmarks.rivals.contender import Checked, Reload, Running
from benchmarks.rivals.errors import NotInstalledError, StartError
from benchmarks.rivals.material import Material, Rows
from benchmarks.rivals.processes import Session
from fraud.local.port import free_port
from fraud.privacy import SWITCHES

SERVED = Path(__file__).parent / "served"
START_SECONDS = 150.0
TOLERANCE = 1e-6
QUIET = SWITCHES | {
    "BENTOML_DO_NOT_TRACK": "True",
    "FEAST_USAGE": "False",
    "PYTHONWARNINGS": "ignore",
}
"""Nothing is told to anyone outside this machine."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where one server runs.

    Args:
        python: Of its environment.
        home: Its folder, with ``model.onnx``.
        port: Of its calls.
        spare: Two ports more.
    """

    python: Path
    home: Path
    port: int
    spare: tuple[int, int]

    def program(self, name: str) -> str:
        """A command of its environment."""
        return str(self.python.with_name(name))


@dataclass(frozen=True, slots=True)
class Rival:
    """How one rival is run.

    Args:
        name: As the table says it.
        folder: Of its environment.
        packages: Whose versions are told.
        method: What is called.
        body: A feature row as a request.
        probability: Of an answer; ValueError, KeyError or TypeError where it has none.
        command: Starts it.
        prepare: Before each start; also after the model's file has changed.
        reload: How it takes another model without a restart; None where it has no way.
        restart_seconds: Of load that a restart is given; 0 where none is of interest.
    """

    name: str
    folder: Path
    packages: Sequence[str]
    method: Method
    body: Callable[[Rows], bytes]
    probability: Callable[[bytes], float]
    command: Callable[[Place], Sequence[str]]
    prepare: Callable[[Place, Mapping[str, str]], None] = lambda place, environment: None
    reload: tuple[str, Callable[[Place, Session], None]] | None = None
    restart_seconds: float = 15.0

    def versions(self) -> dict[str, str]:
        """Of Python and of its packages."""
        return installed_versions(self.folder, self.packages)

    def bodies(self, material: Material) -> list[bytes]:
        """One for each feature row."""
        return list(map(self.body, material.rows))

    @contextmanager
    def running(self, home: Path, material: Material) -> Iterator[Running]:
        """See :class:`~benchmarks.rivals.contender.Contender`."""
        ports = [free_port() for _ in range(3)]
        place = Place(self.folder / "bin" / "python", home, ports[0], (ports[1], ports[2]))
        model = home / "model.onnx"
        model.write_bytes(material.first.bundle.model)
        environment = environment_of(home, place.python)
        self.prepare(place, environment)
        sessions = [Session.start(self.command(place), environment, home)]
        target = f"127.0.0.1:{place.port}"

        def exchange() -> None:
            model.write_bytes(material.second.bundle.model)
            if self.reload is not None:
                self.reload[1](place, sessions[-1])
                return
            self.prepare(place, environment)
            sessions[-1].stop()
            sessions.append(Session.start(self.command(place), environment, home))

        how, seconds = (self.reload[0], 8.0) if self.reload else ("restart", self.restart_seconds)
        try:
            wait_until_answering(sessions[0], self.method, target, self.body(material.rows[0]))
            yield Running(
                target=target,
                members=lambda: sessions[-1].members,
                check=lambda skip, answers: self._check(material, skip, answers),
                reload=Reload(how, exchange, seconds) if seconds else None,
            )
        finally:
            for session in sessions:
                session.stop()

    def _check(self, material: Material, skip: int, answers: Sequence[Answer]) -> Checked:
        first, second = material.first.probabilities, material.second.probabilities
        return judge(first, second, self.probability, skip, answers)


def judge(
    first: Rows,
    second: Rows,
    probability: Callable[[bytes], float],
    skip: int,
    answers: Sequence[Answer],
) -> Checked:
    """Compare well answered calls with what two models give.

    Args:
        first: What the first model gives, float32 [payments].
        second: What the second gives.
        probability: Reads an answer.
        skip: The payment of answer 0.
        answers: Those of failed calls are passed over.
    """
    good = [answer for answer in answers if answer.code == 0]
    asked = [skip + answer.index for answer in good]
    found = np.array([_read(probability, answer.body) for answer in good], dtype=np.float64)
    off_first, off_second = np.abs(found - first[asked]), np.abs(found - second[asked])
    # Written so that a NaN is wrong.
    wrong = ~(np.minimum(off_first, off_second) <= TOLERANCE)
    return Checked(int(np.count_nonzero(wrong)), int(np.count_nonzero(off_second < off_first)))


def _read(probability: Callable[[bytes], float], body: bytes) -> float:
    try:
        return probability(body)
    except (ValueError, KeyError, TypeError, IndexError, struct.error):
        return float("nan")


def installed_versions(folder: Path, packages: Sequence[str]) -> dict[str, str]:
    """Of packages of an environment.

    Raises:
        NotInstalledError: It is not there, or one of them is not in it.
    """
    sites = map(str, folder.glob("lib/python*/site-packages"))
    found = {item.name.lower(): item.version for item in distributions(path=list(sites))}
    missing = [name for name in packages if name not in found]
    if missing:
        raise NotInstalledError(
            f"Failed to find {', '.join(missing)} in `{folder}`. Hint: run tools/setup-rivals"
        )
    return {name: found[name] for name in packages}


def json_row(key: str, *, nested: bool) -> Callable[[Rows], bytes]:
    """Makes ``{key: row}``, or ``{key: [row]}``, with null for NaN."""

    def body(row: Rows) -> bytes:
        values = [None if value != value else value for value in row.tolist()]
        return json.dumps({key: [values] if nested else values}).encode()

    return body


def environment_of(home: Path, python: Path) -> dict[str, str]:
    """For a rival's processes: nothing of the platform, and nothing sent abroad."""
    own = {name: os.environ[name] for name in ("LANG", "TMPDIR") if name in os.environ}
    return (
        own
        | QUIET
        | {
            "HOME": str(home),
            "PATH": f"{python.parent}:{os.environ.get('PATH', os.defpath)}",
            "PYTHONPATH": str(SERVED),
            "RIVAL_MODEL": str(home / "model.onnx"),
        }
    )


def wait_until_answering(session: Session, method: Method, target: str, body: bytes) -> None:
    """Call until an answer is good.

    Raises:
        StartError: The server has ended, or none is in time.
    """
    bodies = session.log.with_name("first.bodies")
    write_bodies(bodies, [body])
    deadline = time.monotonic() + START_SECONDS
    answers: Sequence[Answer] = ()
    while time.monotonic() < deadline and session.process.poll() is None:
        _, answers = make_calls(Calls(bodies, 0, 1, 5.0), method, target)
        if answers and answers[0].code == 0:
            return
        time.sleep(0.1)
    last = f"{answers[0].code}: {answers[0].body[:500]!r}" if answers else "nothing"
    raise StartError(f"Failed to start; last answered {last}; its log ends:\n{session.log_end()}")
