"""SIGTERM and SIGINT, told to who can end."""

import signal
import threading
from collections.abc import Callable
from queue import SimpleQueue


def stop_on_signals(stop: Callable[[], object]) -> None:
    """Have SIGTERM and SIGINT call ``stop``, each time, on a thread of its own.

    A handler interrupts the main thread wherever it is, in another handler too, and may wait for
    a lock that this very thread holds: two signals at once in ``Event.set`` do. So it only puts a
    word into a queue that may be put to from handlers
    (https://docs.python.org/3/library/queue.html#queue.SimpleQueue.put). For the main thread.

    Args:
        stop: Asks what runs to end; may take locks.
    """
    asked: SimpleQueue[int] = SimpleQueue()

    def listen() -> None:
        while True:
            asked.get()
            stop()

    threading.Thread(target=listen, name="signals", daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: asked.put(number))
