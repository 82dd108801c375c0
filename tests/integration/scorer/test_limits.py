"""Overload, deadlines, sizes, malformed bytes and unexpected errors."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest
from grpc_health.v1 import health_pb2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fraud.client import ScorerClient
from fraud.v1.scoring_pb2 import ScoreRequest, ScoreResponse
from fraud.v1.transaction_pb2 import Transaction
from scorer.service import ScorerService
from tests.integration.scorer.conftest import StartScorer
from tests.integration.scorer.support import NEWER, SCORE, health_of, send_raw
from tests.unit.scorer.support import payment

METHODS = [
    SCORE,
    "/fraud.v1.LabelService/Report",
    "/fraud.v1.AdminService/SetTraffic",
    "/fraud.v1.AdminService/GetModel",
]


class Valve:
    """Holds the calls of a pipeline until opened, and counts them."""

    def __init__(self, service: ScorerService, monkeypatch: pytest.MonkeyPatch) -> None:
        self._open = threading.Event()
        self._score = service.pipeline.score
        self.entered = 0
        monkeypatch.setattr(service.pipeline, "score", self._wait)

    def open(self) -> None:
        self._open.set()

    def _wait(self, request: ScoreRequest) -> ScoreResponse:
        self.entered += 1
        assert self._open.wait(10)
        return self._score(request)


def code_of(client: ScorerClient, transaction_id: str, timeout: float) -> grpc.StatusCode:
    try:
        client.score(of_newer_build(transaction_id), timeout=timeout)
    except grpc.RpcError as error:
        return error.code()
    return grpc.StatusCode.OK


def come_too_late(service: ScorerService, valve: Valve, seconds: float) -> None:
    """Three calls whose deadline passes while one is held; it and one after are answered."""
    with (
        ScorerClient(f"127.0.0.1:{service.port}", attempts=1) as client,
        ThreadPoolExecutor(4) as pool,
    ):
        first = pool.submit(code_of, client, "t0", 10)
        while not valve.entered:
            time.sleep(0.005)
        late = [pool.submit(code_of, client, f"t{n}", seconds) for n in (1, 2, 3)]
        assert {call.result() for call in late} == {grpc.StatusCode.DEADLINE_EXCEEDED}
        valve.open()
        assert first.result() is grpc.StatusCode.OK
        assert code_of(client, "t9", 5) is grpc.StatusCode.OK


@pytest.mark.parametrize("edge", ["threads", "native"], indirect=True)
def test_calls_beyond_the_bound_are_refused_at_once(
    start: StartScorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = start(threads=2, max_concurrent_calls=4)
    valve = Valve(service, monkeypatch)
    with (
        ScorerClient(f"127.0.0.1:{service.port}", attempts=1) as client,
        ThreadPoolExecutor(12) as pool,
    ):
        calls = [pool.submit(code_of, client, f"t{n}", 10) for n in range(12)]
        refused_by = time.monotonic() + 8  # before those that wait have had to be given up
        while sum(call.done() for call in calls) < 8 and time.monotonic() < refused_by:
            time.sleep(0.01)
        assert [call.result() for call in calls if call.done()] == [
            grpc.StatusCode.RESOURCE_EXHAUSTED
        ] * 8
        valve.open()
        codes = [call.result() for call in calls]
    assert codes.count(grpc.StatusCode.OK) == 4


@pytest.mark.parametrize("edge", ["threads", "native"], indirect=True)
def test_a_call_whose_deadline_passed_in_the_queue_is_not_scored(
    start: StartScorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = start(threads=1)
    valve = Valve(service, monkeypatch)
    come_too_late(service, valve, 0.05)
    assert valve.entered == 2


def test_calls_turned_away_are_counted_on_both_edges(
    start: StartScorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, opened = start(max_concurrent_calls=2), threading.Event()
    monkeypatch.setattr(service.models, "reload", lambda: opened.wait(10))

    def reload() -> grpc.StatusCode:
        with ScorerClient(f"127.0.0.1:{service.port}", attempts=1) as client:
            try:
                client.reload(timeout=9)
            except grpc.RpcError as error:
                return error.code()
        return grpc.StatusCode.OK

    with ThreadPoolExecutor(5) as pool:
        calls = [pool.submit(reload) for _ in range(5)]
        while sum(call.done() for call in calls) < 3:
            time.sleep(0.01)
        assert service._edge.load.shed == 3
        opened.set()
        codes = [call.result() for call in calls]
    assert codes.count(grpc.StatusCode.RESOURCE_EXHAUSTED) == 3
    assert codes.count(grpc.StatusCode.OK) == 2
    # What was under way is over: as many as before may come.
    assert [reload() for _ in range(3)] == [grpc.StatusCode.OK] * 3
    assert service._edge.load.shed == 3


def test_a_call_that_comes_too_late_is_counted_among_the_errors(
    start: StartScorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = start(threads=1)
    valve = Valve(service, monkeypatch)
    # Time enough for each to reach the server, where alone it is counted.
    come_too_late(service, valve, 1.0)
    # The server itself drops what nobody waits for: it reaches no method.
    assert valve.entered == 2
    assert service._tally.total().errors["DEADLINE_EXCEEDED"] == 3
    with grpc.insecure_channel(f"127.0.0.1:{service.port}") as channel:
        assert health_of(channel) == health_pb2.HealthCheckResponse.SERVING
    assert sum(service._tally.total().errors.values()) == 3, "others are none of ours"


def test_streams_beyond_the_bound_are_refused(start: StartScorer) -> None:
    service = start(max_streams=1)
    go_on = threading.Event()

    def slowly() -> Iterator[object]:
        yield payment("t1")
        go_on.wait(10)

    with ScorerClient(f"127.0.0.1:{service.port}", attempts=1) as client:
        first = client.score_many(slowly())  # type: ignore[arg-type]
        assert next(first).response.transaction_id == "t1"
        with pytest.raises(grpc.RpcError) as caught:
            list(client.score_many([payment("t2")]))
        assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert client.score(payment("t3")).transaction_id == "t3"
        go_on.set()
        assert list(first) == []


def test_a_message_too_large_is_refused(start: StartScorer) -> None:
    service = start(max_message_bytes=2048)
    with grpc.insecure_channel(f"127.0.0.1:{service.port}") as channel:
        with pytest.raises(grpc.RpcError) as caught:
            send_raw(channel, SCORE, b"\x0a" * 5000)
        assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


def test_an_unexpected_error_shows_an_incident_and_no_more(
    service: ScorerService, client: ScorerClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(request: ScoreRequest) -> ScoreResponse:
        raise RuntimeError("secret")

    monkeypatch.setattr(service.pipeline, "score", fail)
    with pytest.raises(grpc.RpcError) as caught:
        client.score(of_newer_build("t1"))
    assert caught.value.code() is grpc.StatusCode.INTERNAL
    assert str(caught.value.details()).startswith("internal error, incident ")
    [answer] = client.score_many([of_newer_build("t1")])
    assert answer.error.message.startswith("internal error, incident ")


def of_newer_build(transaction_id: str) -> Transaction:
    """A payment that is always Python's to answer, and no less good: it has a field 900."""
    return Transaction.FromString(payment(transaction_id).SerializeToString() + NEWER)


