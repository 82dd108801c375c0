"""What a load run found, as the client writes it."""

from dataclasses import dataclass
from typing import Literal

from pydantic import TypeAdapter


@dataclass(frozen=True, slots=True)
class Percentiles:
    """A distribution of durations, in microseconds; all zero when nothing was measured."""

    count: int
    mean_us: float
    p50_us: float
    p90_us: float
    p99_us: float
    p999_us: float
    max_us: float


@dataclass(frozen=True, slots=True)
class MethodReport:
    """The calls of one method. ``sent`` is ``answered`` plus all ``errors``.

    Args:
        sent: Calls made, warm-up included.
        answered: Of those, answered without an error.
        errors: Failed calls by name of the gRPC code.
        over_limit: Calls due but not made, because too many were in flight.
        warm_up: Calls counted above, but not in the distributions.
        answered_per_s: Over the whole run.
        latency: From the intended time of sending to the answer, of answered calls.
        lag: From the intended to the actual time of sending.
    """

    sent: int
    answered: int
    errors: dict[str, int]
    over_limit: int
    warm_up: int
    answered_per_s: float
    latency: Percentiles
    lag: Percentiles

    @property
    def failed(self) -> int:
        """Calls that got an error."""
        return sum(self.errors.values())


@dataclass(frozen=True, slots=True)
class AnswerCounts:
    """What the scorer's answers said.

    Args:
        decisions: Answers by ``"approve"``, ``"review"``, ``"decline"``.
        duplicates: Flagged as scored before.
        degraded: Flagged as decided without the model.
        late: Flagged as later than the lateness bound.
        mismatched: Carrying another payment's id; always a fault.
    """

    decisions: dict[str, int]
    duplicates: int
    degraded: int
    late: int
    mismatched: int


@dataclass(frozen=True, slots=True)
class Stage(Percentiles):
    """What the server says that one of its stages took."""

    name: Literal["total", "validate", "lookup", "assemble", "model", "decide", "append"]


@dataclass(frozen=True, slots=True)
class LoadReport:
    """A whole run.

    Args:
        elapsed_s: From the first call due to the last answer.
        client_cpu_s: Processor time that the client took meanwhile.
        ping: The null RPC.
        score: The scoring call.
        answers: What the scores said.
        server_timing: Of measured, answered scores.
    """

    elapsed_s: float
    client_cpu_s: float
    ping: MethodReport
    score: MethodReport
    answers: AnswerCounts
    server_timing: list[Stage]

    @classmethod
    def from_json(cls, text: str) -> "LoadReport":
        """Read the client's report.

        Raises:
            pydantic.ValidationError: It is not one.
        """
        return _ADAPTER.validate_json(text)


_ADAPTER = TypeAdapter(LoadReport)
