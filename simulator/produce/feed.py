"""Makes messages ready in a process of its own, so that sending them is never held up by it."""

import multiprocessing
import signal
from contextlib import suppress
from multiprocessing.connection import Connection
from queue import Empty, Full, Queue
from threading import Thread
from types import TracebackType
from typing import Final, Self

from simulator.produce.cursor import Cursor, Epoch
from simulator.produce.errors import ProduceError
from simulator.produce.plan import ProducePlan
from simulator.produce.sequence import Block, Sequence, Start

BLOCKS: Final = 80
"""Blocks that wait in this process; as soon as one is taken, the other process goes on."""
STOP_SECONDS: Final = 5.0
WAIT_SECONDS: Final = 0.05

type Fed = Start | Block | Exception | None


class Feed:
    """The messages of a run, block by block; the other process works ahead while there is room.

    Args:
        plan: Of the run.
        cursor: Where to begin.
    """

    def __init__(self, plan: ProducePlan, cursor: Cursor) -> None:
        context = multiprocessing.get_context("spawn")
        self._near, far = context.Pipe(duplex=False)
        self._process = context.Process(target=_make_ready, args=(plan, cursor, far), daemon=True)
        self._process.start()
        far.close()
        # A block that has arrived in part must not hold up those who send: a thread waits for it.
        self._ready: Queue[Fed] = Queue(BLOCKS)
        self._reader = Thread(target=self._read, name="feed", daemon=True)
        self._closing = False
        self._reader.start()
        self.ended = False
        """Whether there is nothing more to come."""

    def begin(self) -> tuple[Epoch, ...]:
        """Wait until the first block is made; from then on time runs.

        Raises:
            ProduceError: The source cannot be read, or the process ended.
        """
        first = self._receive(None)
        return first.epochs if isinstance(first, Start) else ()

    def take(self) -> Block | None:
        """The next block if it is there.

        Raises:
            ProduceError: The source cannot be read, or the process ended.
        """
        try:
            block = None if self.ended else self._receive(0)
        except Empty:
            return None
        return block if isinstance(block, Block) else None

    def close(self) -> None:
        """End the process."""
        self._closing = True
        self._process.terminate()
        self._process.join(STOP_SECONDS)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._reader.join()
        self._near.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _receive(self, seconds: float | None) -> Fed:
        received = self._ready.get(seconds != 0, seconds)
        if isinstance(received, Exception):
            raise received
        self.ended = received is None
        return received

    def _read(self) -> None:
        received: Fed = None
        while not self._closing:
            try:
                received = self._near.recv()
            except EOFError:
                received = ProduceError("The process that makes payments ready has ended")
            while not self._closing:
                with suppress(Full):
                    self._ready.put(received, timeout=WAIT_SECONDS)
                    break
            if not isinstance(received, Start | Block):
                return


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
