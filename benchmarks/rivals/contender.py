"""One server of the comparison, whoever made it."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from benchmarks.rivals.calls import Answer, Method
from benchmarks.rivals.material import Material


@dataclass(frozen=True, slots=True)
class Reload:
    """How a server comes to another model.

    Args:
        how: For the table, such as "repository API".
        act: Does it; returns when the server says that it is done, or is asked to be.
        seconds: Of load within which it should be over.
    """

    how: str
    act: Callable[[], None]
    seconds: float


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of calls that were answered well.

    Args:
        wrong: Off by more than 1e-6 from what either model gives for the same row.
        second: As the second model gives.
        elsewhere: Right, for another row than the offline replay has; only where the server makes
            the rows itself, of payments that overtook one another.
        stages: The server's own times, P50 and P99 in microseconds, where it tells them.
    """

    wrong: int
    second: int
    elsewhere: int = 0
    stages: Mapping[str, tuple[float, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers.

    Args:
        target: Host and port.
        members: Its processes now.
        check: Judges the answers to bodies from a number on.
        reload: None where there is nothing to reload.
    """

    target: str
    members: Callable[[], Sequence[int]]
    check: Callable[[int, Sequence[Answer]], Checked]
    reload: Reload | None = None


class Contender(Protocol):
    """What is measured."""

    @property
    def name(self) -> str:
        """As the table says it."""

    @property
    def method(self) -> Method:
        """What is called."""

    def versions(self) -> Mapping[str, str]:
        """Of its packages.

        Raises:
            NotInstalledError: It is not there; the message says how to get it.
        """

    def bodies(self, material: Material) -> Sequence[bytes]:
        """The requests, one for each payment."""

    def running(self, home: Path, material: Material) -> AbstractContextManager[Running]:
        """Start it with the first model, wait until it answers, and stop it at the end.

        Raises:
            StartError: It does not answer; the message ends with its log.
        """
