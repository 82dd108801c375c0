"""ScoringService."""

from typing import TYPE_CHECKING

from fraud.v1 import scoring_pb2
from fraud.v1.scoring_pb2 import (
    ScoreRequest,
    ScoreResponse,
    ScoreStreamRequest,
    ScoreStreamResponse,
)
from scorer.edge.methods import Lane, Method, parse
from scorer.edge.status import code_of, refusal_of
from scorer.errors import FieldViolation, InvalidRequestError
from scorer.metrics.tally import CallTally
from scorer.pipeline import ScoringPipeline

if TYPE_CHECKING:
    from scorer.tracing.calls import CallTracer, TracedCall

SERVICE = scoring_pb2.DESCRIPTOR.services_by_name["ScoringService"].full_name


class ScoringMethods:
    """Converts, calls the pipeline, converts.

    Args:
        pipeline: Decides.
        tally: Counts.
        tracer: Traces; None where nothing is traced.
    """

    def __init__(
        self, pipeline: ScoringPipeline, tally: CallTally, tracer: "CallTracer | None" = None
    ) -> None:
        self._pipeline = pipeline
        self._tally = tally
        self._tracer = tracer

    @property
    def methods(self) -> list[Method]:
        """The service's methods."""
        return [
            Method(SERVICE, "Score", self.score, Lane.HOT, self.refused),
            Method(SERVICE, "ScoreStream", self.score_in_stream, Lane.STREAM),
        ]

    def refused(self, error: Exception) -> None:
        """Count a call that the server turned away before it came here."""
        self._tally.fail(code_of(error).name)

    def score(self, payload: bytes) -> bytes:
        """Score one payment."""
        call = self._begin()
        try:
            request = parse(ScoreRequest, payload)
            return self._score(request, call).SerializeToString()
        except Exception as exc:
            self._fail(exc, call)
            raise

    def score_in_stream(self, payload: bytes) -> bytes:
        """Score one payment of a stream; a refusal is an answer too."""
        transaction_id, call = "", self._begin()
        try:
            request = parse(ScoreStreamRequest, payload)
            transaction_id = request.request.transaction.transaction_id
            answer = ScoreStreamResponse(response=self._score_one(request, call))
        except Exception as exc:  # noqa: BLE001 - the stream must go on
            self._fail(exc, call)
            answer = ScoreStreamResponse(error=refusal_of(exc).to_stream_error(transaction_id))
        return answer.SerializeToString()

    def _score_one(self, request: ScoreStreamRequest, call: "TracedCall | None") -> ScoreResponse:
        if not request.HasField("request"):
            violation = FieldViolation("request", "value is required")
            raise InvalidRequestError("invalid request: request: value is required", [violation])
        return self._score(request.request, call)

    def _score(self, request: ScoreRequest, call: "TracedCall | None") -> ScoreResponse:
        response = (
            self._pipeline.score(request)
            if call is None
            else self._pipeline.score(request, str(call.own))
        )
        self._tally.observe(request.transaction.channel, response)
        if self._tracer is not None and call is not None:
            self._tracer.end(call, response)
        return response

    def _begin(self) -> "TracedCall | None":
        return None if self._tracer is None else self._tracer.begin()

    def _fail(self, error: Exception, call: "TracedCall | None") -> None:
        code = code_of(error).name
        self._tally.fail(code)
        if self._tracer is not None and call is not None:
            self._tracer.fail(call, code)
