"""The native hot path answers and keeps, byte for byte, what Python's does."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import onnxruntime
import pytest

from benchmarks.load.forest import forest_model
from fraud.client import ScorerClient
from fraud.local.port import free_port
from fraud.v1.label_pb2 import Label
from fraud.v1.records_pb2 import Prediction
from fraud.v1.scoring_pb2 import ScoreRequest, ScoreResponse
from fraud.v1.transaction_pb2 import Transaction
from scorer.model.bundle import ModelBundle
from scorer.service import ScorerService
from scorer.sinks.outbox import Outbox
from tests.integration.scorer.conftest import StartScorer
from tests.integration.scorer.support import NEWER, SCORE, send_raw, settings_of
from tests.unit.scorer.support import amount_bundle, bundle_of, payment, write_champion

PAYMENTS = 2_000
AMOUNTS = (900, 4_000, 6_000, 20_000, 90_000)


@pytest.fixture
def edge() -> str:
    """The one that is compared with Python's."""
    return "native"


def forest(trees: int) -> ModelBundle:
    """A model of trees whose thresholds its payments are on all sides of."""
    return bundle_of(forest_model(trees), review_threshold=0.05, decline_threshold=0.15)


def made(number: int, chance: random.Random) -> Transaction:
    """A payment, sometimes with a place, a device, an hour of its own, or a field that is bad."""
    transaction = payment(
        f"t{chance.choice((number, number, number, number // 2))}",
        seconds=chance.choice((number, number, number - 90 * 60)) + 100_000,
        amount_minor=chance.choice(AMOUNTS),
        account_id=f"a{chance.randrange(40)}",
        merchant_id=f"m{chance.randrange(9)}",
        currency=chance.choice(("EUR", "EUR", "JPY", "XYZ")),
    )
    if chance.random() < 0.5:
        transaction.coordinates.latitude = chance.uniform(-90, 90)
        transaction.coordinates.longitude = chance.uniform(-180, 180)
        transaction.device_id = f"d{chance.randrange(30)}"
        transaction.utc_offset_minutes = chance.choice((-60, 0, 60, 900))
    return transaction


def requests() -> list[bytes]:
    """Requests in all their kinds: plain, repeated, conflicting, bad, newer and broken ones."""
    chance = random.Random(7)
    found = []
    for number in range(PAYMENTS):
        transaction = made(number, chance)
        request = ScoreRequest(transaction=transaction, from_stream=chance.random() < 0.2)
        payload = request.SerializeToString()
        found.append(chance.choice((payload,) * 20 + (payload + NEWER, payload[:-1], b"")))
    return found


def without_times(response: ScoreResponse) -> ScoreResponse:
    """The response with nothing of its timings but that there are some."""
    response.server_timing.Clear()
    return response


def outcomes(port: int, payloads: list[bytes]) -> list[object]:
    """What each request was answered: bytes without timings, or status, message and details."""
    found: list[object] = []
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        for payload in payloads:
            try:
                answer = ScoreResponse.FromString(send_raw(channel, SCORE, payload))
                found.append(without_times(answer).SerializeToString())
            except grpc.RpcError as error:
                details = [each.value for each in error.trailing_metadata() if "bin" in each.key]
                found.append((error.code(), error.details(), details))
    return found


def kept(home: Path) -> Iterator[tuple[str, bytes, bytes]]:
    """Id, digest and decision of each entry of a stopped scorer's outbox, without times."""
    outbox = Outbox(settings_of(home).outbox_path, "normal")
    for entry in outbox.read_after(0, 10 * PAYMENTS):
        prediction = Prediction.FromString(entry.payload)
        prediction.decided_at.Clear()
        without_times(prediction.response)
        yield entry.key, entry.digest, prediction.SerializeToString()
    outbox.close()


def score_all(home: Path, edge: str, bundles: Path) -> tuple[list[object], list[object], int]:
    """Answers and outbox of a fresh scorer to the same requests, and how many Python decided."""
    home.mkdir()
    (home / "bundles").symlink_to(bundles)
    service = ScorerService(settings_of(home, edge=edge, challenger_percent=30))
    asked = 0
    score = service.pipeline.score

    def counted(request: ScoreRequest, traceparent: str = "") -> ScoreResponse:
        nonlocal asked
        asked += 1
        return score(request, traceparent)

    service.pipeline.score = counted  # type: ignore[method-assign]
    service.start()
    try:
        answers = outcomes(service.port, requests())
    finally:
        service.stop()
    return answers, list(kept(home)), asked


@pytest.mark.parametrize(
    ("champion", "challenger"),
    [(amount_bundle(), amount_bundle(bias=-4.0)), (forest(60), forest(40))],
    ids=["run by the runtime", "run by their trees"],
)
def test_answers_and_outbox_are_those_of_python(
    tmp_path: Path, champion: ModelBundle, challenger: ModelBundle
) -> None:
    bundles = tmp_path / "bundles"
    write_champion(bundles, champion)
    challenger.write(bundles / "challenger")
    natively = score_all(tmp_path / "n", "native", bundles)
    expected = score_all(tmp_path / "p", "threads", bundles)
    for number, pair in enumerate(zip(natively[0], expected[0], strict=True)):
        assert pair[0] == pair[1], requests()[number]
    assert natively[1] == expected[1]
    spoken = [ScoreResponse.FromString(each) for each in expected[0] if isinstance(each, bytes)]
    assert len({(each.variant, each.decision) for each in spoken}) >= 4
    decided = len(expected[1])
    assert decided > PAYMENTS / 3
    # Nearly every payment that was decided was decided without Python.
    assert natively[2] < expected[2] - 0.9 * decided


def test_one_id_is_decided_once_whoever_decides(service: ScorerService) -> None:
    """Plain requests are native, those with a field of a newer build are Python's."""
    plain = [
        ScoreRequest(transaction=payment(f"t{number}", amount_minor=6_000)).SerializeToString()
        for number in range(200)
    ]
    address = f"127.0.0.1:{service.port}"
    with ThreadPoolExecutor(8) as pool, grpc.insecure_channel(address) as channel:
        for payload in plain:
            payloads = [payload + NEWER, payload, payload, payload] * 2
            found = list(pool.map(lambda sent: send_raw(channel, SCORE, sent), payloads))
            answers = [ScoreResponse.FromString(answer) for answer in found]
            assert sum(not answer.flags.duplicate for answer in answers) == 1
            assert len({answer.probability for answer in answers}) == 1


def test_a_label_that_waits_is_learned_with_its_payment(
    service: ScorerService, client: ScorerClient
) -> None:
    transaction = payment("t1")
    label = Label(transaction_id="t1", fraud=True, source="test")
    label.happened_at.CopyFrom(transaction.event_time)
    label.known_at.FromSeconds(transaction.event_time.seconds + 3_600)
    report = service.state.report([label])
    assert report.unknown_transaction_ids == ["t1"]
    client.score(transaction)
    assert "t1" not in service.labels.waiting


def test_without_the_library_python_serves(
    start: StartScorer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(onnxruntime, "__file__", str(tmp_path / "__init__.py"))
    service = start(metrics_port=free_port())
    assert service.engine is None
    with ScorerClient(f"127.0.0.1:{service.port}", attempts=1) as client:
        assert client.score(payment("t1")).transaction_id == "t1"
