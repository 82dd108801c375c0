"""A partition while this worker owns it: what was delivered, and up to where all is settled.

>>> claim = Claim(partition=3)
>>> first, second = claim.deliver(7), claim.deliver(8)
>>> second.settle()
>>> claim.next_offset  # offset 7 is still open
>>> first.settle()
>>> claim.next_offset
9
"""

import threading
import time
from collections import deque
from dataclasses import dataclass, field

from confluent_kafka import Message

from fraud.v1.transaction_pb2 import Transaction


@dataclass(slots=True, eq=False)
class Delivery:
    """A message on its way to a decision.

    Args:
        claim: The ownership under which it was read.
        offset: Where it is in its partition.
        message: As it was read; let go once settled.
        payment: What it says; None when it cannot be read.
        fault: Why it cannot be read.
        received: ``time.perf_counter`` at reading, seconds.
    """

    claim: "Claim"
    offset: int
    message: Message | None = None
    payment: Transaction | None = None
    fault: str = ""
    received: float = field(default_factory=time.perf_counter)
    is_settled: bool = False

    def settle(self) -> None:
        """It is decided, set aside or not ours to decide: its offset may be committed."""
        self.message = self.payment = None
        self.is_settled = True


class Claim:
    """The ownership of one partition; a partition that comes back is a new one.

    Used by the thread that consumes; lanes only settle deliveries and look at ``revoked``.

    Args:
        partition: Its number.
    """

    def __init__(self, partition: int) -> None:
        self.partition = partition
        self.revoked = threading.Event()
        self._open: deque[Delivery] = deque()
        self._next_offset: int | None = None
        self._committed: int | None = None

    def __len__(self) -> int:
        """Deliveries from the oldest open one on."""
        return len(self._open)

    @property
    def next_offset(self) -> int | None:
        """The first offset that is not settled; None before the first settled delivery."""
        while self._open and self._open[0].is_settled:
            self._next_offset = self._open.popleft().offset + 1
        return self._next_offset

    def deliver(self, offset: int) -> Delivery:
        """Take note of a message."""
        delivery = Delivery(self, offset)
        self._open.append(delivery)
        return delivery

    def take_uncommitted(self) -> int | None:
        """The offset to commit now, if it is another than the last time."""
        found = self.next_offset
        if found == self._committed:
            return None
        self._committed = found
        return found

    def forget_commit(self) -> None:
        """The last commit failed: the next one is due even if nothing else moves."""
        self._committed = None
