"""The feature contract changes in flight: old and new side by side, and no payment waits.

The new contract is a kernel built from a changed copy. Its states come from the batch twin, its
scorer follows the same topics; the gateway goes over from one scorer to the other.
"""

import json
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import grpc
import numpy as np
import pytest

from benchmarks.pipeline.rebalance.jitter import Ruler
from features_rs import contract
from fraud.client import ScorerClient
from fraud.local.command import fraud_command
from fraud.local.environment import to_environment
from fraud.local.port import free_port
from fraud.local.scorer import LocalScorer, local_recorder
from fraud.settings import (
    KafkaSettings,
    LoggingSettings,
    RecorderSettings,
    RegistrySettings,
    ScorerSettings,
    Settings,
)
from fraud.v1.scoring_pb2 import ScoreResponse
from fraud.v1.transaction_pb2 import Transaction
from messaging.offsets import end_offsets
from messaging.topics import RAW_TRANSACTIONS
from messaging.vectors import read_vectors
from simulator import World, WorldConfig, write_dataset
from tests.integration.stream.next_contract import NextContract, build_next_contract
from tests.unit.scorer.support import amount_bundle, payment, write_champion

ACCOUNTS = 300
DAYS = 12
PAYMENTS = 200
RATE = 40.0
# Between two answers, while a Spark job starts on the same two cores; beside what the host costs.
LONGEST_GAP_SECONDS = 1.5
HOST_TIMES = 10
"""Times the longest that a process which only sleeps was kept from waking."""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

CHAMPION = """
import sys
from pathlib import Path
from tests.unit.scorer.support import amount_bundle, write_champion
write_champion(Path(sys.argv[1]), amount_bundle(-6.0))
"""
# The features of payments by a scorer's own log, and by replaying history and log from nothing.
ROWS = """
import json, sys
from pathlib import Path
import numpy as np
from features_rs import Store, contract
from fraud.v1.records_pb2 import Prediction
from fraud.v1.transaction_pb2 import Transaction
from scorer.features.convert import to_event
from training.datasets.history import History
from training.datasets.replay import replay

snapshot, data, lines = map(Path, sys.argv[1:])
kept, replayed = Store(), Store()
kept.restore(snapshot)
replay(History.read(data), store=replayed)
payments = [Transaction.FromString(bytes.fromhex(line)) for line in lines.read_text().split()]
for payment in payments:
    replayed.record(to_event(payment))
row, other, differ = (np.empty(len(contract().names), np.float32) for _ in range(3))
count = 0
for payment in payments:
    probe = Transaction()
    probe.CopyFrom(payment)
    probe.transaction_id += "-probe"
    probe.event_time.seconds += 3600
    kept.assemble(to_event(probe), row)
    replayed.assemble(to_event(probe), other)
    count += int((row.view(np.uint32) != other.view(np.uint32)).sum())
print(json.dumps({"digest": contract().digest, "payments": len(payments), "differ": count}))
"""


