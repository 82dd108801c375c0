"""A program with a page of its own that says when it is ready: Prometheus and its like."""

import shutil
import sys
from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Final, Self, override

import httpx

from fraud.errors import AddressInUseError, MissingToolError
from fraud.local.port import HOST, answers, free_port
from fraud.local.process import ChildProcess, Progress
from fraud.local.service import LocalService

READY_SECONDS: Final = 30.0


class WebProgram(LocalService):
    """Started in a folder of its own, ready when ``/-/ready`` says so.

    Args:
        folder: Its configuration, data and log, made when not there.
        port: Of its page and API; 0 takes a free one.
    """

    name: ClassVar[str]
    """As people call it; its program and its log are named so in small letters."""
    ready_page: ClassVar[str] = "/-/ready"
    """What answers once it is ready."""

    def __init__(self, folder: Path, port: int) -> None:
        self._folder = folder.absolute()
        self.port = port
        self._child: ChildProcess | None = None

    @property
    @override
    def pid(self) -> int | None:
        """Its process id; None when it does not run."""
        return self._child.pid if self._child else None

    @property
    def address(self) -> str:
        """``host:port``; known once started."""
        return f"{HOST}:{self.port}"

    @property
    def url(self) -> str:
        """Of its page and API."""
        return f"http://{self.address}"

    @abstractmethod
    def _write(self) -> None:
        """Write into its folder what it is configured by."""

    @abstractmethod
    def _options(self) -> Sequence[str]:
        """What it is started with."""

    @override
    def start(self, on_progress: Progress | None = None) -> Self:
        """Start it; returns when it answers.

        Raises:
            MissingToolError: It is not installed.
            AddressInUseError: Something else listens on its port.
            StartError: It does not become ready.
        """
        program = find_tool(self.name.lower())
        self._folder.mkdir(parents=True, exist_ok=True)
        self._write()
        self.port = self.port or free_port()
        if answers(self.port):
            raise AddressInUseError(self.name, self.url, "its port")
        log = self._folder / f"{self.name.lower()}.log"
        self._child = ChildProcess(self.name, [program, *self._options()], log)
        self._child.start()
        self._child.wait_until_ready(self._is_ready, READY_SECONDS, on_progress)
        return self

    @override
    def stop(self) -> None:
        """End it."""
        if self._child is not None:
            self._child.stop()

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}{self.ready_page}", timeout=2).is_success
        except httpx.HTTPError:
            return False


def find_tool(name: str) -> str:
    """Path of one of Prometheus' programs, from our environment or from the system.

    Raises:
        MissingToolError: It is in neither.
    """
    ours = str(Path(sys.executable).parent)
    found = shutil.which(name, path=ours) or shutil.which(name)
    if found is None:
        raise MissingToolError(name, "it is not installed", "run `tools/setup-monitoring`")
    return found
