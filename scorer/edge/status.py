"""The one place where the scorer's errors become gRPC statuses."""

import secrets
from dataclasses import dataclass

import grpc
import structlog
from google.protobuf.any_pb2 import Any
from google.rpc import error_details_pb2, status_pb2  # type: ignore[import-untyped]

from fraud.v1.scoring_pb2 import FieldError, StreamError
from scorer.errors import (
    ConflictingTransactionError,
    DeadlineError,
    FieldViolation,
    InvalidRequestError,
    ModelNotFoundError,
    ModelRefusedError,
    NotServingError,
    OverloadedError,
    RegistryError,
    ScorerError,
)

log = structlog.get_logger(__name__)

DETAILS_KEY = "grpc-status-details-bin"

# What is not here is unexpected, a model that fails or a disk that is full included.
CODES: tuple[tuple[type[ScorerError], grpc.StatusCode], ...] = (
    (InvalidRequestError, grpc.StatusCode.INVALID_ARGUMENT),
    (ConflictingTransactionError, grpc.StatusCode.ALREADY_EXISTS),
    (OverloadedError, grpc.StatusCode.RESOURCE_EXHAUSTED),
    (DeadlineError, grpc.StatusCode.DEADLINE_EXCEEDED),
    (NotServingError, grpc.StatusCode.UNAVAILABLE),
    (RegistryError, grpc.StatusCode.UNAVAILABLE),
    (ModelNotFoundError, grpc.StatusCode.NOT_FOUND),
    (ModelRefusedError, grpc.StatusCode.FAILED_PRECONDITION),
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """How a call that failed is answered."""

    code: grpc.StatusCode
    message: str
    violations: tuple[FieldViolation, ...] = ()

    @property
    def number(self) -> int:
        """The ``google.rpc.Code``."""
        return int(self.code.value[0])

    @property
    def trailing_metadata(self) -> tuple[tuple[str, bytes], ...]:
        """A ``google.rpc.Status`` with a ``BadRequest`` detail where fields are to blame."""
        if not self.violations:
            return ()
        detail = Any()
        detail.Pack(_to_bad_request(self.violations))
        status = status_pb2.Status(code=self.number, message=self.message, details=[detail])
        return ((DETAILS_KEY, status.SerializeToString()),)

    def to_stream_error(self, transaction_id: str) -> StreamError:
        """The same as an answer within a stream."""
        return StreamError(
            code=self.number,
            message=self.message,
            fields=[
                FieldError(field=each.field, description=each.description)
                for each in self.violations
            ],
            transaction_id=transaction_id,
        )


def code_of(error: Exception) -> grpc.StatusCode:
    """The status that ``error`` becomes; INTERNAL for what is unexpected."""
    return next((code for kind, code in CODES if isinstance(error, kind)), grpc.StatusCode.INTERNAL)


def refusal_of(error: Exception) -> Refusal:
    """The answer to a call that raised ``error``.

    An unexpected error is logged with its traceback under a short incident id, and the client
    learns the id alone.
    """
    code = code_of(error)
    if code is not grpc.StatusCode.INTERNAL:
        violations = error.violations if isinstance(error, InvalidRequestError) else ()
        return Refusal(code, str(error), violations)
    incident = secrets.token_hex(4)
    log.error("call.failed", incident=incident, exc_info=error)
    return Refusal(grpc.StatusCode.INTERNAL, f"internal error, incident {incident}")


def _to_bad_request(violations: tuple[FieldViolation, ...]) -> error_details_pb2.BadRequest:
    return error_details_pb2.BadRequest(
        field_violations=[
            error_details_pb2.BadRequest.FieldViolation(
                field=each.field, description=each.description
            )
            for each in violations
        ]
    )
