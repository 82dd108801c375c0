"""Gateways that send payments until told to stop, and remember every answer."""

import threading
import time

import grpc

from fraud.client import ScorerClient
from fraud.v1.scoring_pb2 import ScoreResponse
from tests.unit.scorer.support import payment


class Payers:
    """Threads that pay, each on a connection and with ids of its own.

    Args:
        target: Host and port of the scorer.
        threads: How many.
        rate: Payments a second of each, at most.
        attempts: Of a call; 1 makes every failed call an error.
    """

    def __init__(
        self, target: str, *, threads: int = 2, rate: float = 100, attempts: int = 1
    ) -> None:
        self.answers: dict[str, ScoreResponse] = {}
        self.errors: list[grpc.RpcError] = []
        self._target = target
        self._pause = 1 / rate
        self._attempts = attempts
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._pay, args=(number,)) for number in range(threads)
        ]

    def __enter__(self) -> "Payers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def wait_for(self, answers: int, seconds: float = 30.0) -> None:
        """Return when so many more answers have come than there are now."""
        goal, deadline = len(self.answers) + answers, time.monotonic() + seconds
        while len(self.answers) < goal:
            assert time.monotonic() < deadline, "the scorer no longer answers"
            time.sleep(0.005)

    def _pay(self, number: int) -> None:
        with ScorerClient(self._target, attempts=self._attempts, backoff=0.01) as client:
            for count in range(1_000_000):
                if self._stopping.wait(self._pause):
                    return
                transaction_id = f"payer-{number}-{count:07}"
                made = payment(
                    transaction_id,
                    seconds=count,
                    amount_minor=100 * (count % 120),
                    account_id=f"a{number}",
                )
                try:
                    self.answers[transaction_id] = client.score(made, timeout=5)
                except grpc.RpcError as exc:
                    self.errors.append(exc)
