"""The header of traces, and what it costs those who do not trace: nothing."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry import trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from fraud.settings import TracingSettings
from fraud.tracing.header import TRACEPARENT, TraceParent
from fraud.tracing.start import tracing_of
from fraud.v1.records_pb2 import Prediction
from messaging.topics import DECISIONS, RAW_TRANSACTIONS
from scorer.recorder.messages import to_messages
from scorer.sinks.entry import OutboxEntry
from tests.unit.scorer.support import payment

TEXT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
HEX = st.text("0123456789abcdef", min_size=0, max_size=34)


def theirs(text: str) -> TraceParent | None:
    """What the SDK's own reader makes of a header."""
    context = TraceContextTextMapPropagator().extract({TRACEPARENT: text})
    found = trace.get_current_span(context).get_span_context()
    if not found.is_valid:
        return None
    return TraceParent(found.trace_id, found.span_id, bool(found.trace_flags & 1))


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        TEXT[:-1] + "0",
        TEXT[:-2] + "03",
        TEXT.replace("00-0", "cc-0", 1),
        TEXT.replace("00-0", "cc-0", 1) + "-what-will-be",
        TEXT + "-more",
        TEXT.replace("00-0", "ff-0", 1),
        TEXT.upper(),
        TEXT[:-1],
        "00-" + "0" * 32 + "-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-" + "0" * 16 + "-01",
        "",
        "what is this",
    ],
)
def test_it_reads_what_the_sdk_reads(text: str) -> None:
    assert TraceParent.read(text) == theirs(text)


@given(st.tuples(HEX, HEX, HEX, HEX).map("-".join))
def test_whatever_comes_is_read_alike(text: str) -> None:
    assert TraceParent.read(text) == theirs(text)


@given(st.integers(1, 2**128 - 1), st.integers(1, 2**64 - 1), st.booleans())
def test_what_is_written_is_read(trace_id: int, span_id: int, sampled: bool) -> None:
    parent = TraceParent(trace_id, span_id, sampled)
    assert TraceParent.read(str(parent)) == theirs(str(parent)) == parent


def test_a_scorer_that_does_not_trace_has_no_sdk() -> None:
    code = "import scorer.__main__, scorer.recorder.__main__, sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert not [name for name in done.stdout.split() if name.startswith("opentelemetry")]
    assert tracing_of(TracingSettings(), "scorer") is None


@pytest.mark.parametrize("traceparent", ["", TEXT])
def test_messages_of_a_decision_carry_its_trace(traceparent: str) -> None:
    prediction = Prediction(transaction=payment("t1"), traceparent=traceparent)
    entry = OutboxEntry(1, "prediction", "t1", b"", prediction.SerializeToString(), 0)
    messages = dict(to_messages(entry))
    assert messages.keys() == {DECISIONS, RAW_TRANSACTIONS}
    for record in messages.values():
        assert dict(record.headers).get(TRACEPARENT, b"").decode() == traceparent
