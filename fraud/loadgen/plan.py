"""What a load run shall do."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadPlan:
    """One run of the client; every field is the client's option of the same name.

    Args:
        payments: File of :func:`~fraud.loadgen.requests.write_requests`.
        target: Host and port of the scorer.
        method: ``"interleaved"`` calls Ping and Score by turns, so that both meet the same noise.
        loop: ``"open"`` sends by a timetable, ``"closed"`` when the last call was answered.
        rate: Calls a second (open loop).
        ping_rate: Pings a second beside the scores (interleaved open loop); as many when None.
        arrivals: Equal gaps or exponential ones (open loop).
        seed: Of Poisson arrivals.
        count: Payments sent at most; all of the file when None.
        skip: Payments of the file passed over before the first.
        seconds: No further call is made after this long.
        warm_up: First payments whose calls are counted but not measured.
        connections: HTTP/2 connections; in the closed loop also the calls in flight.
        limit: Calls in flight at most (open loop); one more is not made, and counted.
        timeout_ms: Deadline of one call.
        spin_us: Last microseconds before a send time that are spun instead of slept.
        threads: Of the client's runtime; 1 is the steadiest on few cores.
        restamp: Set each event time to the time of sending.
        id_prefix: Put before each transaction id, so that a file can be sent again.
        answers: Where to write one JSON line for each score.
    """

    payments: Path
    target: str
    method: Literal["score", "ping", "interleaved"] = "score"
    loop: Literal["open", "closed"] = "open"
    rate: float = 100.0
    ping_rate: float | None = None
    arrivals: Literal["constant", "poisson"] = "constant"
    seed: int = 1
    count: int | None = None
    skip: int = 0
    seconds: float = 60.0
    warm_up: int = 0
    connections: int = 1
    limit: int = 1000
    timeout_ms: int = 5000
    spin_us: int = 200
    threads: int = 1
    restamp: bool = False
    id_prefix: str = ""
    answers: Path | None = None

    def to_arguments(self) -> list[str]:
        """The client's command line, without the program."""
        arguments: list[str] = []
        for field in fields(self):
            value = getattr(self, field.name)
            option = "--" + field.name.replace("_", "-")
            if value is True:
                arguments.append(option)
            elif value is not None and value is not False:
                arguments.append(f"{option}={value}")
        return arguments
