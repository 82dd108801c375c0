"""Makes messages ready in a process of its own, so that sending them is never held up by it."""

import fcntl
import multiprocessing
import signal
from contextlib import suppress
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Final, Self

from simulator.produce.cursor import Cursor, Epoch
from simulator.produce.errors import ProduceError
from simulator.produce.plan import ProducePlan
from simulator.produce.sequence import Block, Sequence, Start

PIPE_BYTES: Final = 1_048_576
STOP_SECONDS: Final = 5.0


class Feed:
    """The messages of a run, block by block; the other process works ahead while there is room.

    Args:
        plan: Of the run.
        cursor: Where to begin.
    """

    def __init__(self, plan: ProducePlan, cursor: Cursor) -> None:
        context = multiprocessing.get_context("spawn")
        self._ready, far = context.Pipe(duplex=False)
        _widen(self._ready)
        self._process = context.Process(target=_make_ready, args=(plan, cursor, far), daemon=True)
        self._process.start()
        far.close()
        self.ended = False
        """Whether there is nothing more to come."""

    def begin(self) -> tuple[Epoch, ...]:
        """Wait until the first block is made; from then on time runs.

        Raises:
            ProduceError: The source cannot be read, or the process ended.
        """
        first = self._receive()
        return first.epochs if isinstance(first, Start) else ()

    def take(self, seconds: float = 0.0) -> Block | None:
        """The next block if it comes within so long.

        Raises:
            ProduceError: The source cannot be read, or the process ended.
        """
        if self.ended or not self._ready.poll(seconds):
            return None
        block = self._receive()
        return block if isinstance(block, Block) else None

    def close(self) -> None:
        """End the process."""
        self._ready.close()
        self._process.terminate()
        self._process.join(STOP_SECONDS)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _receive(self) -> Start | Block | None:
        try:
            received = self._ready.recv()
        except EOFError as exc:
            raise ProduceError("The process that makes payments ready has ended") from exc
        if isinstance(received, Exception):
            raise received
        self.ended = received is None
        found: Start | Block | None = received
        return found


def _make_ready(plan: ProducePlan, cursor: Cursor, out: Connection) -> None:
    """Send what is to be sent, then None; an error is sent too."""
    # Ctrl-C reaches all processes of a terminal; when to end is the parent's to say.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # The other end closes when the parent ends, however it ends.
    with suppress(BrokenPipeError):
        try:
            for each in Sequence(plan, cursor, plan.source.open()):
                out.send(each)
            out.send(None)
        except ProduceError as error:
            out.send(error)


def _widen(pipe: Connection) -> None:
    """Let more than 64 KiB wait in the pipe, where the system allows it (Linux)."""
    with suppress(AttributeError, OSError):
        fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, PIPE_BYTES)
