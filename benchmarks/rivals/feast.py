"""The feature half: Feast's Python server, over its embedded store and over Redis."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.rivals.calls import Answer, Method
from benchmarks.rivals.contender import Checked, Running
from benchmarks.rivals.errors import NotInstalledError, StartError
from benchmarks.rivals.material import Material, Rows
from benchmarks.rivals.processes import Session
from benchmarks.rivals.rival import (
    SERVED,
    environment_of,
    installed_versions,
    wait_until_answering,
)
from fraud.local.port import free_port

ACCOUNTS = 2000
METHOD = Method("http", "/get-online-features")


@dataclass(frozen=True, slots=True)
class Feast:
    """One look-up of the features of an account, written before.

    Args:
        folder: Of its environment.
        store: What holds the features.
    """

    folder: Path
    store: str

    @property
    def name(self) -> str:
        """As the table says it."""
        return f"Feast, {self.store}"

    @property
    def method(self) -> Method:
        """https://docs.feast.dev/reference/feature-servers/python-feature-server."""
        return METHOD

    def versions(self) -> dict[str, str]:
        """Of Feast, and of Redis where it is used."""
        found = installed_versions(self.folder, ("feast", "uvicorn"))
        return found if self.store == "sqlite" else found | {"redis-server": _redis_version()}

    def bodies(self, material: Material) -> list[bytes]:
        """An account each, in turn."""
        return [_body(number % ACCOUNTS) for number in range(len(material.rows))]

    @contextmanager
    def running(self, home: Path, material: Material) -> Iterator[Running]:
        """See :class:`~benchmarks.rivals.contender.Contender`."""
        rows = material.rows[:ACCOUNTS]
        np.save(home / "rows.npy", rows)
        python = self.folder / "bin" / "python"
        environment = environment_of(home, python)
        port, redis_port = free_port(), free_port()
        sessions: list[Session] = []
        with ExitStack() as stack:
            address = "sqlite"
            if self.store == "redis":
                address = f"127.0.0.1:{redis_port}"
                sessions.append(_start_redis(home, redis_port, environment))
                stack.callback(sessions[-1].stop)
            _fill(python, home, address, environment)
            # -1: as many workers as it advises for production.
            serve = [
                str(python.with_name("feast")), "serve", "--host", "127.0.0.1", "--port", str(port),
                "--workers", "-1", "--registry_ttl_sec", "3600", "--no-access-log",
                "--max-requests", "0",
            ]  # fmt: skip
            sessions.append(Session.start(serve, environment, home))
            stack.callback(sessions[-1].stop)
            target = f"127.0.0.1:{port}"
            wait_until_answering(sessions[-1], METHOD, target, _body(0))
            yield Running(
                target=target,
                members=lambda: [one for session in sessions for one in session.members],
                check=lambda skip, answers: _check(rows, skip, answers),
            )


def _body(account: int) -> bytes:
    entities = {"account_id": [f"account-{account}"]}
    return json.dumps({"feature_service": "fraud", "entities": entities}).encode()


def _check(rows: Rows, skip: int, answers: Sequence[Answer]) -> Checked:
    wrong = 0
    for answer in answers:
        if answer.code == 0:
            wrong += not _is_row(answer.body, rows[(skip + answer.index) % ACCOUNTS])
    return Checked(wrong, 0)


def _is_row(body: bytes, row: Rows) -> bool:
    try:
        answer = json.loads(body)
        names = answer["metadata"]["feature_names"]
        values = {
            name: result["values"][0] for name, result in zip(names, answer["results"], strict=True)
        }
        ordered = [values[f"feature_{number}"] for number in range(len(row))]
        found = np.array([np.nan if one is None else one for one in ordered], dtype=np.float32)
    except (ValueError, KeyError, IndexError, TypeError):
        return False
    return np.array_equal(found, row, equal_nan=True)


def _fill(python: Path, home: Path, address: str, environment: dict[str, str]) -> None:
    script = [str(python), str(SERVED / "feast_repository.py"), str(home), address]
    done = subprocess.run(
        script, env=environment, cwd=home, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise StartError(f"Failed to fill Feast's online store:\n{done.stderr[-3000:]}")


def _start_redis(home: Path, port: int, environment: dict[str, str]) -> Session:
    command = [
        "redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "",
        "--appendonly", "no", "--dir", str(home),
    ]  # fmt: skip
    folder = home / "redis"
    folder.mkdir()
    return Session.start(command, environment | {"PATH": os.environ["PATH"]}, folder)


def _redis_version() -> str:
    if shutil.which("redis-server") is None:
        raise NotInstalledError("Failed to find `redis-server`. Hint: `apt install redis-server`")
    said = subprocess.run(["redis-server", "--version"], capture_output=True, text=True, check=True)
    return next(word[2:] for word in said.stdout.split() if word.startswith("v="))
