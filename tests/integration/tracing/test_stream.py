"""A trace that comes by the topic goes on through the worker's call, and back to the topics."""

import pytest

from fraud.local.port import free_port
from fraud.local.worker import LocalWorker
from fraud.settings import KafkaSettings, RecorderSettings, Settings, WorkerSettings
from fraud.tracing.header import TRACEPARENT, TraceParent
from messaging.codec import Record, header, headers_in, to_record
from messaging.offsets import read_range, reading, watermarks
from messaging.producer import MessageProducer
from messaging.topics import DECISIONS, RAW_TRANSACTIONS
from scorer.recorder.publisher import Publisher
from scorer.tracing.drains import DrainTracer
from tests.integration.tracing.collector import Collector
from tests.integration.tracing.conftest import StartTraced
from tests.unit.scorer.support import payment
from tests.waiting import wait_until

pytestmark = pytest.mark.slow

CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
CALL = "fraud.v1.ScoringService/Score"


@pytest.mark.parametrize("edge", ["threads"], indirect=True)
def test_from_a_message_to_a_message(
    start: StartTraced, settings: Settings, collector: Collector, kafka_settings: KafkaSettings
) -> None:
    service = start(ratio=0.0)
    produce(kafka_settings)
    scorers = [f"127.0.0.1:{service.port}"]
    worker = settings.model_copy(
        update={
            "kafka": kafka_settings,
            "worker": WorkerSettings(
                scorers=scorers, group=kafka_settings.topic_prefix, metrics_port=free_port()
            ),
        }
    )
    with LocalWorker(worker):
        wait_until(lambda: service._outbox.newest_seq == 1)
    [entry] = service._outbox.read_after(0, 2)
    service.stop()
    publisher = Publisher(
        settings.outbox_path, kafka_settings, RecorderSettings(), tracer(settings)
    )
    assert publisher.drain() == 1
    assert publisher._tracer is not None
    publisher._tracer._tracing.close()

    asked, call, publish = (collector.only(name) for name in ("Score", CALL, "publish"))
    assert {each.span.trace_id.hex() for each in collector.received} == {CALLER[3:35]}
    assert (asked.service, asked.span.parent_span_id.hex()) == ("fraud-worker", CALLER[36:52])
    assert call.span.parent_span_id == asked.span.span_id
    assert publish.span.parent_span_id == collector.only("outbox").span.span_id
    assert entry.key == "t1"
    carried = TraceParent.read(decision_header(kafka_settings))
    assert carried is not None
    assert f"{carried.span_id:016x}" == call.span.span_id.hex()


def produce(settings: KafkaSettings) -> None:
    made = to_record(payment("t1"), key="account-1", origin="producer")
    record = Record(made.key, made.value, [*made.headers, (TRACEPARENT, CALLER.encode())])
    with MessageProducer(settings) as producer:
        producer.produce(RAW_TRANSACTIONS, record)


def tracer(settings: Settings) -> DrainTracer:
    from fraud.tracing.tracing import Tracing

    return DrainTracer(Tracing(settings.tracing, "recorder"), "publish")


def decision_header(settings: KafkaSettings) -> str | None:
    with reading(settings) as consumer:
        ranges = {n: ends for (_, n), ends in watermarks(consumer, settings, [DECISIONS]).items()}
        [batch] = read_range(consumer, settings, DECISIONS, ranges)
    [message] = batch
    return header(headers_in(message), TRACEPARENT)
