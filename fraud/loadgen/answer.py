"""One score as the client saw it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter


@dataclass(frozen=True, slots=True)
class LoadAnswer:
    """A payment that was sent and what came back.

    Args:
        index: Position of the payment in what was sent.
        transaction_id: As sent, prefix included.
        warm_up: Whether the call is outside the measured ones.
        event_time_us: As sent, microseconds since the epoch.
        sent_us: When it was sent, after the first call.
        latency_us: From the intended time of sending to the answer.
        lag_us: From the intended to the actual time of sending.
        code: Name of the gRPC code, ``"OK"`` for an answer.
        message: What the server said of an error.
        decision: None for an error, as are the next three.
        probability: Exactly the float32 of the response.
        risk_score: 0 to 999.
        model_version: Of the registry.
        reasons: Codes and weights, weightiest first.
        degraded: Decided without the model.
        duplicate: Scored before.
        late: Later than the lateness bound.
        server_us: What the server says that it took.
    """

    index: int
    transaction_id: str
    warm_up: bool
    event_time_us: int
    sent_us: float
    latency_us: float
    lag_us: float
    code: str
    message: str
    decision: Literal["unspecified", "approve", "review", "decline"] | None
    probability: float | None
    risk_score: int | None
    model_version: str | None
    reasons: list[tuple[str, float]]
    degraded: bool
    duplicate: bool
    late: bool
    server_us: int

    @property
    def answered_us(self) -> float:
        """When the answer was there, after the first call."""
        return self.sent_us + self.latency_us - self.lag_us


_ADAPTER = TypeAdapter(LoadAnswer)


def read_answers(path: Path) -> Iterator[LoadAnswer]:
    """Read the client's answers file, in the order of the payments.

    Raises:
        OSError: It cannot be read.
        pydantic.ValidationError: A line is not an answer.
    """
    with path.open("rb") as file:
        for line in file:
            yield _ADAPTER.validate_json(line)
