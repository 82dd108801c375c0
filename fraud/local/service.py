"""What is started, used and stopped: the form that all local services share."""

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self

from fraud.local.process import Progress


class LocalService(ABC):
    """A service that runs while the body of a ``with`` does."""

    @property
    @abstractmethod
    def pid(self) -> int | None:
        """Process id of what was started here; None when it does not run."""

    @abstractmethod
    def start(self, on_progress: Progress | None = None) -> Self:
        """Start it; returns when it is ready.

        Raises:
            StartError: It does not become ready.
        """

    @abstractmethod
    def stop(self) -> None:
        """End it if it was started here."""

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()
