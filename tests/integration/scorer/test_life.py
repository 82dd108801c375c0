"""Starting, stopping and being killed."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest

from fraud.client import ScorerClient
from fraud.priority import PROMPT_NS
from fraud.v1.scoring_pb2 import ScoreResponse
from scorer.errors import StateInUseError
from scorer.service import ScorerService
from scorer.sinks.outbox import Outbox
from tests.integration.scorer.conftest import StartScorer
from tests.integration.scorer.support import settings_of
from tests.unit.scorer.support import payment
from tests.unit.slices import HAS_SLICES, slice_ns

START_SECONDS = 30


@contextmanager
def scorer_process(home: Path, edge: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """``python -m scorer`` on ``home``; killed at the end if it still runs."""
    port_file = home / "scorer" / "port"
    port_file.unlink(missing_ok=True)
    environment = {
        **os.environ,
        "FRAUD_HOME": str(home),
        "FRAUD_SCORER__PORT": "0",
        "FRAUD_SCORER__EDGE": edge,
        "FRAUD_REGISTRY__DIRECTORY": str(home / "bundles"),
        "FRAUD_LOGGING__LEVEL": "warning",
    }
    with subprocess.Popen([sys.executable, "-m", "scorer"], env=environment) as process:
        try:
            yield process, _await_port(process, port_file)
        finally:
            process.kill()


def _await_port(process: subprocess.Popen[bytes], port_file: Path) -> int:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if port_file.exists() and (text := port_file.read_text()):
            return int(text)
        time.sleep(0.02)
    raise AssertionError(f"the scorer did not start (exit code {process.poll()})")


@pytest.mark.skipif(not HAS_SLICES, reason="this kernel has one slice for all")
def test_whatever_scores_runs_as_soon_as_it_has_something_to_do(
    tmp_path: Path, bundles: Path, edge: str
) -> None:
    with scorer_process(tmp_path, edge) as (process, _):
        threads = list(Path(f"/proc/{process.pid}/task").iterdir())
        names = {int(each.name): (each / "comm").read_text().strip() for each in threads}
        # Python's have no names there; they too are started by the first.
        serving = {number for number, name in names.items() if name == "serve"} | {process.pid}
        assert {slice_ns(each) for each in serving} == {PROMPT_NS}
    assert len(serving) == (3 if edge == "native" else 1)


def test_killed_under_load_it_comes_back_with_every_answer(
    tmp_path: Path, bundles: Path, edge: str
) -> None:
    answered: list[ScoreResponse] = []

    def pay_until_killed(port: int) -> None:
        with ScorerClient(f"127.0.0.1:{port}", attempts=1) as client:
            for number in range(100_000):
                try:
                    answered.append(client.score(payment(f"t{number}", seconds=number), timeout=5))
                except grpc.RpcError:
                    return

    with scorer_process(tmp_path, edge) as (process, port):
        load = threading.Thread(target=pay_until_killed, args=(port,))
        load.start()
        while len(answered) < 100:
            time.sleep(0.005)
        process.kill()
        load.join()
    with (
        scorer_process(tmp_path, edge) as (_, port),
        ScorerClient(f"127.0.0.1:{port}") as client,
    ):
        for number, answer in enumerate(answered):
            again = client.score(payment(f"t{number}", seconds=number))
            assert again.flags.duplicate
            assert (again.probability, again.decision, again.transaction_id) == (
                answer.probability,
                answer.decision,
                answer.transaction_id,
            )


def test_terminated_under_load_it_finishes_calls_and_exits_in_time(
    tmp_path: Path, bundles: Path, edge: str
) -> None:
    codes: list[grpc.StatusCode] = []

    def pay(port: int, worker: int) -> None:
        with ScorerClient(f"127.0.0.1:{port}", attempts=1) as client:
            for number in range(100_000):
                try:
                    client.score(payment(f"w{worker}-{number}", seconds=number), timeout=10)
                    codes.append(grpc.StatusCode.OK)
                except grpc.RpcError as error:
                    codes.append(error.code())
                    return

    with scorer_process(tmp_path, edge) as (process, port), ThreadPoolExecutor(3) as pool:
        calls = [pool.submit(pay, port, worker) for worker in range(3)]
        while len(codes) < 60:
            time.sleep(0.005)
        process.send_signal(signal.SIGTERM)
        asked = time.monotonic()
        assert process.wait(10) == 0
        assert time.monotonic() - asked < 5
        for call in calls:
            call.result()
    # Every call that was begun was answered; those that came after were not begun.
    refused = set(codes) - {grpc.StatusCode.OK}
    assert refused <= {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED}
    outbox = Outbox(tmp_path / "scorer" / "outbox.sqlite", "normal")
    assert codes.count(grpc.StatusCode.OK) == outbox.newest_seq
    outbox.close()
    assert (tmp_path / "scorer" / "state.bin").exists()
    assert not (tmp_path / "scorer" / "port").exists()


def test_a_retrying_client_does_not_notice_a_restart(
    start: StartScorer, tmp_path: Path, edge: str
) -> None:
    first = start()
    with ScorerClient(f"127.0.0.1:{first.port}", attempts=8, backoff=0.05) as client:
        client.score(payment("t1"))
        first.stop()
        settings = settings_of(tmp_path, edge=edge)
        fixed = settings.scorer.model_copy(update={"port": first.port})
        second = ScorerService(settings.model_copy(update={"scorer": fixed}))
        threading.Timer(0.2, second.start).start()
        assert client.score(payment("t1")).flags.duplicate
        second.stop()


def test_a_restart_scores_as_if_it_had_gone_on(start: StartScorer) -> None:
    first = start()
    with ScorerClient(f"127.0.0.1:{first.port}") as client:
        for number in range(30):
            client.score(payment(f"t{number}", seconds=number))
    newest = first.state.newest_event_us
    first.stop()
    assert start().state.newest_event_us == newest


@pytest.mark.parametrize("edge", ["threads"], indirect=True)
def test_two_scorers_do_not_share_a_home(service: ScorerService, tmp_path: Path) -> None:
    with pytest.raises(StateInUseError):
        ScorerService(settings_of(tmp_path))
