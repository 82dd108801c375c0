"""The messages of a run in order: every payment, and before it the labels known by then."""

import heapq
from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa

from simulator import schema
from simulator.arrays import Ints
from simulator.produce.cursor import Cursor, Epoch, PendingLabel
from simulator.produce.plan import ProducePlan
from simulator.produce.sources import ReadPart
from simulator.produce.timeline import Timeline
from simulator.wire import to_labels, to_transactions
from simulator.world import Chunk

BLOCK: Final = 250
"""Payments that are made ready at once."""


class Item(NamedTuple):
    """A message, ready to be sent.

    ``due_us`` is when, ``event_us`` the event time of the payment that it is or goes before, both
    in microseconds since 1970. ``payment_id`` is the payment's, empty for a label.
    """

    due_us: int
    event_us: int
    key: bytes
    value: bytes
    payment_id: str


class Block(NamedTuple):
    """Some payments in a row with the labels before each; ``labels`` are those they bring."""

    position: int
    part: int
    row: int
    items: list[Item]
    labels: list[PendingLabel]


class Start(NamedTuple):
    """Says, once, that the first block follows, and from when offsets count."""

    epochs: tuple[Epoch, ...]


class Sequence:
    """The messages of a run from a cursor on: the same for the same plan and cursor.

    A label goes out before the first payment made after it became known, and no earlier than after
    its own payment; one that becomes known after the last payment stays pending.

    Args:
        plan: Of the run.
        cursor: Where to begin.
        read: The plan's source, opened.
    """

    def __init__(self, plan: ProducePlan, cursor: Cursor, read: ReadPart) -> None:
        self._plan = plan
        self._cursor = cursor
        self._read = read
        self._position = cursor.position
        self._pending = sorted(cursor.pending)

    def __iter__(self) -> Iterator[Start | Block]:
        timeline = None
        for part, row, chunk in self._slices():
            events_us = _micros(chunk.events["event_time"])
            if timeline is None:
                timeline = Timeline(self._plan, self._cursor, self._first_us(events_us))
                yield Start(timeline.begin(int(events_us[0])))
            due, made = timeline.take(events_us)
            if len(due):
                yield self._block(part, row, chunk, due, made)
            if len(due) < len(events_us):
                return

    def _slices(self) -> Iterator[tuple[int, int, Chunk]]:
        part, row = self._cursor.part, self._cursor.row
        while (chunk := self._read(part)) is not None:
            for first in range(row, chunk.events.num_rows, BLOCK):
                cut = (table.slice(first, BLOCK) for table in chunk)
                yield part, first, Chunk(*cut)
            part, row = part + 1, 0

    def _first_us(self, events_us: Ints) -> int:
        if self._plan.time != "accelerated" or self._cursor.position == 0:
            return int(events_us[0])
        part = 0
        while (chunk := self._read(part)) is not None and chunk.events.num_rows == 0:
            part += 1
        return int(_micros(chunk.events["event_time"])[0]) if chunk else int(events_us[0])

    def _block(self, part: int, row: int, chunk: Chunk, due: Ints, made: Ints) -> Block:
        events = _with_times(chunk.events.slice(0, len(due)), made, self._plan.id_prefix)
        labels = self._labels(chunk.labels.slice(0, len(due)), made)
        block = Block(self._position, part, row, [], labels)
        coming = iter(labels)
        following = next(coming, None)
        for number, payment in enumerate(to_transactions(events)):
            due_us, event_us = int(due[number]), int(made[number])
            while self._pending and self._pending[0].known_us <= event_us:
                label = heapq.heappop(self._pending)
                block.items.append(Item(due_us, event_us, label.key, label.value, ""))
            key, value = payment.account_id.encode(), payment.SerializeToString()
            block.items.append(Item(due_us, event_us, key, value, payment.transaction_id))
            if following is not None and following.position == self._position + number:
                heapq.heappush(self._pending, following)
                following = next(coming, None)
        self._position += len(due)
        return block

    def _labels(self, labels: pa.RecordBatch, made: Ints) -> list[PendingLabel]:
        """Those of the payments that somebody reports, in the order of the payments."""
        rows = np.flatnonzero(labels["known_at"].is_valid().to_numpy(zero_copy_only=False))
        pending = []
        for row, label in zip(rows, to_labels(labels), strict=True):
            delay_us = label.known_at.ToMicroseconds() - label.happened_at.ToMicroseconds()
            happened_us = int(made[row])
            known_us = happened_us + round(delay_us * self._plan.label_delay_scale)
            label.happened_at.FromMicroseconds(happened_us)
            label.known_at.FromMicroseconds(known_us)
            label.transaction_id = f"{self._plan.id_prefix}{label.transaction_id}"
            key = label.transaction_id.encode()
            position = self._position + int(row)
            pending.append(PendingLabel(known_us, position, key, label.SerializeToString()))
        return pending


def _micros(times: pa.Array) -> Ints:
    micros: Ints = times.cast(pa.int64()).to_numpy()
    return micros


def _with_times(events: pa.RecordBatch, made: Ints, prefix: str) -> pa.RecordBatch:
    times = pa.array(made).cast(schema.EVENTS.field("event_time").type)
    columns = {name: events[name] for name in schema.EVENTS.names} | {"event_time": times}
    if prefix:
        ids = [f"{prefix}{each}" for each in events["transaction_id"].to_pylist()]
        columns["transaction_id"] = pa.array(ids)
    return pa.RecordBatch.from_pydict(columns)
