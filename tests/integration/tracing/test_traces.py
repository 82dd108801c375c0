"""Traces to a real collector: who is within whom, and what is not told."""

import time
from contextlib import closing

import grpc
import pytest

from fraud.client import ScorerClient
from fraud.settings import Settings
from fraud.tracing.header import TraceParent
from fraud.tracing.start import tracing_of
from fraud.v1.records_pb2 import Prediction
from fraud.v1.scoring_pb2 import ScoreRequest, ScoreStreamRequest
from fraud.v1.scoring_pb2_grpc import ScoringServiceStub
from scorer.recorder.recorder import Recorder
from scorer.service import ScorerService
from scorer.sinks.outbox import Outbox
from scorer.tracing.drains import DrainTracer
from tests.integration.tracing.collector import Collector
from tests.integration.tracing.conftest import StartTraced
from tests.unit.scorer.support import payment

STAGES = ["validate", "lookup", "assemble", "model", "decide", "append"]
CALL = "fraud.v1.ScoringService/Score"
CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-"


def target(service: ScorerService) -> str:
    return f"127.0.0.1:{service.port}"


def trace_of(settings: Settings, transaction_id: str) -> str:
    """What the stored decision carries on."""
    with closing(Outbox(settings.outbox_path, "normal")) as outbox:
        found = outbox.find_prediction(transaction_id)
        assert found is not None
        return Prediction.FromString(found.payload).traceparent


def test_one_trace_from_the_gateway_through_scorer_and_outbox_to_the_recorder(
    start: StartTraced, settings: Settings, collector: Collector, dsn: str
) -> None:
    gateway = tracing_of(settings.tracing, "gateway")
    recorder = tracing_of(settings.tracing, "recorder")
    assert gateway is not None
    assert recorder is not None
    service = start(ratio=0.0)  # the caller's word counts, not the scorer's share
    with ScorerClient(target(service), tracing=gateway) as client:
        client.score(payment("t1", amount_minor=4000))
    service.stop()
    gateway.close()
    tracer = DrainTracer(recorder, "record")
    assert Recorder(settings.outbox_path, dsn, settings.recorder, tracer).drain() == 1
    recorder.close()

    sent, call = collector.only("Score"), collector.only(CALL)
    outbox, record = collector.only("outbox"), collector.only("record")
    assert {each.span.trace_id for each in collector.received} == {sent.span.trace_id}
    assert not sent.span.parent_span_id
    assert call.span.parent_span_id == sent.span.span_id
    assert collector.within(call) == [*STAGES, "outbox"]
    assert outbox.span.parent_span_id == call.span.span_id
    assert record.span.parent_span_id == outbox.span.span_id
    assert [each.service for each in (sent, call, outbox, record)] == [
        "fraud-gateway", "fraud-scorer", "fraud-recorder", "fraud-recorder",
    ]  # fmt: skip
    assert call.attributes["fraud.transaction_id"] == "t1"
    assert call.attributes["fraud.decision"] == "DECISION_APPROVE"
    for inner, outer in ((call, sent), *((collector.only(each), call) for each in STAGES)):
        assert outer.span.start_time_unix_nano <= inner.span.start_time_unix_nano
        assert inner.span.end_time_unix_nano <= outer.span.end_time_unix_nano
    assert record.span.start_time_unix_nano == outbox.span.end_time_unix_nano
    assert record.span.end_time_unix_nano > call.span.end_time_unix_nano


def test_a_caller_who_does_not_trace_is_not_traced(
    start: StartTraced, settings: Settings, collector: Collector
) -> None:
    service = start(ratio=1.0)
    with ScorerClient(target(service)) as client:
        client.score(payment("quiet"), traceparent=CALLER + "00")
        client.score(payment("told"), traceparent=CALLER + "01")
    service.stop()
    assert trace_of(settings, "quiet") == ""
    carried = TraceParent.read(trace_of(settings, "told"))
    call = collector.only(CALL)
    assert carried is not None
    assert call.attributes["fraud.transaction_id"] == "told"
    assert call.span.parent_span_id.hex() == "b7ad6b7169203331"
    assert call.span.trace_id.hex() == "0af7651916cd43dd8448eb211c80319c"
    assert f"{carried.span_id:016x}" == call.span.span_id.hex()


def test_a_share_of_calls_without_a_trace_begins_one(
    start: StartTraced, collector: Collector
) -> None:
    service = start(ratio=0.5)
    with ScorerClient(target(service)) as client:
        for number in range(100):
            # One thread remembers the header of another call, and must forget it.
            client.score(payment(f"t{number}"))
            client.score(payment(f"t{number}"), traceparent=CALLER + "00")
    service.stop()
    calls = [each.span for each in collector.received if each.span.name == CALL]
    assert 20 <= len(calls) <= 80
    assert len({each.trace_id for each in calls}) == len(calls)
    assert not any(each.parent_span_id for each in calls)


def test_a_repeat_is_told_as_one_and_a_refusal_with_its_status(
    start: StartTraced, settings: Settings, collector: Collector
) -> None:
    service = start(ratio=0.0)
    with ScorerClient(target(service), attempts=1) as client:
        client.score(payment("t1"))
        client.score(payment("t1"), traceparent=CALLER + "01")
        with pytest.raises(grpc.RpcError):
            client.score(payment("t2", amount_minor=-1), traceparent=CALLER + "01")
    service.stop()
    repeat, refused = (each for each in collector.received if each.span.name == CALL)
    assert collector.within(repeat) == ["validate", "lookup"]
    assert repeat.attributes["fraud.duplicate"] is True
    assert collector.within(refused) == []
    assert refused.span.status.message == refused.attributes["fraud.status"] == "INVALID_ARGUMENT"
    assert trace_of(settings, "t1") == ""  # the decision is as it was first stored


def test_payments_of_a_stream_go_on_from_its_trace(
    start: StartTraced, collector: Collector
) -> None:
    service = start(ratio=0.0)
    asked = [
        ScoreStreamRequest(request=ScoreRequest(transaction=payment(f"t{each}")))
        for each in range(3)
    ]
    with grpc.insecure_channel(target(service)) as channel:
        metadata = (("traceparent", CALLER + "01"),)
        answers = list(ScoringServiceStub(channel).ScoreStream(iter(asked), metadata=metadata))
    service.stop()
    assert all(each.HasField("response") for each in answers)
    calls = [each.span for each in collector.received if each.span.name == CALL]
    assert [each.parent_span_id.hex() for each in calls] == ["b7ad6b7169203331"] * 3


def test_a_collector_that_is_away_costs_spans_alone(start: StartTraced) -> None:
    service = start(endpoint="http://127.0.0.1:1")
    with ScorerClient(target(service)) as client:
        for number in range(20):
            client.score(payment(f"t{number}"), timeout=1.0)
    began = time.monotonic()
    service.stop()
    assert time.monotonic() - began < 4.0
