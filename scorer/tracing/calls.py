"""A span for every traced call to score, and one for each of its stages.

While a payment waits for its answer, no more is done than to decide whether it is traced, and an
outline is handed over; the spans of the stages are made from the answer's own timing, by the thread
that exports.
"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.util.types import AttributeValue

from fraud.tracing.exporter import Outline
from fraud.tracing.header import TraceParent
from fraud.tracing.tracing import Tracing, context_of
from fraud.v1.scoring_pb2 import Decision, ScoreResponse, Variant
from scorer.tracing.incoming import incoming

NAME: Final = "fraud.v1.ScoringService/Score"
STAGES: Final = ("validate", "lookup", "assemble", "model", "decide", "append")
"""In the order in which they follow each other."""
SCOPE: Final = InstrumentationScope("fraud")
LOWER_HALF: Final = (1 << 64) - 1
IDS: Final = RandomIdGenerator()


@dataclass(frozen=True, slots=True)
class TracedCall:
    """A call under way.

    Args:
        own: What its decision is to carry, so that others go on from it.
        parent: Of the caller; None where the trace begins here.
        started_ns: Since the Unix epoch.
    """

    own: TraceParent
    parent: TraceParent | None
    started_ns: int


class CallTracer:
    """Decides which calls are traced, and tells of them. May be used from any thread.

    Args:
        tracing: Takes the spans.
    """

    def __init__(self, tracing: Tracing) -> None:
        self._tracing = tracing

    def begin(self) -> TracedCall | None:
        """The call that comes in now; None when it is not traced.

        The caller's word counts. Where it says nothing, a share of traces begins here.
        """
        parent = TraceParent.read(incoming())
        if parent is None:
            trace_id = IDS.generate_trace_id()
            if trace_id & LOWER_HALF >= self._tracing.threshold:
                return None
        elif parent.sampled:
            trace_id = parent.trace_id
        else:
            return None
        own = TraceParent(trace_id, IDS.generate_span_id(), True)
        return TracedCall(own, parent, time.time_ns())

    def end(self, call: TracedCall, response: ScoreResponse) -> None:
        """It was answered."""
        self._tracing.send(CallOutline(call, self._tracing.resource, response, ""))

    def fail(self, call: TracedCall, code: str) -> None:
        """It was refused with that gRPC status."""
        self._tracing.send(CallOutline(call, self._tracing.resource, None, code))


class CallOutline(Outline):
    """A call that is over.

    Args:
        call: When it came in, and from where.
        resource: Of the process.
        response: Its answer; None when it was refused.
        code: The gRPC status of the refusal.
    """

    def __init__(
        self, call: TracedCall, resource: Resource, response: ScoreResponse | None, code: str
    ) -> None:
        parent = None if call.parent is None else context_of(call.parent, is_remote=True)
        super().__init__(
            NAME,
            context_of(call.own, is_remote=False),
            parent,
            resource,
            kind=SpanKind.SERVER,
            status=Status(StatusCode.ERROR, code) if code else Status(StatusCode.UNSET),
            start_time=call.started_ns,
            end_time=time.time_ns(),
            instrumentation_scope=SCOPE,
        )
        self._began_ns = call.started_ns
        self._response = response
        self._code = code

    @property
    def attributes(self) -> Mapping[str, AttributeValue]:
        """What is known of the call."""
        service, method = NAME.split("/")
        known: dict[str, AttributeValue] = {
            "rpc.system": "grpc",
            "rpc.service": service,
            "rpc.method": method,
        }
        if self._response is None:
            return known | {"fraud.status": self._code}
        return known | _told(self._response)

    def children(self) -> Iterator[ReadableSpan]:
        """The stages that the answer's timing tells of, one behind the other."""
        if self._response is None:
            return
        timing, now = self._response.server_timing, self._began_ns
        for stage in STAGES:
            taken_us = getattr(timing, f"{stage}_us")
            if taken_us or not self._response.flags.duplicate:
                yield self._stage(stage, now, now + taken_us * 1000)
            now += taken_us * 1000

    def _stage(self, name: str, start_ns: int, end_ns: int) -> ReadableSpan:
        assert self.context is not None
        own = TraceParent(self.context.trace_id, IDS.generate_span_id(), True)
        return ReadableSpan(
            name,
            context_of(own, is_remote=False),
            self.context,
            self.resource,
            start_time=start_ns,
            end_time=end_ns,
            instrumentation_scope=SCOPE,
        )


def _told(response: ScoreResponse) -> dict[str, AttributeValue]:
    return {
        "fraud.transaction_id": response.transaction_id,
        "fraud.decision": Decision.Name(response.decision),
        "fraud.variant": Variant.Name(response.variant),
        "fraud.model_version": response.model_version,
        "fraud.risk_score": response.risk_score,
        "fraud.duplicate": response.flags.duplicate,
        "fraud.degraded": response.flags.degraded,
    }
