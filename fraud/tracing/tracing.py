"""Spans of one process, on their way to a collector."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import Span, SpanContext, SpanKind, TraceFlags
from opentelemetry.util.types import Attributes

from fraud.settings import TracingSettings
from fraud.tracing.exporter import OutlineExporter
from fraud.tracing.header import TraceParent

EXPORT_SECONDS: Final = 2.0
"""How long one batch is tried; a collector that is away costs spans, not calls."""
CLOSE_SECONDS: Final = 1.0
DELAY_MS: Final = 500
MOST_WAITING: Final = 8192
"""Spans in memory; more are dropped, the oldest first."""


class Tracing:
    """Sends spans from a thread of its own. May be used from any thread.

    The collector's certificate and headers are those of the standard's own variables, such as
    ``OTEL_EXPORTER_OTLP_HEADERS``.

    Args:
        settings: With an endpoint.
        service: Name of the process, such as ``scorer``.
        exporter: Takes the spans in the collector's place.
    """

    def __init__(
        self, settings: TracingSettings, service: str, exporter: SpanExporter | None = None
    ) -> None:
        self.resource = Resource.create({"service.name": f"fraud-{service}"})
        self.threshold = TraceIdRatioBased.get_bound_for_rate(settings.ratio)
        """A trace that begins here is kept when the lower half of its id is below this."""
        if exporter is None:
            exporter = OTLPSpanExporter(endpoint=settings.endpoint, timeout=EXPORT_SECONDS)
        self._processor = BatchSpanProcessor(
            OutlineExporter(exporter), max_queue_size=MOST_WAITING, schedule_delay_millis=DELAY_MS
        )
        self._provider = TracerProvider(
            sampler=ParentBased(TraceIdRatioBased(settings.ratio)),
            resource=self.resource,
            shutdown_on_exit=False,
        )
        self._provider.add_span_processor(self._processor)
        self._tracer = self._provider.get_tracer("fraud")

    @contextmanager
    def calling(self, name: str, parent: TraceParent | None = None) -> Iterator[str]:
        """A span around a call to another process, which is to be sent what this gives.

        Args:
            name: Of the call.
            parent: What it continues; None for the span that is current, or a new trace.
        """
        context = None if parent is None else trace.set_span_in_context(remote(parent))
        with self._tracer.start_as_current_span(name, context, SpanKind.CLIENT) as span:
            yield str(parent_of(span))

    def tell(
        self,
        name: str,
        parent: TraceParent,
        times: tuple[int, int],
        attributes: Attributes = None,
        kind: SpanKind = SpanKind.INTERNAL,
    ) -> TraceParent:
        """A span of what is over; gives what spans within or behind it continue.

        Args:
            name: Of what was done.
            parent: What it continues.
            times: Begin and end, nanoseconds since the Unix epoch.
            attributes: What else is known of it.
            kind: Its place between processes.
        """
        context = trace.set_span_in_context(remote(parent))
        span = self._tracer.start_span(name, context, kind, attributes, start_time=times[0])
        span.end(times[1])
        return parent_of(span)

    def send(self, span: ReadableSpan) -> None:
        """Hand over a span that is over."""
        self._processor.on_end(span)

    def flush(self) -> None:
        """Send what waits, and wait for it."""
        self._processor.force_flush()

    def close(self) -> None:
        """Send what waits, for no longer than a second."""
        # The SDK itself would wait for half a minute for a collector that is away.
        closing = threading.Thread(target=self._provider.shutdown, name="spans", daemon=True)
        closing.start()
        closing.join(CLOSE_SECONDS)


def remote(parent: TraceParent) -> Span:
    """The span of another process, as the SDK knows them."""
    return trace.NonRecordingSpan(context_of(parent, is_remote=True))


def context_of(parent: TraceParent, *, is_remote: bool) -> SpanContext:
    """What the SDK knows a span by."""
    return SpanContext(parent.trace_id, parent.span_id, is_remote, TraceFlags(parent.sampled))


def parent_of(span: Span) -> TraceParent:
    """What others continue a span by."""
    context = span.get_span_context()
    return TraceParent(context.trace_id, context.span_id, context.trace_flags.sampled)