MALFORMED = st.one_of(
    st.binary(max_size=200),
    st.tuples(st.integers(0, 80), st.binary(min_size=1, max_size=8), st.integers(0, 20)).map(
        lambda cut: _spliced(*cut)
    ),
)


def _spliced(at: int, bytes_in: bytes, bytes_out: int) -> bytes:
    """A good request with some of its bytes replaced."""
    good = ScoreRequest(transaction=payment("t1")).SerializeToString()
    return good[:at] + bytes_in + good[at + bytes_out :]


def outcome_of(channel: grpc.Channel, method: str, payload: bytes) -> tuple[grpc.StatusCode, str]:
    """How a call with such bytes ends."""
    try:
        send_raw(channel, method, payload)
    except grpc.RpcError as error:
        return error.code(), str(error.details())
    return grpc.StatusCode.OK, ""


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(payload=MALFORMED, method=st.sampled_from(METHODS))
def test_malformed_bytes_are_a_bad_request_and_nothing_worse(
    service: ScorerService, payload: bytes, method: str
) -> None:
    with grpc.insecure_channel(f"127.0.0.1:{service.port}") as channel:
        code, details = outcome_of(channel, method, payload)
    assert code in {
        grpc.StatusCode.OK,
        grpc.StatusCode.INVALID_ARGUMENT,
        grpc.StatusCode.ALREADY_EXISTS,
    }
    assert "Traceback" not in details
    assert ".py" not in details
