"""A client of the scorer: a few lines, and every retry is safe.

A retried payment carries the same transaction id, so the scorer answers it once and repeats that
answer ever after::

    with ScorerClient("127.0.0.1:50051") as scorer:
        answer = scorer.score(transaction, timeout=0.05)
"""

import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self

import grpc
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from grpc_health.v1.health_pb2_grpc import HealthStub

from fraud.tracing.header import TRACEPARENT, TraceParent
from fraud.v1.admin_pb2 import (
    GetFreshnessRequest,
    GetFreshnessResponse,
    GetModelRequest,
    GetModelResponse,
    PingRequest,
    ReloadModelRequest,
    ReloadModelResponse,
    SetTrafficRequest,
)
from fraud.v1.admin_pb2_grpc import AdminServiceStub
from fraud.v1.label_pb2 import Label, ReportRequest, ReportResponse
from fraud.v1.label_pb2_grpc import LabelServiceStub
from fraud.v1.scoring_pb2 import (
    VARIANT_CHAMPION,
    ScoreRequest,
    ScoreResponse,
    ScoreStreamRequest,
    ScoreStreamResponse,
)
from fraud.v1.scoring_pb2_grpc import ScoringServiceStub
from fraud.v1.transaction_pb2 import Transaction

if TYPE_CHECKING:
    from fraud.tracing.tracing import Tracing

RETRIED = {
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.RESOURCE_EXHAUSTED,
    # A server that stops says so of calls that it had not begun; this client cancels none itself.
    grpc.StatusCode.CANCELLED,
}
LABELS_A_CALL = 1000  # the most that the contract allows
RpcError = grpc.RpcError  # for those who may not know by what calls travel


def reason_of(error: grpc.RpcError) -> str:
    """Status and details of a call that failed."""
    return f"{error.code().name}: {error.details()}"