@pytest.fixture(scope="module")
def next_contract(tmp_path_factory: pytest.TempPathFactory) -> NextContract:
    return build_next_contract(tmp_path_factory.mktemp("next"))


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Payments up to yesterday; no label of them is still to be learned."""
    folder = tmp_path_factory.mktemp("history")
    start = datetime.now(UTC).date() - timedelta(days=DAYS + 1)
    config = WorldConfig(seed=3, customers=ACCOUNTS, merchants=100, days=DAYS, start=start)
    write_dataset(World(config), folder)
    return folder


class Side:
    """A scorer and its recorder, on one kernel or the other."""

    def __init__(
        self,
        settings: Settings,
        environment: dict[str, str],
        patch: pytest.MonkeyPatch,
    ) -> None:
        self.settings = settings
        with patch.context() as variables:
            for name, value in environment.items():
                variables.setenv(name, value)
            # Child processes get the variables as they are when they are made.
            self.scorer = LocalScorer(settings)
            self.recorder = local_recorder(settings)

    @property
    def target(self) -> str:
        return f"127.0.0.1:{self.settings.scorer.port}"

    def __enter__(self) -> "Side":
        self.scorer.start()
        self.recorder.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.scorer.stop()
        self.recorder.stop()


class Gateway(threading.Thread):
    """Pays at a steady rate; goes over to another scorer when told, and tries no call twice."""

    def __init__(self, target: str) -> None:
        super().__init__(daemon=True)
        self.target = target
        self.paid: list[Transaction] = []
        self.answers: list[ScoreResponse] = []
        self.errors: list[grpc.RpcError] = []
        self.moments: list[float] = []
        self.stopping = threading.Event()

    def run(self) -> None:
        clients: dict[str, ScorerClient] = {}
        while not self.stopping.wait(1 / RATE):
            number = len(self.paid)
            made = payment(
                f"live-{number:05}",
                account_id=f"account-{number % ACCOUNTS:07}",
                merchant_id=f"merchant-{number % 90:06}",
            )
            made.event_time.FromMicroseconds(time.time_ns() // 1000)
            client = clients.setdefault(self.target, ScorerClient(self.target, attempts=1))
            self.paid.append(made)
            try:
                self.answers.append(client.score(made, timeout=2))
            except grpc.RpcError as exc:
                self.errors.append(exc)
            self.moments.append(time.monotonic())

    def wait_for(self, more: int) -> None:
        goal, deadline = len(self.moments) + more, time.monotonic() + 60
        while len(self.moments) < goal:
            assert time.monotonic() < deadline, self.errors
            time.sleep(0.02)


def test_two_digests_side_by_side_and_no_gap(
    tmp_path: Path,
    history: Path,
    next_contract: NextContract,
    kafka_settings: KafkaSettings,
    dsn: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bundles = tmp_path / "bundles"
    write_champion(bundles, amount_bundle())

    def settings_of(name: str) -> Settings:
        return Settings(
            home=tmp_path / name,
            scorer=ScorerSettings(port=free_port()),
            registry=RegistrySettings(directory=bundles),
            recorder=RecorderSettings(dsn=dsn),
            kafka=kafka_settings,
            logging=LoggingSettings(level="info"),
        )

    old = Side(settings_of("old"), {}, monkeypatch)
    new = Side(settings_of("new"), next_contract.environment, monkeypatch)
    fill = ["backfill", "--data", str(history), "--publish"]
    done = fraud_command(old.settings, *fill, "--out", str(tmp_path / "states-old"))
    assert done.returncode == 0, done.stdout + done.stderr
    with Ruler() as ruler, old:
        gateway = Gateway(old.target)
        gateway.start()
        gateway.wait_for(PAYMENTS)
        next_contract.run(
            *("-m", "fraud", *fill, "--out", str(tmp_path / "states-new")),
            **to_environment(new.settings),
        )
        next_contract.run("-c", CHAMPION, str(bundles))
        with ScorerClient(old.target, attempts=1) as client:
            with pytest.raises(grpc.RpcError) as refused:
                client.reload()
            assert refused.value.code() == grpc.StatusCode.FAILED_PRECONDITION
            assert contract().digest in str(refused.value.details())
        with new:
            before = len(gateway.paid)
            gateway.target = new.target
            gateway.wait_for(PAYMENTS)
            gateway.stopping.set()
            gateway.join()
            await_applied(old.target, kafka_settings)
            await_applied(new.target, kafka_settings)
    assert gateway.errors == []
    assert len(gateway.answers) == len(gateway.paid) >= 2 * PAYMENTS
    digests = [answer.contract_digest for answer in gateway.answers]
    switched = digests.index(next(each for each in digests if each != contract().digest))
    assert before <= switched <= before + 2
    assert set(digests[:switched]) == {contract().digest}
    assert len(set(digests[switched:])) == 1
    allowed = LONGEST_GAP_SECONDS + HOST_TIMES * ruler.jitter.longest_ms / 1000
    assert max(np.diff(gateway.moments)) < allowed
    other = digests[-1]
    vectors = [list(read_vectors(kafka_settings, digest)) for digest in (contract().digest, other)]
    assert len(vectors[0]) == len(vectors[1]) > ACCOUNTS
    log = tmp_path / "paid"
    log.write_text("\n".join(each.SerializeToString().hex() for each in gateway.paid))
    for side, run, digest in (
        (old, run_here, contract().digest),
        (new, next_contract.run, other),
    ):
        arguments = ("-c", ROWS, str(side.settings.snapshot_path), str(history), str(log))
        found = json.loads(run(*arguments))
        assert found == {"digest": digest, "payments": len(gateway.paid), "differ": 0}


def await_applied(target: str, kafka: KafkaSettings) -> None:
    """Wait until a scorer has applied all payments that were published, and all are."""
    deadline = time.monotonic() + 30
    with ScorerClient(target) as client:
        while True:
            ends = end_offsets(kafka, [RAW_TRANSACTIONS])
            partitions = client.freshness().partitions
            applied = {(each.topic, each.partition): each.next_offset for each in partitions}
            if sum(ends.values()) and all(applied.get(at, 0) >= end for at, end in ends.items()):
                return
            assert time.monotonic() < deadline, (applied, ends)
            time.sleep(0.2)


def run_here(*arguments: str) -> str:
    """Run ``python ...`` on the installed kernel."""
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
