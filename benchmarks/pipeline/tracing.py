"""What tracing costs a call: off, on but not this call, and on.

Run it as ``python -m benchmarks.pipeline.tracing``; exits 1 when a bar is missed.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from rich.console import Console

from benchmarks.load.host import measure_host
from benchmarks.pipeline.metrics import answer, each
from fraud.settings import TracingSettings
from fraud.tracing.exporter import OutlineExporter
from fraud.tracing.header import TRACEPARENT
from fraud.tracing.tracing import Tracing
from fraud.v1.records_pb2 import Prediction
from scorer.tracing.calls import STAGES, CallOutline, CallTracer
from scorer.tracing.incoming import note

MOST_TRACED = 30.0
MOST_UNTRACED = 5.0
CALLS = 300
"""Fewer than are sent at once: the thread that exports sleeps while they are timed."""
ROUNDS = 60
CALLER = ((TRACEPARENT, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),)
OTHERS = (("user-agent", "grpc-python/1.85"),)


class Encoder(SpanExporter):
    """Makes spans into bytes, and sends them nowhere."""

    def __init__(self) -> None:
        self.spans = self.bytes = 0

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Count them, and their bytes."""
        self.spans += len(spans)
        self.bytes += encode_spans(spans).ByteSize()
        return SpanExportResult.SUCCESS


@dataclass(frozen=True, slots=True)
class Cost:
    """What is measured, microseconds a call at most, and whether that is met."""

    name: str
    microseconds: float
    most: float

    def __str__(self) -> str:
        return f"{self.name}: {self.microseconds:.2f} us a call, at most {self.most:g}"


def one_call(tracer: CallTracer | None, metadata: Sequence[tuple[str, str]]) -> bool:
    """All that tracing adds to a call, on the thread that the payment waits for."""
    if tracer is None:
        return False
    note(metadata)
    call = tracer.begin()
    Prediction().traceparent = "" if call is None else str(call.own)
    if call is not None:
        tracer.end(call, ANSWER)
    return call is not None


ANSWER = answer()


def cost_of(tracing: Tracing, work: Callable[[], object]) -> float:
    """Microseconds, without those of calling at all: the least of the rounds."""
    floor = min(each(lambda: None, CALLS) for _ in range(ROUNDS))
    least = float("inf")
    for _ in range(ROUNDS):
        least = min(least, each(work, CALLS))
        tracing.flush()
    return least - floor


def behind(tracing: Tracing) -> float:
    """Microseconds of the thread that exports, for one call and its stages."""
    tracer, encoder = CallTracer(tracing), Encoder()
    note(CALLER)
    call = tracer.begin()
    assert call is not None
    outlines = [CallOutline(call, tracing.resource, ANSWER, "") for _ in range(100)]
    exporter = OutlineExporter(encoder)
    exporter.export(outlines)
    assert encoder.spans == 100 * (1 + len(STAGES))
    return min(each(lambda: exporter.export(outlines), 3) for _ in range(ROUNDS)) / 100


def main() -> int:
    """Check, time, print; returns the exit code."""
    tracing, never = (
        Tracing(TracingSettings(endpoint="http://none", ratio=ratio), "benchmark", Encoder())
        for ratio in (0.01, 0.0)
    )
    tracer, silent = CallTracer(tracing), CallTracer(never)
    assert one_call(tracer, CALLER)
    assert not one_call(silent, OTHERS)
    costs = [
        Cost("off", cost_of(never, lambda: one_call(None, OTHERS)), 0.5),
        Cost("on, not this call", cost_of(never, lambda: one_call(silent, OTHERS)), MOST_UNTRACED),
        Cost(
            "on, one call in a hundred",
            cost_of(tracing, lambda: one_call(tracer, OTHERS)),
            MOST_UNTRACED,
        ),
        Cost("on, this call", cost_of(tracing, lambda: one_call(tracer, CALLER)), MOST_TRACED),
    ]
    host, console = measure_host(), Console(width=100)
    console.print(f"{host.processor}, {host.cores} cores, load {host.load_average:.1f}")
    for cost in costs:
        console.print(str(cost))
    console.print(f"behind a traced call, on another thread: {behind(tracing):.0f} us")
    tracing.close()
    never.close()
    return 0 if all(cost.microseconds <= cost.most for cost in costs) else 1


if __name__ == "__main__":
    sys.exit(main())
