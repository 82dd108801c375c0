"""ScoringService."""

from fraud.v1 import scoring_pb2
from fraud.v1.scoring_pb2 import ScoreRequest, ScoreStreamRequest, ScoreStreamResponse
from scorer.edge.methods import Lane, Method, parse
from scorer.edge.status import refusal_of
from scorer.errors import FieldViolation, InvalidRequestError
from scorer.pipeline import ScoringPipeline

SERVICE = scoring_pb2.DESCRIPTOR.services_by_name["ScoringService"].full_name


class ScoringMethods:
    """Converts, calls the pipeline, converts."""

    def __init__(self, pipeline: ScoringPipeline) -> None:
        self._pipeline = pipeline

    @property
    def methods(self) -> list[Method]:
        """The service's methods."""
        return [
            Method(SERVICE, "Score", self.score, Lane.HOT),
            Method(SERVICE, "ScoreStream", self.score_in_stream, Lane.STREAM),
        ]

    def score(self, payload: bytes) -> bytes:
        """Score one payment."""
        return self._pipeline.score(parse(ScoreRequest, payload)).SerializeToString()

    def score_in_stream(self, payload: bytes) -> bytes:
        """Score one payment of a stream; a refusal is an answer too."""
        transaction_id = ""
        try:
            request = parse(ScoreStreamRequest, payload)
            transaction_id = request.request.transaction.transaction_id
            answer = ScoreStreamResponse(response=self._score_one(request))
        except Exception as exc:  # noqa: BLE001 - the stream must go on
            answer = ScoreStreamResponse(error=refusal_of(exc).to_stream_error(transaction_id))
        return answer.SerializeToString()

    def _score_one(self, request: ScoreStreamRequest) -> scoring_pb2.ScoreResponse:
        if not request.HasField("request"):
            violation = FieldViolation("request", "value is required")
            raise InvalidRequestError("invalid request: request: value is required", [violation])
        return self._pipeline.score(request.request)