class ScorerClient:
    """Scores payments and reports labels. May be used from any thread.

    Args:
        target: ``host:port`` of the scorer.
        attempts: How often a call is tried in all.
        backoff: Seconds before the second attempt, doubled for each further one; a random half
            of it is added so that clients do not come back all at once.
        tls_roots: PEM certificates to trust; TLS is on when given.
        tracing: Has a span made of every call to score, and the scorer go on from it.
    """

    def __init__(
        self,
        target: str,
        *,
        attempts: int = 4,
        backoff: float = 0.02,
        tls_roots: bytes | None = None,
        tracing: "Tracing | None" = None,
    ) -> None:
        # A scorer that restarts is back in less time than grpc's usual second between attempts.
        options = [
            ("grpc.initial_reconnect_backoff_ms", 50),
            ("grpc.max_reconnect_backoff_ms", 500),
        ]
        self._channel = (
            grpc.insecure_channel(target, options)
            if tls_roots is None
            else grpc.secure_channel(target, grpc.ssl_channel_credentials(tls_roots), options)
        )
        self._scoring = ScoringServiceStub(self._channel)
        self._labels = LabelServiceStub(self._channel)
        self._admin = AdminServiceStub(self._channel)
        self._health = HealthStub(self._channel)
        self._attempts = attempts
        self._backoff = backoff
        self._tracing = tracing

    def score(
        self,
        transaction: Transaction,
        timeout: float = 1.0,
        *,
        from_stream: bool = False,
        traceparent: str | None = None,
    ) -> ScoreResponse:
        """Score one payment.

        Args:
            transaction: The payment.
            timeout: Seconds for each attempt.
            from_stream: It was read from the topic raw_transactions.
            traceparent: What the call's trace goes on from (W3C Trace Context).

        Raises:
            grpc.RpcError: The scorer refused it, or no attempt was answered.
        """
        request = ScoreRequest(transaction=transaction, from_stream=from_stream)
        if self._tracing is None:
            return self._score(request, timeout, traceparent)
        with self._tracing.calling("Score", TraceParent.read(traceparent)) as own:
            return self._score(request, timeout, own)

    def score_many(self, transactions: Iterable[Transaction]) -> Iterator[ScoreStreamResponse]:
        """Score payments over one stream, in order; a refused one is an ``error`` among them."""
        requests = (
            ScoreStreamRequest(request=ScoreRequest(transaction=transaction))
            for transaction in transactions
        )
        yield from self._scoring.ScoreStream(requests)

    def report(self, labels: Sequence[Label], timeout: float = 10.0) -> ReportResponse:
        """Report labels, in as many calls as it takes; one answer for all.

        Args:
            labels: What became known.
            timeout: Seconds for each attempt.

        Raises:
            grpc.RpcError: A call was refused, or not answered; those before it count.
        """
        total = ReportResponse()
        for start in range(0, len(labels), LABELS_A_CALL):
            request = ReportRequest(labels=labels[start : start + LABELS_A_CALL])
            answer = self._report_one(request, timeout)
            total.accepted += answer.accepted
            total.duplicates += answer.duplicates
            total.unknown_transaction_ids.extend(answer.unknown_transaction_ids)
        return total

    def is_serving(self, timeout: float = 2.0) -> bool:
        """Whether the scorer says that it takes payments (gRPC health checking protocol)."""
        return self._health_status(timeout) == int(HealthCheckResponse.SERVING)

    def is_answering(self, timeout: float = 2.0) -> bool:
        """Whether the scorer is there, be it that it takes payments or not yet."""
        return self._health_status(timeout) is not None

    def models(self, timeout: float = 5.0) -> GetModelResponse:
        """Which models serve.

        Raises:
            grpc.RpcError: The scorer does not answer.
        """
        return self._admin.GetModel(GetModelRequest(), timeout=timeout)

    def champion(self, timeout: float = 2.0) -> str | None:
        """The version that decides as the champion; None if the scorer does not say."""
        try:
            answer = self.models(timeout)
        except grpc.RpcError:
            return None
        return next((m.version for m in answer.models if m.variant == VARIANT_CHAMPION), None)

    def freshness(self, timeout: float = 5.0) -> GetFreshnessResponse:
        """How far the scorer's state is behind the topics; no partitions where it follows none.

        Raises:
            grpc.RpcError: The scorer does not answer.
        """
        return self._admin.GetFreshness(GetFreshnessRequest(), timeout=timeout)

    def reload(self, timeout: float = 60.0) -> ReloadModelResponse:
        """Have the scorer load what the registry's aliases point at now.

        Raises:
            grpc.RpcError: The scorer does not answer, or refuses the model and keeps the old one.
        """
        return self._admin.ReloadModel(ReloadModelRequest(), timeout=timeout)

    def set_traffic(self, challenger_percent: int, timeout: float = 5.0) -> bool:
        """Have the challenger decide for a share of accounts, from the next payment on.

        Args:
            challenger_percent: Of accounts, 0 to 100.
            timeout: Seconds.

        Returns:
            Whether the scorer took it; one that does not answer finds the registry's share later.
        """
        request = SetTrafficRequest(challenger_percent=challenger_percent)
        try:
            self._admin.SetTraffic(request, timeout=timeout)
        except grpc.RpcError:
            return False
        return True

    def ping(self, timeout: float = 1.0) -> None:
        """Call the scorer for nothing; what that takes is what every call takes.

        Raises:
            grpc.RpcError: The scorer does not answer.
        """
        self._admin.Ping(PingRequest(), timeout=timeout)

    def close(self) -> None:
        """Close the connection."""
        self._channel.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _health_status(self, timeout: float) -> int | None:
        try:
            return int(self._health.Check(HealthCheckRequest(), timeout=timeout).status)
        except grpc.RpcError:
            return None

    def _score(
        self, request: ScoreRequest, timeout: float, traceparent: str | None
    ) -> ScoreResponse:
        metadata = None if traceparent is None else ((TRACEPARENT, traceparent),)
        return self._retried(
            lambda: self._scoring.Score(request, timeout=timeout, metadata=metadata)
        )

    def _report_one(self, request: ReportRequest, timeout: float) -> ReportResponse:
        return self._retried(lambda: self._labels.Report(request, timeout=timeout))

    def _retried[T](self, call: Callable[[], T]) -> T:
        for attempt in range(1, self._attempts):
            try:
                return call()
            except grpc.RpcError as exc:
                if exc.code() not in RETRIED:
                    raise
                time.sleep(self._backoff * 2 ** (attempt - 1) * (1 + secrets.randbelow(500) / 1000))
        return call()
