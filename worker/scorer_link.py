"""A scorer as the worker sees it: it decides, refuses for good, or is to be asked again."""

import threading
from typing import TYPE_CHECKING

import grpc
import structlog

from fraud.client import ScorerClient
from fraud.v1.transaction_pb2 import Transaction
from worker.errors import Cause, NotAnsweredError, RefusedError

if TYPE_CHECKING:
    from fraud.tracing.tracing import Tracing

log = structlog.get_logger(__name__)

CALL_SECONDS = 1.0
INVALID = "invalid request: "
REFUSED = {grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.ALREADY_EXISTS}
CAUSES: dict[grpc.StatusCode, Cause] = {
    grpc.StatusCode.RESOURCE_EXHAUSTED: "shed",
    grpc.StatusCode.UNAVAILABLE: "away",
    grpc.StatusCode.DEADLINE_EXCEEDED: "away",
    # A server that stops says so of calls that it had not begun.
    grpc.StatusCode.CANCELLED: "away",
}


class ScorerLink:
    """One scorer, shared by its lanes.

    Args:
        target: ``host:port``.
        tracing: Has a span made of every call.
    """

    def __init__(self, target: str, tracing: "Tracing | None" = None) -> None:
        self.target = target
        self._client = ScorerClient(target, attempts=1, tracing=tracing)
        self._is_well = True
        self._lock = threading.Lock()

    def connect(self) -> None:
        """Connect, so that the first payment need not wait; a scorer that is away comes later."""
        self._tell(self._client.is_serving(timeout=CALL_SECONDS), "it does not say that it serves")

    def decide(self, payment: Transaction, traceparent: str | None = None) -> bool:
        """Have a payment decided; the decision is durable when this returns.

        Args:
            payment: As it was read from the topic.
            traceparent: The trace that its message carries on.

        Returns:
            Whether it had been decided before.

        Raises:
            RefusedError: The scorer will never decide it.
            NotAnsweredError: It did not decide now.
        """
        try:
            answer = self._client.score(
                payment, CALL_SECONDS, from_stream=True, traceparent=traceparent
            )
        except grpc.RpcError as exc:
            raise self._to_error(exc) from exc
        self._tell(True)
        return answer.flags.duplicate

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _to_error(self, error: grpc.RpcError) -> RefusedError | NotAnsweredError:
        code, details = error.code(), error.details() or ""
        if code in REFUSED:
            return RefusedError(details.removeprefix(INVALID))
        cause = CAUSES.get(code, "failed")
        if cause != "shed":
            self._tell(False, f"{code.name}: {details}")
        return NotAnsweredError(cause, details)

    def _tell(self, is_well: bool, reason: str = "") -> None:
        """Log a change, once."""
        if is_well == self._is_well:
            return
        with self._lock:
            if is_well == self._is_well:
                return
            self._is_well = is_well
        if is_well:
            log.info("worker.scorer_back", scorer=self.target)
        else:
            log.warning("worker.scorer_away", scorer=self.target, reason=reason)
