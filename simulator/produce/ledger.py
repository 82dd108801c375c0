"""What was sent, what the broker has of it, and so how far the run is for certain."""

from collections import deque
from dataclasses import replace

from simulator.produce.cursor import Cursor, PendingLabel
from simulator.produce.sequence import Block, Item


class Ledger:
    """Follows every message from being sent to being acknowledged.

    Acknowledgements come in any order; the run is as far as the first message that lacks one.

    Args:
        cursor: Where the run begins.
    """

    def __init__(self, cursor: Cursor) -> None:
        self._settled = replace(cursor, pending=())
        self._sent_position = cursor.position
        self._in_flight: deque[tuple[int, int, bool]] = deque()  # number, event time, is a payment
        self._early: set[int] = set()  # acknowledged before one that was sent earlier
        self._next_number = 0
        self._blocks: deque[Block] = deque()
        self._labels: deque[PendingLabel] = deque()
        self._event_us: int | None = None
        self._labels_between = 0  # acknowledged, while the payment that they go before is not

    @property
    def position(self) -> int:
        """Payments before this one were sent."""
        return self._sent_position

    @property
    def settled(self) -> int:
        """Payments before this one are acknowledged, with the labels that belong before them."""
        return self._settled.position

    @property
    def labels(self) -> int:
        """Labels of which the same is true."""
        return self._settled.labels

    def add_block(self, block: Block) -> None:
        """Take note of what will be sent."""
        self._blocks.append(block._replace(items=[], labels=[]))
        self._labels.extend(block.labels)

    def send(self, item: Item) -> int:
        """Take note of what is being sent; gives the number to call it by."""
        number = self._next_number
        self._next_number += 1
        is_payment = bool(item.payment_id)
        self._sent_position += is_payment
        self._in_flight.append((number, item.event_us, is_payment))
        return number

    def acknowledge(self, number: int) -> None:
        """The broker has it."""
        self._early.add(number)
        if number != self._in_flight[0][0]:
            return
        payments = labels = 0
        while self._in_flight and self._in_flight[0][0] in self._early:
            first, event_us, is_payment = self._in_flight.popleft()
            self._early.remove(first)
            self._labels_between += not is_payment
            if is_payment:
                payments += 1
                self._event_us = event_us
                labels += self._labels_between
                self._labels_between = 0
        self._settled = replace(
            self._settled,
            position=self._settled.position + payments,
            labels=self._settled.labels + labels,
        )

    def cursor(self, reserved: int) -> tuple[Cursor, int | None]:
        """Where the run is; see :meth:`Checkpoint.save`."""
        position = self._settled.position
        while self._blocks and self._blocks[0].position < position:
            block = self._blocks[0]
            row = block.row + position - block.position
            self._settled = replace(self._settled, part=block.part, row=row)
            if len(self._blocks) == 1 or self._blocks[1].position >= position:
                break
            self._blocks.popleft()
        added = []
        while self._labels and self._labels[0].position < position:
            added.append(self._labels.popleft())
        return replace(self._settled, reserved=reserved, pending=tuple(added)), self._event_us
