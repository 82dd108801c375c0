import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2  # type: ignore[import-untyped]

from scorer.edge.status import refusal_of
from scorer.errors import (
    ConflictingTransactionError,
    DeadlineError,
    FieldViolation,
    InvalidRequestError,
    ModelError,
    ModelNotFoundError,
    ModelRefusedError,
    NotServingError,
    OverloadedError,
    RegistryError,
)
from scorer.sinks.errors import OutboxUnavailableError


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InvalidRequestError("x"), grpc.StatusCode.INVALID_ARGUMENT),
        (ConflictingTransactionError("t1"), grpc.StatusCode.ALREADY_EXISTS),
        (OverloadedError("x"), grpc.StatusCode.RESOURCE_EXHAUSTED),
        (DeadlineError("x"), grpc.StatusCode.DEADLINE_EXCEEDED),
        (NotServingError("x"), grpc.StatusCode.UNAVAILABLE),
        (RegistryError("x"), grpc.StatusCode.UNAVAILABLE),
        (ModelNotFoundError("x"), grpc.StatusCode.NOT_FOUND),
        (ModelRefusedError("x"), grpc.StatusCode.FAILED_PRECONDITION),
        (ModelError("x"), grpc.StatusCode.INTERNAL),
        (OutboxUnavailableError("x"), grpc.StatusCode.INTERNAL),
    ],
)
def test_each_error_has_its_code(error: Exception, code: grpc.StatusCode) -> None:
    assert refusal_of(error).code is code


def test_fields_travel_as_a_bad_request_detail() -> None:
    error = InvalidRequestError("bad", [FieldViolation("transaction.currency", "`x` is wrong")])
    [(key, payload)] = refusal_of(error).trailing_metadata
    status = status_pb2.Status.FromString(payload)
    detail = error_details_pb2.BadRequest()
    assert status.details[0].Unpack(detail)
    assert (key, status.code) == ("grpc-status-details-bin", 3)
    assert detail.field_violations[0].field == "transaction.currency"


def test_an_unexpected_error_tells_its_incident_and_nothing_else() -> None:
    refusal = refusal_of(RuntimeError("secret of line 42"))
    assert refusal.code is grpc.StatusCode.INTERNAL
    assert refusal.message.startswith("internal error, incident ")
    assert "secret" not in refusal.message
    assert refusal.trailing_metadata == ()
