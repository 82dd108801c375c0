"""What the streaming job tells, from its status."""

from spark_stream.metrics import StreamMetrics
from spark_stream.status import JobStatus, MachineStatus, QueryStatus


def test_a_job_that_has_not_begun_tells_no_value() -> None:
    registry = StreamMetrics().registry
    assert registry.get_sample_value("fraud_stream_backlog_messages", {"query": "features"}) is None
    assert registry.get_sample_value("fraud_stream_heap_used_bytes") is None


def test_batches_add_up_and_the_standing_is_the_last() -> None:
    metrics = StreamMetrics()
    for rows, behind in ((30, 5), (12, 0)):
        query = QueryStatus("features", rows=rows, batch_ms=1500, behind=behind, state_rows=99)
        metrics.batch(query)
        machine = MachineStatus(heap_used=7, collections=2, collection_ms=40)
        metrics.tell(JobStatus(pid=1, written_ns=1, queries=(query,), machine=machine))
    of = {"query": "features"}
    value = metrics.registry.get_sample_value
    assert value("fraud_stream_rows_total", of) == 42
    assert value("fraud_stream_batch_duration_seconds_sum", of) == 3.0
    assert value("fraud_stream_backlog_messages", of) == 0
    assert value("fraud_stream_state_rows", of) == 99
    assert value("fraud_stream_gc_seconds_total") == 0.04
