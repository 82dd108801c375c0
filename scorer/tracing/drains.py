"""What became of a traced decision behind the outbox."""

from collections.abc import Iterable
from typing import Final, Literal

from google.protobuf.message import DecodeError
from opentelemetry.trace import SpanKind

from fraud.tracing.header import TraceParent
from fraud.tracing.tracing import Tracing
from fraud.v1.records_pb2 import Prediction
from scorer.sinks.entry import OutboxEntry

KINDS: Final = {"record": SpanKind.INTERNAL, "publish": SpanKind.PRODUCER}


class DrainTracer:
    """Continues the traces that decisions carry.

    Args:
        tracing: Takes the spans.
        name: What is done with the decisions.
    """

    def __init__(self, tracing: Tracing, name: Literal["record", "publish"]) -> None:
        self._tracing = tracing
        self._name = name

    def tell(self, entries: Iterable[OutboxEntry], times: tuple[int, int]) -> None:
        """A batch is through: how long each waited in the outbox, and how long it then took.

        Args:
            entries: All of the batch; those that carry no trace are passed over.
            times: Begin and end of the batch, nanoseconds since the Unix epoch.
        """
        for entry in entries:
            parent = _trace_of(entry)
            if parent is not None:
                waited = (entry.appended_at_us * 1000, times[0])
                outbox = self._tracing.tell("outbox", parent, waited, {"fraud.seq": entry.seq})
                self._tracing.tell(self._name, outbox, times, kind=KINDS[self._name])


def _trace_of(entry: OutboxEntry) -> TraceParent | None:
    if entry.kind != "prediction":
        return None
    try:
        return TraceParent.read(Prediction.FromString(entry.payload).traceparent)
    except DecodeError:
        return None  # told of by the drain itself
