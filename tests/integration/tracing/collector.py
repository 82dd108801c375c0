"""A collector of spans: a real OTLP server on a real socket, which remembers what it gets."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2_grpc
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span


@dataclass(frozen=True, slots=True)
class Received:
    """A span, and the process that it is of."""

    service: str
    span: Span

    @property
    def attributes(self) -> dict[str, object]:
        """By name."""
        return {each.key: _value(each.value) for each in self.span.attributes}


class Collector(trace_service_pb2_grpc.TraceServiceServicer):
    """Takes spans."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.endpoint = ""

    def Export(  # noqa: N802 - named by the contract
        self, request: ExportTraceServiceRequest, context: grpc.ServicerContext
    ) -> ExportTraceServiceResponse:
        for resource in request.resource_spans:
            told = {each.key: each.value.string_value for each in resource.resource.attributes}
            for scope in resource.scope_spans:
                self.received += [Received(told["service.name"], each) for each in scope.spans]
        return ExportTraceServiceResponse()

    def only(self, name: str) -> Received:
        """The one span of that name."""
        found = [each for each in self.received if each.span.name == name]
        assert len(found) == 1, (name, [each.span.name for each in self.received])
        return found[0]

    def within(self, parent: Received) -> list[str]:
        """Names of the spans within another, in the order of their beginning."""
        inside = [e.span for e in self.received if e.span.parent_span_id == parent.span.span_id]
        return [each.name for each in sorted(inside, key=lambda span: span.start_time_unix_nano)]


@contextmanager
def running_collector() -> Iterator[Collector]:
    """Listens on a free port."""
    collector = Collector()
    server = grpc.server(ThreadPoolExecutor(2))
    trace_service_pb2_grpc.add_TraceServiceServicer_to_server(collector, server)  # type: ignore[no-untyped-call]
    collector.endpoint = f"http://127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    yield collector
    server.stop(0).wait()


def _value(value: AnyValue) -> object:
    return getattr(value, value.WhichOneof("value") or "string_value")
