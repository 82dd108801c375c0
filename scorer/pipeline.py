"""The hot path: validate, look up, assemble, run the model, decide, append, reply."""

import hashlib
import time
from contextlib import suppress

import numpy as np

from features_rs import Contract, Turns
from fraud.v1.records_pb2 import Prediction
from fraud.v1.scoring_pb2 import ScoreRequest, ScoreResponse
from fraud.v1.transaction_pb2 import Transaction
from scorer.errors import ConflictingTransactionError, InvalidRequestError
from scorer.features.convert import to_event
from scorer.features.state import LiveState
from scorer.features.usual import found
from scorer.judge import Judge, Judgement
from scorer.model.session import Rows
from scorer.sinks.outbox import Outbox, StoredPrediction
from scorer.stopwatch import Stopwatch
from scorer.tail.freshness import Freshness
from scorer.validation import validate


class ScoringPipeline:
    """Scores one payment at a time; may be called from any thread.

    Args:
        outbox: Makes decisions durable and remembers them.
        state: The features of all entities.
        judge: The models in service, and the rules where they may stand in.
        contract: The feature contract of ``state``.
        freshness: How far ``state`` is behind the topics; None where none is followed.
        turns: Have calls with one transaction id wait for each other.
    """

    def __init__(
        self,
        outbox: Outbox,
        state: LiveState,
        judge: Judge,
        contract: Contract,
        freshness: Freshness | None = None,
        turns: Turns | None = None,
    ) -> None:
        self._outbox = outbox
        self._state = state
        self._judge = judge
        self._freshness = freshness
        self._digest = contract.digest
        self._width = len(contract.names)
        self._turns = turns or Turns()

    def warm_up(self) -> None:
        """Do what the first payment would otherwise wait for; decides and records nothing."""
        with suppress(InvalidRequestError):
            validate(ScoreRequest(transaction=Transaction()))
        self._outbox.find_prediction("")

    def score(self, request: ScoreRequest, traceparent: str = "") -> ScoreResponse:
        """Decide a payment, or repeat what was decided on it.

        Args:
            request: The payment.
            traceparent: Where a trace of the decision goes on; empty where it is not traced.

        Raises:
            InvalidRequestError: A field breaks the contract.
            ConflictingTransactionError: The id was scored with another payload.
            NotServingError: There is neither a model nor rules.
        """
        watch = Stopwatch()
        if self._freshness is not None:
            watch.timing.state_age_us = self._freshness.age_us()
        validate(request)
        watch.lap("validate_us")
        transaction = request.transaction
        self._turns.wait_for(transaction.transaction_id)
        try:
            digest = request_digest(transaction)
            stored = self._outbox.find_prediction(transaction.transaction_id)
            watch.lap("lookup_us")
            if stored is not None:
                return _repeat(stored, transaction.transaction_id, digest, watch)
            return self._decide(request, digest, watch, traceparent)
        finally:
            self._turns.end(transaction.transaction_id)

    def _decide(
        self, request: ScoreRequest, digest: bytes, watch: Stopwatch, traceparent: str
    ) -> ScoreResponse:
        transaction = request.transaction
        self._judge.require_ready()
        row = np.empty((1, self._width), np.float32)
        outcome = self._state.assemble_and_record(to_event(transaction), row)
        usual = found(transaction, row[0], from_stream=request.from_stream)
        self._state.join_waiting_labels(transaction, usual)
        watch.lap("assemble_us")
        judgement = self._judge.judge(transaction.account_id, row)
        watch.lap("model_us")
        response = judgement.to_response(
            transaction.transaction_id, self._digest, late=outcome == "late"
        )
        response.server_timing.CopyFrom(watch.timing)
        prediction = _to_prediction(transaction, response, row, judgement)
        prediction.from_stream = request.from_stream
        prediction.traceparent = traceparent
        watch.lap("decide_us")
        self._outbox.append_prediction(
            transaction.transaction_id, digest, prediction.SerializeToString()
        )
        watch.lap("append_us")
        return _timed(response, watch)


def request_digest(transaction: Transaction) -> bytes:
    """What tells a repeated request from another one under the same id, 32 bytes.

    Over the deterministic serialization, which holds fields that this build does not know too.
    """
    return hashlib.sha256(transaction.SerializeToString(deterministic=True)).digest()


def _repeat(
    stored: StoredPrediction, transaction_id: str, digest: bytes, watch: Stopwatch
) -> ScoreResponse:
    if stored.request_digest != digest:
        raise ConflictingTransactionError(transaction_id)
    response = Prediction.FromString(stored.payload).response
    response.flags.duplicate = True
    return _timed(response, watch)


def _timed(response: ScoreResponse, watch: Stopwatch) -> ScoreResponse:
    watch.stop()
    response.server_timing.CopyFrom(watch.timing)
    return response


def _to_prediction(
    transaction: Transaction, response: ScoreResponse, row: Rows, judgement: Judgement
) -> Prediction:
    """The decision as it is kept."""
    prediction = Prediction(
        transaction=transaction,
        response=response,
        features=row[0].tolist(),
        model_digest=judgement.model_digest,
        review_threshold=judgement.policy.review_threshold,
        decline_threshold=judgement.policy.decline_threshold,
    )
    seconds, nanos = divmod(time.time_ns(), 1_000_000_000)
    prediction.decided_at.seconds = seconds
    prediction.decided_at.nanos = nanos
    return prediction
