"""The same payments in three shapes, by one client in Python: take the ratios."""

import queue
import time
from collections.abc import Callable, Iterator
from statistics import median

from benchmarks.growth.visit import Visit
from fraud.client import ScorerClient
from fraud.v1.transaction_pb2 import Transaction

type Send = Callable[[ScorerClient, list[Transaction]], list[float]]


def measure_shapes(visit: Visit, count: int) -> Iterator[tuple[str, dict[str, float]]]:
    """Payments a second, P50 of each where it is one by one, and the server's processor time."""
    ways: dict[str, Send] = {
        "unary": _unary,
        "stream, one by one": _stream,
        "stream, at once": _batch,
    }
    with ScorerClient(visit.server.target) as scorer:
        scorer.ping()
        for number, (name, send) in enumerate(ways.items()):
            requests = visit.population.requests(count, number * count)
            payments = [request.transaction for request in requests]
            before, began = visit.server.cpu_seconds(), time.perf_counter()
            waits = send(scorer, payments)
            took = time.perf_counter() - began
            cpu = visit.server.cpu_seconds() - before
            yield (
                name,
                {
                    "payments_per_s": round(count / took),
                    "score_p50_us": round(median(waits), 1),
                    "cpu_us": round(1e6 * cpu / count, 1),
                },
            )


def _unary(scorer: ScorerClient, payments: list[Transaction]) -> list[float]:
    waits = []
    for payment in payments:
        began = time.perf_counter()
        scorer.score(payment)
        waits.append(1e6 * (time.perf_counter() - began))
    return waits


def _stream(scorer: ScorerClient, payments: list[Transaction]) -> list[float]:
    """The next payment goes when the last one is answered."""
    sending: queue.SimpleQueue[Transaction | None] = queue.SimpleQueue()
    answers = scorer.score_many(iter(sending.get, None))
    waits = []
    for payment in payments:
        began = time.perf_counter()
        sending.put(payment)
        _require(next(answers).HasField("response"), payment)
        waits.append(1e6 * (time.perf_counter() - began))
    sending.put(None)
    return waits


def _batch(scorer: ScorerClient, payments: list[Transaction]) -> list[float]:
    began, answered = time.perf_counter(), 0
    for answer in scorer.score_many(payments):
        _require(answer.HasField("response"), payments[answered])
        answered += 1
    _require(answered == len(payments), payments[-1])
    return [1e6 * (time.perf_counter() - began) / answered]


def _require(condition: bool, payment: Transaction) -> None:
    if not condition:
        raise RuntimeError(f"Failed to have `{payment.transaction_id}` answered")
