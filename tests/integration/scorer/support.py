"""What tests of a running scorer share."""

from pathlib import Path
from typing import Any

import grpc
from google.rpc import error_details_pb2, status_pb2  # type: ignore[import-untyped]
from grpc_health.v1 import health_pb2, health_pb2_grpc

from fraud.settings import DecisionSettings, RegistrySettings, ScorerSettings, Settings

SCORE = "/fraud.v1.ScoringService/Score"
# A field that no build knows yet: number 900, a number.
NEWER = b"\xa0\x38\x01"


def settings_of(home: Path, *, challenger_percent: int = 0, **scorer: Any) -> Settings:
    """Settings of a scorer in ``home`` on a free port, with ``home/bundles`` for a registry."""
    return Settings(
        home=home,
        scorer=ScorerSettings(port=0, **scorer),
        registry=RegistrySettings(directory=home / "bundles"),
        decision=DecisionSettings(challenger_percent=challenger_percent),
    )


def field_violations(error: grpc.RpcError) -> dict[str, str]:
    """Field -> description, from the ``google.rpc.BadRequest`` of a refusal."""
    metadata = {each.key: each.value for each in error.trailing_metadata()}
    status = status_pb2.Status.FromString(metadata["grpc-status-details-bin"])
    detail = error_details_pb2.BadRequest()
    assert status.code == error.code().value[0]
    assert status.details[0].Unpack(detail)
    return {each.field: each.description for each in detail.field_violations}


def health_of(channel: grpc.Channel, service: str = "") -> int:
    """The health service's word on a service."""
    stub = health_pb2_grpc.HealthStub(channel)
    answer = stub.Check(health_pb2.HealthCheckRequest(service=service), timeout=5)
    return int(answer.status)


def send_raw(channel: grpc.Channel, method: str, payload: bytes, timeout: float = 5.0) -> bytes:
    """Call a method with bytes as they are."""
    call = channel.unary_unary(method, lambda raw: raw, lambda raw: raw)
    answer: bytes = call(payload, timeout=timeout)
    return answer
