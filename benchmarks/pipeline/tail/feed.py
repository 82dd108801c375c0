"""Produces payments by a timetable, in a process of its own."""

import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.pipeline.aside import step_aside
from benchmarks.pipeline.tail.payments import payment
from fraud.settings import KafkaSettings
from messaging.codec import to_record
from messaging.producer import MessageProducer
from messaging.topics import RAW_TRANSACTIONS

CONTEXT = multiprocessing.get_context("spawn")
LINGER_MS = 1


def produce(settings: KafkaSettings, name: str, rate: float, seconds: float) -> dict[str, int]:
    """Produce open loop; returns when each payment was handed over, nanoseconds of the clock."""
    handed_over = {}
    with MessageProducer(settings, **{"linger.ms": LINGER_MS}) as producer:
        begin = time.perf_counter()
        for number in range(int(rate * seconds)):
            pause = begin + number / rate - time.perf_counter()
            if pause > 0:
                time.sleep(pause)
            made = payment(name, number)
            record = to_record(made, key=made.account_id, origin="producer")
            handed_over[made.transaction_id] = time.time_ns()
            producer.produce(RAW_TRANSACTIONS, record)
        producer.flush()
    return handed_over


def produce_aside(settings: KafkaSettings, name: str, rate: float, seconds: float) -> None:
    """Produce with what nobody else wants of the processors."""
    step_aside()
    produce(settings, name, rate, seconds)


@contextmanager
def producing(
    settings: KafkaSettings, name: str, rate: float, seconds: float, *, aside: bool
) -> Iterator[None]:
    """Produce in another process, until the time is over or the block ends."""
    target = produce_aside if aside else produce
    child = CONTEXT.Process(target=target, args=(settings, name, rate, seconds))
    child.start()
    try:
        yield
    finally:
        child.terminate()
        child.join()
