"""Waits until everything that was produced has arrived everywhere."""

import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.pipeline.soak.stack import Stack
from fraud.client import ScorerClient
from messaging.offsets import end_offsets
from messaging.topics import LABELS, RAW_TRANSACTIONS
from messaging.vectors import read_progress
from scorer.sinks.position import read_position
from scorer.sinks.reader import OutboxReader

POLL_SECONDS = 0.5


class NotSettledError(Exception):
    """Something did not catch up in time."""


def settle(stack: Stack, produced: int, seconds: float, tell: Callable[[str], None]) -> None:
    """Wait for worker, recorders, scorers and Spark, in this order, each feeding the next.

    Raises:
        NotSettledError: One is not done after ``seconds`` in all; says how far it is.
    """
    deadline = time.monotonic() + seconds
    waits: tuple[Callable[[], str], ...] = (
        lambda: _undecided(stack, produced),
        lambda: _unrecorded(stack),
        lambda: _unapplied(stack),
        lambda: _behind(stack),
    )
    for waiting in waits:
        while left := waiting():
            if time.monotonic() > deadline:
                raise NotSettledError(left)
            tell(left)
            time.sleep(POLL_SECONDS)


def _undecided(stack: Stack, produced: int) -> str:
    decided = sum(_newest(each.outbox_path) for each in stack.settings.values())
    return "" if decided >= produced else f"worker: {produced - decided:,} not yet decided"


def _unrecorded(stack: Stack) -> str:
    for name, settings in stack.settings.items():
        reader = OutboxReader(settings.outbox_path)
        newest, identity = reader.newest_seq, reader.identity
        reader.close()
        recorded = read_position(settings.outbox_path, "recorded", identity)
        published = read_position(settings.outbox_path, "published", identity)
        if min(recorded, published) < newest:
            return f"recorder of {name}: {newest - min(recorded, published):,} left"
    return ""


def _unapplied(stack: Stack) -> str:
    ends = end_offsets(stack.kafka, (RAW_TRANSACTIONS, LABELS))
    for name, settings in stack.settings.items():
        with ScorerClient(f"127.0.0.1:{settings.scorer.port}") as client:
            partitions = client.freshness().partitions
        applied = {(each.topic, each.partition): each.next_offset for each in partitions}
        left = sum(end - applied.get(place, 0) for place, end in ends.items())
        if left > 0:
            return f"{name}: {left:,} not yet applied"
    return ""


def _behind(stack: Stack) -> str:
    ends = end_offsets(stack.kafka, (RAW_TRANSACTIONS, LABELS))
    done = read_progress(stack.kafka)
    left = sum(end - done.get(place, 0) for place, end in ends.items())
    return f"Spark: {left:,} behind" if left > 0 else ""


def _newest(outbox: Path) -> int:
    reader = OutboxReader(outbox)
    try:
        return reader.newest_seq
    finally:
        reader.close()
